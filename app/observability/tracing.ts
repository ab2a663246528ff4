import { type Attributes, context, ROOT_CONTEXT, type Span, type SpanContext, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { isAppError } from '../kit/errors.ts';

/** Attribute names of OpenTelemetry's GenAI conventions, in one place because they still change between versions. */
export const GEN_AI = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  maxTokens: 'gen_ai.request.max_tokens',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  finishReasons: 'gen_ai.response.finish_reasons',
  errorType: 'error.type',
  toolName: 'gen_ai.tool.name',
  toolType: 'gen_ai.tool.type',
} as const;

/** Attribute names of OpenTelemetry's HTTP conventions that we use. */
export const HTTP = { method: 'http.request.method', route: 'http.route', status: 'http.response.status_code' } as const;

export type SpanOptions = Readonly<{
  name: string;
  /** No customer text, ids as pseudonyms: spans leave the machine. */
  attributes?: Attributes;
  kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** W3C trace context of whoever caused this; unreadable text is as good as none. */
  traceparent?: string | undefined;
}>;

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

const parentOf = (traceparent: string | undefined): SpanContext | undefined => {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  return traceId && spanId && flags ? { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true } : undefined;
};

/** Whether `text` is a traceparent header as W3C defines version 00. */
export const isTraceparent = (text: string): boolean => TRACEPARENT.test(text);

/**
 * Runs `fn` inside a span and ends it with the outcome; what `fn` throws goes on unchanged.
 * Without an SDK in the process it costs a function call.
 */
export const withSpan = async <T>({ name, attributes = {}, kind = 'internal', traceparent }: SpanOptions, fn: (span: Span) => Promise<T>): Promise<T> => {
  const parent = parentOf(traceparent);
  const outer = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : context.active();
  return trace.getTracer('valera').startActiveSpan(name, { attributes, kind: KINDS[kind] }, outer, async (span) => {
    try {
      return await fn(span);
    } catch (error) {
      // The message may quote a customer; the code says enough.
      span.setStatus({ code: SpanStatusCode.ERROR, message: isAppError(error) ? error.code : error instanceof Error ? error.name : 'unknown' });
      throw error;
    } finally {
      span.end();
    }
  });
};

/** Trace id of the active span, for log lines. */
export const currentTraceId = (): string | undefined => trace.getActiveSpan()?.spanContext().traceId;

/** traceparent of the active span, to be stored with work that another process continues. */
export const currentTraceparent = (): string | undefined => {
  const active = trace.getActiveSpan()?.spanContext();
  return active && `00-${active.traceId}-${active.spanId}-${active.traceFlags.toString(16).padStart(2, '0')}`;
};
