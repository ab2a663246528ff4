import type { Context, Middleware } from 'koa';
import { PUBLIC_PATHS } from '../contract/endpoints.ts';
import type { Clock } from '../kit/clock.ts';
import { newId } from '../kit/ids.ts';
import type { Logger } from '../kit/logger.ts';
import type { Metrics } from '../observability/metrics.ts';

/** What every handler finds in ctx.state. */
export type RequestState = { requestId: string; log: Logger };

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;
const ROUTES: ReadonlySet<string> = new Set(Object.values(PUBLIC_PATHS));
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** nginx's number for a client that left before its answer. */
const CLIENT_LEFT = 499;

const chooseRequestId = (header: string): string => (REQUEST_ID.test(header) ? header : newId('req'));
const labelsOf = ({ path, method }: Context) => ({ route: ROUTES.has(path) ? path : 'other', method: METHODS.has(method) ? method : 'other' });

/** Outermost middleware of a listener: request id, `Connection: close` while draining, one debug line and one count per request. */
export const createRequestScope = ({
  logger,
  metrics,
  clock,
  isDraining,
}: {
  logger: Logger;
  metrics?: Metrics;
  clock: Clock;
  isDraining: () => boolean;
}): Middleware<RequestState> => {
  return async (ctx, next) => {
    const startedMs = clock.monotonicMs();
    const requestId = chooseRequestId(ctx.get('x-request-id'));
    ctx.state.requestId = requestId;
    ctx.state.log = logger.child({ request_id: requestId });
    ctx.set('X-Request-Id', requestId);
    if (isDraining()) ctx.set('Connection', 'close');
    ctx.res.once('close', () => {
      const facts = { ...labelsOf(ctx), status: ctx.res.headersSent ? ctx.res.statusCode : CLIENT_LEFT, seconds: (clock.monotonicMs() - startedMs) / 1000 };
      metrics?.httpFinished(facts);
      ctx.state.log.debug(facts, 'request finished');
    });
    await next();
  };
};

/** Turns whatever a handler throws into a bare 500: neither message nor stack leaves the process. */
export const createErrorBoundary = (): Middleware<RequestState> => {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      ctx.state.log.error({ err: error, path: ctx.path }, 'request failed');
      ctx.status = 500;
      ctx.body = 'Internal Server Error';
    }
  };
};
