import type { Context } from 'koa';

/** Aborts when the asker is gone. */
export const goneSignal = (context: Context): AbortSignal => {
  const controller = new AbortController();
  context.res.once('close', () => controller.abort());
  return controller.signal;
};

/** Takes the connection out of Koa's hands: nothing is answered unless we write it. */
export const takeOver = (context: Context): void => {
  context.respond = false;
};

/** The asker sees its connection reset. */
export const cut = (context: Context): void => {
  takeOver(context);
  context.req.socket.resetAndDestroy();
};

/** Calls `then` once with whether all of the answer went out to the connection. */
export const afterAnswer = (context: Context, then: (fully: boolean) => void): void => {
  context.res.once('close', () => then(context.res.writableFinished));
};
