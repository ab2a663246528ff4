import assert from 'node:assert/strict';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { AppError } from '../../../app/kit/errors.ts';
import { currentTraceId, currentTraceparent, isTraceparent, withSpan } from '../../../app/observability/tracing.ts';

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('observability/tracing without an SDK', () => {
  it('runs the function and knows no trace', async () => {
    assert.equal(await withSpan({ name: 'x', traceparent: PARENT }, async () => 5), 5);
    assert.equal(currentTraceparent(), undefined);
    assert.equal(currentTraceId(), undefined);
  });
});

describe('observability/tracing with an SDK', () => {
  const exporter = new InMemorySpanExporter();
  before(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  });
  beforeEach(() => exporter.reset());
  after(() => {
    trace.disable();
    context.disable();
  });

  it('continues the caller’s trace and hands it on across processes', async () => {
    const inner = await withSpan({ name: 'receive', kind: 'server', traceparent: PARENT }, async () => currentTraceparent());
    await withSpan({ name: 'turn', attributes: { attempt: 2 }, traceparent: inner }, async () => undefined);
    const [receive, turn] = exporter.getFinishedSpans();
    assert.deepEqual(
      [receive?.spanContext().traceId, receive?.parentSpanContext?.spanId, receive?.kind],
      ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7', SpanKind.SERVER],
    );
    assert.deepEqual(
      [turn?.spanContext().traceId, turn?.parentSpanContext?.spanId, turn?.attributes],
      ['4bf92f3577b34da6a3ce929d0e0e4736', receive?.spanContext().spanId, { attempt: 2 }],
    );
  });

  it('nests spans of one process', async () => {
    await withSpan({ name: 'outer' }, () => withSpan({ name: 'inner' }, async () => undefined));
    const [inner, outer] = exporter.getFinishedSpans();
    assert.equal(inner?.parentSpanContext?.spanId, outer?.spanContext().spanId);
  });

  it('passes an error on unchanged, ends the span and tells only the code', async () => {
    const error = new AppError('MODEL_UNAVAILABLE', 'customer said: my phone is 89161234567');
    await assert.rejects(
      withSpan({ name: 'x' }, async () => {
        throw error;
      }),
      error,
    );
    const [span] = exporter.getFinishedSpans();
    assert.deepEqual(span?.status, { code: SpanStatusCode.ERROR, message: 'MODEL_UNAVAILABLE' });
    assert.equal(span.events.length, 0);
  });

  it('treats an unreadable traceparent as none', async () => {
    for (const traceparent of ['', 'nonsense', PARENT.toUpperCase(), `${PARENT}-more`, PARENT.replace('00-', 'ff-')]) {
      assert.equal(isTraceparent(traceparent), false);
      await withSpan({ name: 'x', traceparent }, async () => undefined);
    }
    assert.equal(exporter.getFinishedSpans().filter((span) => span.parentSpanContext !== undefined).length, 0);
  });
});
