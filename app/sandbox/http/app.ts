import Router from '@koa/router';
import Koa, { type Context } from 'koa';
import type { Logger } from '../../kit/logger.ts';
import { messageOf } from '../../kit/errors.ts';
import { HttpFault } from './fault.ts';
import type { Guard } from './guard.ts';

const SERVER_ERROR = 500;

/** Faults become their status and a JSON sentence; anything else is logged and says nothing about itself. */
const answerFault = (context: Context, { error, logger }: { error: unknown; logger: Logger }): void => {
  const status = error instanceof HttpFault ? error.status : SERVER_ERROR;
  if (status === SERVER_ERROR) logger.error({ path: context.path.replace(/bot\d+:[^/]+/, 'bot…'), error: messageOf(error) }, 'sandbox request failed');
  context.status = status;
  context.body = { error: error instanceof HttpFault ? error.message : 'internal error' };
  // What is left of a refused body must not be read as the next request.
  if (!context.req.complete) context.set('Connection', 'close');
};

/** The HTTP frame: one error handler, the Host check before everything, then the routes. */
export const createHttpApp = ({ guard, logger, routes }: { guard: Guard; logger: Logger; routes: (router: Router) => void }): Koa => {
  const app = new Koa();
  const router = new Router();
  routes(router);
  app.use(async (context, next) => {
    try {
      guard.checkHost(context.req.headers);
      await next();
    } catch (error) {
      answerFault(context, { error, logger });
    }
  });
  app.use(router.routes());
  app.on('error', (error: unknown) => logger.debug({ error: messageOf(error) }, 'sandbox connection ended early'));
  return app;
};
