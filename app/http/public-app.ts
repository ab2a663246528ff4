import { Router } from '@koa/router';
import Koa from 'koa';
import helmet from 'koa-helmet';
import { PUBLIC_PATHS } from '../contract/endpoints.ts';
import type { Health } from './ports.ts';
import { presentPublicHealth } from './present-health.ts';
import type { RequestState } from './request.ts';

type Deps = Readonly<{
  scope: readonly Koa.Middleware<RequestState>[];
  webhook: Koa.Middleware<RequestState> | undefined;
  health: Health;
  isDraining: () => boolean;
}>;

/** The listener that the internet, the load balancer and the kubelet see: webhook, liveness, readiness, status words. */
export const createPublicApp = ({ scope, webhook, health, isDraining }: Deps): Koa<RequestState> => {
  const router = new Router<RequestState>();
  if (webhook) router.post(PUBLIC_PATHS.webhook, webhook);
  router.get(PUBLIC_PATHS.up, (ctx) => {
    ctx.body = 'up'; // says only that the event loop turns: anything more and an outage elsewhere restarts every pod
  });
  router.get(PUBLIC_PATHS.ready, (ctx) => {
    const ok = !isDraining() && health.ready().ok;
    ctx.status = ok ? 200 : 503;
    ctx.body = ok ? 'ready' : 'not ready'; // the reason names hosts and versions: it is for the admin listener
  });
  router.get(PUBLIC_PATHS.health, async (ctx) => {
    const { status, body } = presentPublicHealth(await health.detail());
    ctx.status = status;
    ctx.body = body;
  });

  const app = new Koa<RequestState>();
  const headers = helmet();
  for (const layer of scope) app.use(layer);
  // A third of the webhook's throughput was lost to headers that Telegram does not read.
  app.use(async (ctx, next) => {
    if (ctx.path === PUBLIC_PATHS.webhook) await next();
    else await headers(ctx, next);
  });
  app.use(async (ctx, next) => {
    ctx.set('Cache-Control', 'no-store');
    await next();
  });
  app.use(router.routes());
  app.use(router.allowedMethods());
  return app;
};
