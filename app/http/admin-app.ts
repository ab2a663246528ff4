import { Router } from '@koa/router';
import Koa from 'koa';
import { ADMIN_PATHS } from '../contract/endpoints.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Health, RoleReport } from './ports.ts';
import { presentAdminHealth } from './present-health.ts';
import type { RequestState } from './request.ts';

type Deps = Readonly<{ scope: readonly Koa.Middleware<RequestState>[]; health: Health; metrics: Metrics; role: () => RoleReport }>;

/** The listener for the operator, Prometheus and a person with a port-forward; never part of a public Service. */
export const createAdminApp = ({ scope, health, metrics, role }: Deps): Koa<RequestState> => {
  const router = new Router<RequestState>();
  router.get(ADMIN_PATHS.health, async (ctx) => {
    const { status, body } = presentAdminHealth(await health.detail());
    ctx.status = status;
    ctx.body = body;
  });
  router.get(ADMIN_PATHS.metrics, async (ctx) => {
    const text = await metrics.render();
    ctx.set('Content-Type', metrics.contentType);
    ctx.body = text;
  });
  router.get(ADMIN_PATHS.role, (ctx) => {
    ctx.body = { ...role() };
  });

  const app = new Koa<RequestState>();
  for (const layer of scope) app.use(layer);
  app.use(router.routes());
  app.use(router.allowedMethods());
  return app;
};
