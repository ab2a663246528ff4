type Log = (fields: Record<string, unknown>, message: string) => void;

/**
 * What code logs with; the pino adapter lives in app/observability.
 * error = a person must act; warn = somebody should look this week; info = a state change an operator wants in the story; debug = the rest.
 */
export type Logger = Readonly<{
  debug: Log;
  info: Log;
  warn: Log;
  error: Log;
  child: (fields: Record<string, unknown>) => Logger;
}>;

const nothing: Log = () => undefined;
export const silentLogger: Logger = Object.freeze({ debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silentLogger });
