import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Config } from '../config.ts';
import { AppError } from '../kit/errors.ts';

type Options = Readonly<{ handler: RequestListener; http: Config['http']; host: string; port: number; variables: Readonly<{ host: string; port: string }> }>;

const IDLE_SWEEP_MS = 100;
const MOST_HEADER_BYTES = 16 * 1024;

const explain = (error: NodeJS.ErrnoException, { host, port, variables }: Options): AppError => {
  const at = `${host}:${port}`;
  const codes: Record<string, AppError> = {
    EADDRINUSE: new AppError('PORT_BUSY', `${variables.port}: ${at} is in use by another program; stop it or set ${variables.port} to a free port`, {
      cause: error,
    }),
    EACCES: new AppError('PORT_BUSY', `${variables.port}: no right to listen on ${at}; set ${variables.port} to a port above 1023`, { cause: error }),
  };
  return (
    codes[error.code ?? ''] ?? new AppError('CONFIG_INVALID', `${variables.host}: cannot listen on ${at} (${error.code ?? error.message})`, { cause: error })
  );
};

/** One HTTP server with this app's time-outs. `start` throws AppError PORT_BUSY or CONFIG_INVALID that names the variable to change. */
export const createListener = (options: Options) => {
  const { handler, http, host, port } = options;
  const server: Server = createServer(
    {
      maxHeaderSize: MOST_HEADER_BYTES,
      requestTimeout: http.requestTimeoutMs,
      headersTimeout: Math.min(http.headersTimeoutMs, http.requestTimeoutMs),
      keepAliveTimeout: http.keepAliveTimeoutMs,
      // Node looks for late requests only this often; its own 30 s would make a 10 s time-out last 40 s.
      connectionsCheckingInterval: Math.max(20, Math.min(1_000, http.requestTimeoutMs / 4)),
    },
    handler,
  );

  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  const closeIdle = (): void => {
    server.closeIdleConnections();
    // To Node a connection that never sent a byte (a browser's preconnect) is not idle but late, and would hold the stop until its time-out.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  };

  return {
    /** Resolves with the port it listens on. */
    start: async (): Promise<number> => {
      await new Promise<void>((resolve, reject) => {
        const fail = (error: NodeJS.ErrnoException): void => reject(explain(error, options));
        server.once('error', fail);
        server.listen({ host, port }, () => {
          server.off('error', fail);
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    },

    /** Takes no new connection, lets running requests end, cuts what is left after `limitMs`. */
    stop: async (limitMs: number): Promise<void> => {
      if (!server.listening) return;
      // A connection whose last answer said keep-alive becomes idle after close() has looked.
      const sweep = setInterval(closeIdle, IDLE_SWEEP_MS);
      const cut = setTimeout(() => server.closeAllConnections(), limitMs);
      await new Promise<void>((resolve) => void server.close(() => resolve()));
      clearInterval(sweep);
      clearTimeout(cut);
    },
  };
};
