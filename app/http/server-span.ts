import { SpanStatusCode } from '@opentelemetry/api';
import type { Context } from 'koa';
import { HTTP, isTraceparent, withSpan } from '../observability/tracing.ts';

/** Runs a handler in the server span of its route, which continues the caller's trace; a 5xx answer marks it as failed. */
export const inServerSpan = (ctx: Context, route: string, handle: () => Promise<void>): Promise<void> => {
  const header = ctx.get('traceparent');
  const attributes = { [HTTP.method]: ctx.method, [HTTP.route]: route };
  return withSpan(
    { name: `${ctx.method} ${route}`, kind: 'server', attributes, traceparent: isTraceparent(header) ? header : undefined },
    async (span): Promise<void> => {
      await handle();
      if (ctx.respond === false) return; // the client left: there was no answer
      span.setAttribute(HTTP.status, ctx.status);
      if (ctx.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    },
  );
};
