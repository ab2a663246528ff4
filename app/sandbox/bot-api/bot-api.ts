import { secretEquals } from '../secret.ts';
import { type Arguments, isRecord } from './arguments.ts';
import { createChatMethods } from './chat-methods.ts';
import { createGetUpdates } from './get-updates.ts';
import type { Handlers, MethodDeps, MethodName } from './methods.ts';
import { badRequest, Refusal } from './refusal.ts';
import { createWebhookMethods } from './webhook-methods.ts';

export type BotApiAnswer = Readonly<{ status: number; body: Readonly<Record<string, unknown>> }>;
/** `readArguments` runs after the token was checked and may refuse. */
export type BotApiCall = Readonly<{ token: string; method: string; readArguments: () => Arguments; signal: AbortSignal }>;

const refused = ({ errorCode, message, retryAfterSeconds }: Refusal): BotApiAnswer => ({
  status: errorCode,
  body: {
    ok: false,
    error_code: errorCode,
    description: message,
    ...(retryAfterSeconds === undefined ? {} : { parameters: { retry_after: retryAfterSeconds } }),
  },
});

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

/** The Bot API as a function of one call; never throws for what a client can do wrong. */
export const createBotApi = (deps: MethodDeps) => {
  const handlers: Handlers = { ...createChatMethods(deps), ...createWebhookMethods(deps), getUpdates: createGetUpdates(deps) };
  const byLowerCase = new Map(Object.keys(handlers).map((name) => [name.toLowerCase(), name as MethodName]));

  return {
    call: async ({ token, method, readArguments, signal }: BotApiCall): Promise<BotApiAnswer> => {
      if (!secretEquals(token, deps.store.identity.botToken)) return refused(new Refusal(401, 'Unauthorized'));
      const name = byLowerCase.get(method.toLowerCase());
      if (!name) return refused(new Refusal(404, 'Not Found'));
      try {
        return { status: 200, body: { ok: true, ...(await handlers[name](readArguments(), signal)) } };
      } catch (error) {
        if (error instanceof Refusal) return refused(error);
        throw error;
      }
    },
  };
};
export type BotApi = ReturnType<typeof createBotApi>;
