import type Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import type { Calls } from '../bot-api/calls.ts';
import type { Chats } from '../chats.ts';
import type { Faults } from '../faults/faults.ts';
import { faultsRequest } from '../faults/request.ts';
import { findChat, type Names } from '../people.ts';
import type { SandboxLimits, SandboxParts } from '../settings.ts';
import type { Store } from '../store.ts';
import type { Stories } from '../story/stories.ts';
import { readJsonBody } from './body.ts';
import type { EventStreams } from './event-stream.ts';
import { HttpFault } from './fault.ts';
import type { Guard } from './guard.ts';
import { paintPicture } from './picture.ts';
import { addPerson, closeAsPerson, pressAsPerson, writeAsPerson } from './script-request.ts';
import { viewMessages, viewState } from './views.ts';

export type ScriptRouteDeps = Readonly<{
  store: Store;
  chats: Chats;
  stories: Stories;
  calls: Calls;
  faults: Faults;
  guard: Guard;
  streams: EventStreams;
  limits: SandboxLimits;
  parts: SandboxParts;
  workshopName: string;
}>;

const MAX_LISTED = 1_000;

type WithParams = Context & { params: Readonly<Record<string, string>> };

const readChat = (context: WithParams, names: Names) => {
  const id = context.params['id'] ?? '';
  const chat = /^-?\d{1,16}$/.test(id) ? findChat(Number(id), names) : undefined;
  if (!chat) throw new HttpFault(404, 'nobody here has this chat');
  return chat;
};

const readAfter = (context: Context): number => {
  const after = context.query['after'] ?? '0';
  if (typeof after !== 'string' || !/^\d{1,15}$/.test(after)) throw new HttpFault(400, 'after must be a number');
  return Number(after);
};

const addReads = (router: Router, { store, chats, stories, calls, faults, guard, streams, parts, workshopName }: ScriptRouteDeps): void => {
  const read = (path: string, view: (context: WithParams) => unknown): void => {
    router.get(path, (context) => {
      guard.checkRead(context.req.headers);
      context.set('Cache-Control', 'no-store');
      context.body = view(context);
    });
  };
  read('/sandbox/state', () => viewState(store, { parts, workshopName }));
  read('/sandbox/faults', () => faults.view());
  read('/sandbox/calls', (context) => ({ calls: calls.after(readAfter(context)) }));
  read('/sandbox/chats/:id/messages', (context) => {
    const chat = readChat(context, store.state.names);
    return { chat, messages: viewMessages(store, { chatId: chat.id, after: readAfter(context), limit: MAX_LISTED }) };
  });
  read('/sandbox/stories', () => ({ model: parts.model, stories: [...stories.all()].reverse() }));
  read('/sandbox/photos/:name', (context) => {
    const fileId = context.params['name'] ?? '';
    if (!chats.findFile(fileId)?.photo) throw new HttpFault(404, 'there is no such photo');
    context.type = 'image/png';
    return paintPicture(fileId);
  });
  read('/sandbox/events', (context) => {
    context.type = 'text/event-stream';
    return streams.open();
  });
};

const addWrites = (router: Router, { store, chats, faults, guard, limits }: ScriptRouteDeps): void => {
  const ACTS = { messages: writeAsPerson, bot: closeAsPerson, presses: pressAsPerson } as const;
  for (const [name, act] of Object.entries(ACTS)) {
    router.post(`/sandbox/chats/:id/${name}`, async (context) => {
      guard.checkWrite(context.req.headers);
      const written = act({ chats, chat: readChat(context, store.state.names) }, await readJsonBody(context.req, limits.bodyBytes));
      context.status = 201;
      context.body = written;
    });
  }
  router.post('/sandbox/people', async (context) => {
    guard.checkWrite(context.req.headers);
    context.body = addPerson({ chats }, await readJsonBody(context.req, limits.bodyBytes));
    context.status = 201;
  });
  router.put('/sandbox/faults', async (context) => {
    guard.checkWrite(context.req.headers);
    const parsed = faultsRequest.safeParse(await readJsonBody(context.req, limits.bodyBytes));
    if (!parsed.success) throw new HttpFault(400, z.prettifyError(parsed.error));
    faults.set(parsed.data);
    context.body = faults.view();
  });
};

/** What scripts and the page read and do. */
export const addScriptRoutes = (router: Router, deps: ScriptRouteDeps): void => {
  addReads(router, deps);
  addWrites(router, deps);
};
