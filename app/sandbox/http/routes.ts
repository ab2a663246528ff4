import type Router from '@koa/router';
import type { Context } from 'koa';
import { type BotApi, parseArguments } from '../bot-api/bot-api.ts';
import type { Chats } from '../chats.ts';
import { type ModelApi, type ModelAnswer, listModels, wrongKey } from '../model/model-api.ts';
import { findChat } from '../people.ts';
import { secretEquals } from '../secret.ts';
import type { SandboxLimits, SandboxParts } from '../settings.ts';
import type { Store } from '../store.ts';
import { readBody, readJsonBody } from './body.ts';
import type { EventStreams } from './event-stream.ts';
import { HttpFault } from './fault.ts';
import type { Guard } from './guard.ts';
import { PAGE_HEADERS, type PageFile } from './page-files.ts';
import { writeAsPerson } from './script-request.ts';
import { viewMessages, viewState } from './views.ts';

export type RouteDeps = Readonly<{
  store: Store;
  chats: Chats;
  botApi: BotApi;
  modelApi: ModelApi;
  guard: Guard;
  streams: EventStreams;
  files: ReadonlyMap<string, PageFile>;
  limits: SandboxLimits;
  parts: SandboxParts;
  workshopName: string;
}>;

const MAX_LISTED = 1_000;

const aborted = (context: Context): AbortSignal => {
  const controller = new AbortController();
  context.res.once('close', () => controller.abort());
  return controller.signal;
};

const addBotApi = (router: Router, { botApi, limits }: RouteDeps): void => {
  router.all('/telegram/bot:token/:method', async (context) => {
    const { token = '', method = '' } = context.params;
    const body = await readBody(context.req, limits.bodyBytes);
    const contentType = context.req.headers['content-type'] ?? '';
    const query = new URLSearchParams(context.querystring);
    const answer = await botApi.call({ token, method, readArguments: () => parseArguments({ contentType, body, query }), signal: aborted(context) });
    context.status = answer.status;
    context.body = answer.body;
  });
};

const sendModelAnswer = (context: Context, answer: ModelAnswer): void => {
  context.status = answer.status;
  if ('json' in answer) {
    context.body = answer.json;
    return;
  }
  context.type = 'text/event-stream';
  context.set('Cache-Control', 'no-cache');
  context.body = answer.events.join('');
};

const addModelApi = (router: Router, { modelApi, store, limits }: RouteDeps): void => {
  const hasKey = (context: Context): boolean => secretEquals(/^Bearer (.+)$/i.exec(context.get('authorization'))?.[1] ?? '', store.identity.llmApiKey);
  router.get('/llm/v1/models', (context) => sendModelAnswer(context, hasKey(context) ? listModels() : wrongKey()));
  router.post('/llm/v1/chat/completions', async (context) => {
    sendModelAnswer(context, hasKey(context) ? modelApi.complete(await readJsonBody(context.req, limits.modelBodyBytes)) : wrongKey());
  });
};

const readChat = (context: Context & { params: Readonly<Record<string, string>> }) => {
  const id = context.params['id'] ?? '';
  const chat = /^-?\d{1,16}$/.test(id) ? findChat(Number(id)) : undefined;
  if (!chat) throw new HttpFault(404, 'nobody here has this chat');
  return chat;
};

const readAfter = (context: Context): number => {
  const after = context.query['after'] ?? '0';
  if (typeof after !== 'string' || !/^\d{1,15}$/.test(after)) throw new HttpFault(400, 'after must be a message_id');
  return Number(after);
};

const addScriptApi = (router: Router, { store, chats, guard, streams, limits, parts, workshopName }: RouteDeps): void => {
  router.get('/sandbox/state', (context) => {
    guard.checkRead(context.req.headers);
    context.set('Cache-Control', 'no-store');
    context.body = viewState(store, { parts, workshopName });
  });
  router.get('/sandbox/events', (context) => {
    guard.checkRead(context.req.headers);
    context.type = 'text/event-stream';
    context.set('Cache-Control', 'no-store');
    context.body = streams.open();
  });
  router.get('/sandbox/chats/:id/messages', (context) => {
    guard.checkRead(context.req.headers);
    context.set('Cache-Control', 'no-store');
    const chat = readChat(context);
    context.body = { chat, messages: viewMessages(store, { chatId: chat.id, after: readAfter(context), limit: MAX_LISTED }) };
  });
  router.post('/sandbox/chats/:id/messages', async (context) => {
    guard.checkWrite(context.req.headers);
    const written = writeAsPerson(chats, readChat(context), await readJsonBody(context.req, limits.bodyBytes));
    context.status = 201;
    context.body = written;
  });
};

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
  addScriptApi(router, deps);
  addBotApi(router, deps);
  addModelApi(router, deps);
};
