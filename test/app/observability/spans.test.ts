import assert from 'node:assert/strict';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { loadConfig } from '../../../app/config.ts';
import { systemClock as clock } from '../../../app/kit/clock.ts';
import { createLogger } from '../../../app/observability/logger.ts';
import { type RunningApp, startApp } from '../../../app/serve.ts';
import { CATALOG } from '../../../monitoring/catalog.ts';
import { ANNA, createPlatform, MANAGERS, type Platform } from '../../support/platform.ts';
import { until } from '../../support/until.ts';

type Line = Readonly<Record<string, unknown>>;

const idOf = (span: ReadableSpan): string => span.spanContext().spanId;
const traceOf = (span: ReadableSpan): string => span.spanContext().traceId;

describe('spans from the webhook to the send', function () {
  this.timeout(60_000);
  const exporter = new InMemorySpanExporter();
  const lines: string[] = [];
  let platform: Platform;
  let app: RunningApp;
  let turn: ReadableSpan;

  const spans = (): readonly ReadableSpan[] => exporter.getFinishedSpans();
  const ofTrace = (): readonly ReadableSpan[] => spans().filter((span) => traceOf(span) === traceOf(turn));
  const childrenOf = (parent: ReadableSpan): readonly ReadableSpan[] => ofTrace().filter((span) => span.parentSpanContext?.spanId === idOf(parent));
  const bookingCall = (): ReadableSpan | undefined => spans().find(({ name }) => name === 'execute_tool create_booking');
  const isDone = async (): Promise<boolean> => {
    const open = [await platform.db('inbox').whereNull('done_at'), await platform.db('outbox').whereNull('done_at')].flat();
    const sent = await platform.db('outbox').where({ state: 'sent' });
    return open.length === 0 && spans().filter(({ name }) => name === 'valera.send').length >= sent.length;
  };
  /** Until the turn is over, all it said is sent, and the spans of both have ended. */
  const say = async (text: string): Promise<void> => {
    const turns = (): number => spans().filter(({ name }) => name === 'valera.turn').length;
    const before = turns();
    await platform.write(ANNA, text);
    await until(async () => turns() > before && (await isDone()));
  };
  const one = (found: readonly ReadableSpan[], name: string): ReadableSpan => {
    const [span, ...more] = found.filter((candidate) => candidate.name === name);
    assert.ok(span && more.length === 0, `one ${name} among ${found.map((candidate) => candidate.name).join(', ')}`);
    return span;
  };

  before(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
    platform = await createPlatform({ WORKING_NOTICE_MS: '60000' }); // a slow machine must not add a message to the turn
    const logger = createLogger({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } });
    app = await startApp({
      config: loadConfig(platform.environment({ LLM_INPUT_PRICE: '1', LIMIT_INSTANCE_COST_PER_DAY: '100' }), { command: 'serve', version: '0.0.0-test' }),
      clock,
      logger,
    });
    await say('Запишите меня на покраску капота, Лада Веста, Анна, +7 912 345-67-89, послезавтра в 10:00');
    if (!bookingCall()) await say('да, всё верно');
    assert.ok((await platform.fromBot(MANAGERS)).length > 0);
    const call = bookingCall();
    const found = spans().find((span) => idOf(span) === call?.parentSpanContext?.spanId);
    assert.ok(found);
    turn = found;
  });
  after(async () => {
    await app.stop();
    await platform.stop();
    trace.disable();
    context.disable();
  });

  it('the webhook is a server span named by its route, with method and status', () => {
    const server = one(ofTrace(), 'POST /telegram/webhook');
    assert.equal(server.kind, SpanKind.SERVER);
    assert.deepEqual(server.attributes, { 'http.request.method': 'POST', 'http.route': '/telegram/webhook', 'http.response.status_code': 200 });
    assert.equal(turn.parentSpanContext?.spanId, idOf(server), 'the turn continues it, through the inbox');
  });

  it('the turn is a consumer span with the calls of the model and of the tools in it', () => {
    assert.deepEqual([turn.name, turn.kind, turn.attributes['valera.updates']], ['valera.turn', SpanKind.CONSUMER, 1]);
    const chats = childrenOf(turn).filter(({ name }) => name === 'chat scripted');
    assert.ok(chats.length >= 2, 'one call that wants the tool, one that answers');
    for (const chat of chats) {
      assert.equal(chat.kind, SpanKind.CLIENT);
      assert.equal(chat.attributes['gen_ai.operation.name'], 'chat');
      assert.equal(chat.attributes['gen_ai.request.model'], 'scripted');
      assert.equal(chat.attributes['gen_ai.response.model'], 'scripted');
      assert.ok(Number(chat.attributes['gen_ai.usage.input_tokens']) > 0);
      assert.ok(Number(chat.attributes['gen_ai.usage.output_tokens']) > 0);
      assert.ok(Array.isArray(chat.attributes['gen_ai.response.finish_reasons']));
      assert.ok(chat.attributes['gen_ai.provider.name']);
    }
    const tool = one(childrenOf(turn), 'execute_tool create_booking');
    assert.equal(tool.kind, SpanKind.INTERNAL);
    assert.deepEqual(tool.attributes, { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'create_booking', 'gen_ai.tool.type': 'function' });
  });

  it('the notice is queued in the tool’s span and the answer in the turn’s, and each send is a child of its queueing', () => {
    const tool = one(childrenOf(turn), 'execute_tool create_booking');
    for (const [queued, kind] of [
      [one(childrenOf(tool), 'valera.enqueue'), 'notice'],
      [one(childrenOf(turn), 'valera.enqueue'), 'answer'],
    ] as const) {
      assert.equal(queued.kind, SpanKind.PRODUCER);
      const send = one(childrenOf(queued), 'valera.send');
      assert.deepEqual([send.kind, send.attributes['valera.kind']], [SpanKind.CLIENT, kind]);
    }
  });

  it('a delivery without the secret is a span of its own, with 401', async () => {
    await fetch(`http://127.0.0.1:${platform.appPort}/telegram/webhook`, { method: 'POST', body: '{}' });
    const refused = spans().find((span) => span.attributes['http.response.status_code'] === 401);
    assert.equal(refused?.name, 'POST /telegram/webhook');
    assert.equal(refused.status.code, SpanStatusCode.UNSET, 'the client’s mistake is not ours');
  });

  it('no span holds a word of the customer, a phone, a chat or a secret', () => {
    const exported = spans()
      .map(({ name, attributes, events, status, links, resource }) => JSON.stringify([name, attributes, events, status, links, resource.attributes]))
      .join('\n');
    const environment = platform.environment();
    const secrets = ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_WEBHOOK_SECRET', 'LLM_API_KEY', 'LOG_PSEUDONYM_KEY', 'DATABASE_URL'].map(
      (name) => environment[name] ?? '?',
    );
    for (const planted of [...secrets, '912', '345-67', '3456789', 'капот', 'Анна', 'Веста', String(ANNA), String(MANAGERS), String(Math.abs(MANAGERS))]) {
      assert.ok(!exported.includes(planted), planted);
    }
  });

  it('the log lines of the update and of its turn name the trace', () => {
    const logged: readonly Line[] = lines.map((line) => JSON.parse(line) as Line);
    for (const message of ['update received', 'turn done']) {
      assert.ok(
        logged.some((line) => line['msg'] === message && line['trace_id'] === traceOf(turn)),
        message,
      );
    }
  });

  it('meanwhile /metrics of the process holds exactly the rows of the catalog', async () => {
    const text = await (await fetch(`http://127.0.0.1:${app.adminPort}/metrics`)).text();
    const described = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => `${name} ${kind}`);
    assert.deepEqual(described.toSorted(), CATALOG.map(({ name, kind }) => `${name} ${kind}`).toSorted());
    const named = new Set([...text.matchAll(/^([a-z_]+)(?:\{| )/gm)].map(([, name = '']) => name));
    // a series of every row that does not wait for an event with an open label
    for (const { name, kind } of CATALOG) assert.ok(named.has(kind === 'histogram' ? `${name}_count` : name), `${name} has no series`);
  });
});
