import type { Message } from 'grammy/types';
import { hashOf } from '../chats.ts';
import type { Faults } from '../faults/faults.ts';
import { GROUP } from '../people.ts';
import { secretEquals } from '../secret.ts';
import { type Arguments, isRecord, readString } from './arguments.ts';
import type { Calls } from './calls.ts';
import { createChatMethods } from './chat-methods.ts';
import { createGetUpdates } from './get-updates.ts';
import type { Handlers, MethodDeps, MethodName } from './methods.ts';
import { badRequest, Refusal } from './refusal.ts';
import { type Outcome, refused, strike, type Striking } from './striking.ts';
import { createWebhookMethods } from './webhook-methods.ts';

/** What a call was and did; `applied`: it took effect, whatever the bot was told. */
type Performed = Readonly<{ method: MethodName; args: Arguments; chatId: number | null; fault: string | null; applied: boolean }>;
/** `told` is called once the connection has shown whether all of the answer went out; without `performed` the call was refused unread. */
export type BotApiAnswer = Readonly<{ outcome: Outcome; told: (fully: boolean, port: number | undefined) => void; performed?: Performed }>;
/** `readArguments` runs after the token was checked and may refuse. */
export type BotApiCall = Readonly<{ token: string; method: string; readArguments: () => Arguments; signal: AbortSignal }>;

/** Arguments of a body that is JSON, a form, or absent; the query's are added and lose against the body's. */
export const parseArguments = ({ contentType, body, query }: { contentType: string; body: Buffer; query: URLSearchParams }): Arguments => {
  const fromQuery = Object.fromEntries(query);
  if (body.length === 0) return fromQuery;
  const text = body.toString('utf8');
  if (contentType.startsWith('application/x-www-form-urlencoded')) return { ...fromQuery, ...Object.fromEntries(new URLSearchParams(text)) };
  if (!contentType.startsWith('application/json')) throw badRequest('unsupported content type');
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return { ...fromQuery, ...value };
  } catch {
    // falls through to the refusal below
  }
  throw badRequest("can't parse request: expected a JSON object");
};

const chatIdOf = (args: Arguments): number | null => {
  const id = Number(args['chat_id']);
  return Number.isSafeInteger(id) && id !== 0 ? id : null;
};

const withoutSecret = (args: Arguments): Arguments => (args['secret_token'] === undefined ? args : { ...args, secret_token: 'hidden' });

/** The message that was made; of an album the first one. */
const messageOf = ({ status, body }: Extract<Outcome, { how: 'answer' }>): Message | undefined => {
  if (status !== 200 || typeof body === 'string') return undefined;
  const result = body['result'] as Message | Message[];
  return Array.isArray(result) ? result[0] : result;
};

const statusOf = (outcome: Outcome): number | null => (outcome.how === 'answer' ? outcome.status : null);

const ACTING: ReadonlySet<MethodName> = new Set(['sendMessage', 'sendPhoto', 'sendMediaGroup', 'editMessageText']);
type BotApiDeps = MethodDeps & Readonly<{ faults: Faults; calls: Calls }>;

/** The Bot API as a function of one call; never throws for what a client can do wrong. */
export const createBotApi = (deps: BotApiDeps) => {
  const { store, faults, calls, clock } = deps;
  const handlers: Handlers = { ...createChatMethods(deps), ...createWebhookMethods(deps), getUpdates: createGetUpdates(deps) };
  const byLowerCase = new Map(Object.keys(handlers).map((name) => [name.toLowerCase(), name as MethodName]));

  const run = async (name: MethodName, args: Arguments, signal: AbortSignal): Promise<Extract<Outcome, { how: 'answer' }>> => {
    try {
      return { how: 'answer', status: 200, body: { ok: true, ...(await handlers[name](args, signal)) } };
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      throw error;
    }
  };

  const findStriking = (name: MethodName, args: Arguments): Striking | undefined => {
    const chatId = chatIdOf(args);
    if (chatId === GROUP.id && ACTING.has(name) && faults.takeMigration()) return strike({ fault: 'migrate_group' }, chatId);
    const fault = faults.takeTelegram({ method: name, chatId });
    return fault && strike(fault, chatId);
  };

  type Facts = Readonly<{ done: Message | undefined; code: number | null; fault: string | null }>;

  /** Writes down what became of a call that acts; `done` is undefined when it never took effect. */
  const record = (name: MethodName, args: Arguments, { done, code, fault, fully, port }: Facts & { fully: boolean; port: number | undefined }): void => {
    const common = { kind: 'told', method: name, chatId: chatIdOf(args), code, fault, port } as const;
    if (done) {
      const told = fully && code === 200 ? 'ok' : 'withheld';
      store.append({ ...common, messageId: done.message_id, hash: hashOf(done), told });
      return;
    }
    const text = readString(args, 'text')?.trimEnd();
    store.append({ ...common, messageId: null, hash: text === undefined ? null : hashOf({ text }), told: 'refused' });
  };

  const perform = async (name: MethodName, args: Arguments, signal: AbortSignal): Promise<BotApiAnswer> => {
    const striking = findStriking(name, args);
    const answer = striking?.applied === false ? undefined : await run(name, args, signal);
    const outcome: Outcome = striking?.outcome ?? answer ?? { how: 'silence' };
    const code = statusOf(outcome);
    const fault = striking?.name ?? null;
    calls.add({ at: clock.now().toISOString(), method: name, arguments: withoutSecret(args), status: code, fault });
    const facts = { done: answer && messageOf(answer), code, fault };
    const performed = { method: name, args, chatId: chatIdOf(args), fault, applied: answer?.status === 200 };
    return { outcome, performed, told: (fully, port) => (ACTING.has(name) ? record(name, args, { ...facts, fully, port }) : undefined) };
  };

  const plain = (refusal: Refusal): BotApiAnswer => ({ outcome: refused(refusal), told: () => undefined });

  return {
    call: async ({ token, method, readArguments, signal }: BotApiCall): Promise<BotApiAnswer> => {
      if (!/^[1-9]\d*:[^/]+$/.test(token)) return plain(new Refusal(401, 'Unauthorized: invalid token specified'));
      if (!secretEquals(token, store.identity.botToken)) return plain(new Refusal(401, 'Unauthorized'));
      const name = byLowerCase.get(method.toLowerCase());
      if (!name) return plain(new Refusal(404, 'Not Found: method not found'));
      try {
        return await perform(name, readArguments(), signal);
      } catch (error) {
        if (error instanceof Refusal) return plain(error);
        throw error;
      }
    },
  };
};
export type BotApi = ReturnType<typeof createBotApi>;
