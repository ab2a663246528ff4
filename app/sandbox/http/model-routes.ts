import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Clock } from '../../kit/clock.ts';
import type { Faults } from '../faults/faults.ts';
import { changeDecision } from '../faults/model-fault.ts';
import type { ModelFault } from '../faults/request.ts';
import { listModels, type ModelAnswer, type ModelApi, wrongKey } from '../model/model-api.ts';
import { secretEquals } from '../secret.ts';
import type { SandboxLimits } from '../settings.ts';
import type { Store } from '../store.ts';
import type { ModelCalls } from '../story/model-calls.ts';
import { readJsonBody } from './body.ts';
import { afterAnswer, cut, goneSignal, takeOver } from './connection.ts';

export type ModelRouteDeps = Readonly<{ modelApi: ModelApi; modelCalls: ModelCalls; faults: Faults; store: Store; limits: SandboxLimits; clock: Clock }>;

const GARBAGE = '{"choices":[{"message":{"content":"Покр\u0000';

const failure = (status: number, { message, type }: { message: string; type: string }): ModelAnswer => ({
  status,
  json: { error: { message, type, param: null, code: null } },
});

const contentOf = (answer: ModelAnswer): Readonly<{ type: string; text: string }> =>
  'json' in answer ? { type: 'application/json', text: JSON.stringify(answer.json) } : { type: 'text/event-stream', text: answer.events.join('') };

const send = (context: Context, answer: ModelAnswer): void => {
  const { type, text } = contentOf(answer);
  context.status = answer.status;
  context.type = type;
  context.set('Cache-Control', 'no-cache');
  context.body = text;
};

/** Sends the first half of the answer and leaves the connection open: what follows is the caller's. */
const sendHalf = (context: Context, answer: ModelAnswer): Promise<void> => {
  const { type, text } = contentOf(answer);
  takeOver(context);
  context.res.writeHead(answer.status, { 'content-type': type, 'cache-control': 'no-cache' });
  return new Promise((resolve) => context.res.write(text.slice(0, Math.ceil(text.length / 2)), () => resolve()));
};

const sendGarbage = (context: Context, answer: ModelAnswer): void => {
  const isStream = 'events' in answer;
  context.type = isStream ? 'text/event-stream' : 'application/json';
  context.body = isStream ? `data: ${GARBAGE}\n\n` : GARBAGE;
};

const sendFlood = (context: Context, retryAfterSeconds: number): void => {
  context.set('Retry-After', String(retryAfterSeconds));
  send(context, failure(429, { message: 'Rate limit reached', type: 'rate_limit_error' }));
};

type Strikes = Readonly<{
  [Name in ModelFault['fault']]?: (context: Context, answer: ModelAnswer, fault: Extract<ModelFault, { fault: Name }>) => void | Promise<void>;
}>;

/** A fault's own way of answering, `answer` being what the script would have said; without one that is what goes out. */
const STRIKES: Strikes = {
  stall_before_first_byte: takeOver,
  stall_mid_stream: sendHalf,
  cut_mid_stream: async (context, answer) => {
    await sendHalf(context, answer);
    cut(context);
  },
  garbage: sendGarbage,
  flood: (context, _answer, fault) => sendFlood(context, fault.retry_after),
  server_error: (context, _answer, fault) => send(context, failure(fault.status, { message: 'The server had an error', type: 'server_error' })),
};

const strike = async (context: Context, fault: ModelFault, answer: ModelAnswer): Promise<void> => {
  const own: ((context: Context, answer: ModelAnswer, fault: never) => void | Promise<void>) | undefined = STRIKES[fault.fault];
  await (own ?? send)(context, answer, fault as never); // the table pairs each fault with its own way, which the compiler cannot follow
};

/** The scripted model as an OpenAI-compatible service, with whatever fault is switched on. */
export const addModelRoutes = (router: Router, { modelApi, modelCalls, faults, store, limits, clock }: ModelRouteDeps): void => {
  const hasKey = (context: Context): boolean => secretEquals(/^Bearer (.+)$/i.exec(context.get('authorization'))?.[1] ?? '', store.identity.llmApiKey);
  router.get('/llm/v1/models', (context) => send(context, hasKey(context) ? listModels() : wrongKey()));
  router.post('/llm/v1/chat/completions', async (context) => {
    if (!hasKey(context)) {
      send(context, wrongKey());
      return;
    }
    const gone = goneSignal(context);
    const body = await readJsonBody(context.req, limits.modelBodyBytes);
    const watch = modelCalls.asked({ traceparent: context.get('traceparent') || undefined, body });
    afterAnswer(context, (fully) => watch.ended(fully, context.res.headersSent ? context.res.statusCode : null));
    const fault = faults.takeModel();
    const answer = modelApi.complete(body, fault && changeDecision(fault));
    watch.answered(answer, fault?.fault ?? null);
    if (fault?.fault === 'slow') await clock.sleep(fault.delay_ms, gone);
    if (fault) await strike(context, fault, answer);
    else send(context, answer);
  });
};
