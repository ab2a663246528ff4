import type Router from '@koa/router';
import type { Context } from 'koa';
import { addBotApiRoutes, type BotApiRouteDeps } from './bot-api-routes.ts';
import { HttpFault } from './fault.ts';
import { addModelRoutes, type ModelRouteDeps } from './model-routes.ts';
import { PAGE_HEADERS, type PageFile } from './page-files.ts';
import { addScriptRoutes, type ScriptRouteDeps } from './script-routes.ts';

export type RouteDeps = BotApiRouteDeps & ModelRouteDeps & ScriptRouteDeps & Readonly<{ files: ReadonlyMap<string, PageFile> }>;

const addPage = (router: Router, { guard, files }: RouteDeps): void => {
  const send = (context: Context, name: string): void => {
    const file = files.get(name);
    if (!file) throw new HttpFault(404, 'not found');
    context.set(PAGE_HEADERS);
    context.type = file.type;
    context.body = file.body;
  };
  router.get('/', (context) => {
    const { token } = context.query;
    const isNew = typeof token === 'string' && guard.isAccessToken(token);
    if (isNew) context.set('Set-Cookie', guard.setCookie());
    const mayEnter = isNew || guard.isVisitor(context.req.headers);
    send(context, mayEnter ? 'index.html' : 'locked.html');
    if (!mayEnter) context.status = 401;
  });
  router.get('/page/:name', (context) => send(context, context.params['name'] ?? ''));
};

/** Every address of the sandbox. */
export const addRoutes = (router: Router, deps: RouteDeps): void => {
  addPage(router, deps);
  addScriptRoutes(router, deps);
  addBotApiRoutes(router, deps);
  addModelRoutes(router, deps);
};
