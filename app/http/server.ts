import type { RequestListener } from 'node:http';
import type Koa from 'koa';
import type { Config } from '../config.ts';
import { type Clock, systemClock } from '../kit/clock.ts';
import type { Logger } from '../kit/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { createAdminApp } from './admin-app.ts';
import { createListener } from './listener.ts';
import type { Health, Receive, RoleReport } from './ports.ts';
import { createPublicApp } from './public-app.ts';
import { createErrorBoundary, createRequestScope, type RequestState } from './request.ts';
import { createWebhook } from './webhook.ts';

type Deps = Readonly<{ config: Config; logger: Logger; metrics: Metrics; receive: Receive; health: Health; role: () => RoleReport; clock?: Clock }>;

/** Koa's callback returns a promise that never rejects; a request listener returns nothing. */
const handlerOf = (app: Koa<RequestState>): RequestListener => {
  const handle = app.callback();
  return (request, response) => void handle(request, response);
};

/**
 * The public and the admin listener of one process.
 * `drain` turns readiness off and ends connections with their next answer, still taking what comes; `stop` ends both listeners within shutdown.drainMs.
 */
export const createHttpServers = ({ config, logger, metrics, receive, health, role, clock = systemClock }: Deps) => {
  let draining = false;
  const isDraining = (): boolean => draining;
  const { http, telegram } = config;

  const webhook = telegram.delivery.mode === 'webhook' ? createWebhook({ config, logger, metrics, clock, receive }) : undefined;
  const boundary = createErrorBoundary();
  const publicApp = createPublicApp({ scope: [createRequestScope({ logger, metrics, clock, isDraining }), boundary], webhook, health, isDraining });
  const adminApp = createAdminApp({ scope: [createRequestScope({ logger, clock, isDraining }), boundary], health, metrics, role });
  for (const app of [publicApp, adminApp]) app.on('error', (error: unknown) => logger.debug({ err: error }, 'connection failed'));

  const publicListener = createListener({
    handler: handlerOf(publicApp),
    http,
    host: http.host,
    port: http.port,
    variables: { host: 'HTTP_HOST', port: 'HTTP_PORT' },
  });
  const adminListener = createListener({
    handler: handlerOf(adminApp),
    http,
    host: http.adminHost,
    port: http.adminPort,
    variables: { host: 'ADMIN_HOST', port: 'ADMIN_PORT' },
  });

  const drain = (): void => {
    draining = true;
  };

  return {
    /** Throws AppError PORT_BUSY; then neither listener is left open. */
    start: async (): Promise<{ port: number; adminPort: number }> => {
      const adminPort = await adminListener.start();
      try {
        return { port: await publicListener.start(), adminPort };
      } catch (error) {
        await adminListener.stop(0);
        throw error;
      }
    },
    drain,
    stop: async (): Promise<void> => {
      drain();
      await Promise.all([publicListener.stop(config.shutdown.drainMs), adminListener.stop(config.shutdown.drainMs)]);
    },
  };
};

export type HttpServers = ReturnType<typeof createHttpServers>;
