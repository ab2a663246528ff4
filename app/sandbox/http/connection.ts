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

/**
 * Calls `then` once with whether all of the answer went out to a connection whose other end was still there. An asker that gave up while
 * its request waited here is noticed only after the answer is written, when the event loop comes to read the end of its stream.
 */
export const afterAnswer = (context: Context, then: (fully: boolean) => void): void => {
  const { req, res } = context;
  res.once('close', () => {
    if (!res.writableFinished || !res.shouldKeepAlive) then(res.writableFinished);
    else setImmediate(() => setImmediate(() => then(!req.socket.destroyed && !req.socket.readableEnded)));
  });
};
