import type OpenAI from 'openai';
import type { Clock } from '../kit/clock.ts';
import { toFailure } from './failure.ts';
import { judgeAnswer } from './judge-answer.ts';
import type { ModelAnswer, ModelRequest } from './port.ts';
import { traitsOf, type ProviderTraits } from './providers.ts';
import { readAnswer } from './read-answer.ts';
import { toWire } from './wire.ts';
import { createWatchdog, type Watchdog } from './watchdog.ts';

export type OpenAiOptions = Readonly<{
  baseUrl: string;
  apiKey: string;
  model: string;
  maxOutputTokens: number;
  firstChunkTimeoutMs: number;
  idleTimeoutMs: number;
  attemptTimeoutMs: number;
}>;

export type Attempt = Readonly<{ answer: ModelAnswer; finishReason: string | undefined }>;

type Hooks = Readonly<{ traceparent: string | undefined; onFirstChunk: () => void }>;

/** One service that can be asked once. Throws AttemptFailure and nothing else. */
export type Provider = Readonly<{
  host: string;
  model: string;
  maxOutputTokens: number;
  traits: ProviderTraits;
  send: (request: ModelRequest, hooks: Hooks) => Promise<Attempt>;
}>;

const SDK_TIMEOUT_MS = 2 ** 31 - 1; // the watchdog is always earlier

// the first sign of the answer itself is worth a figure; what comes later is not
const withHook = (watchdog: Watchdog, onFirstChunk: () => void): Watchdog => {
  let isFirst = true;
  const progress = (): void => {
    watchdog.progress();
    if (isFirst) onFirstChunk();
    isFirst = false;
  };
  return { ...watchdog, progress };
};

/** Any service that speaks OpenAI's Chat Completions, always asked for a stream. Retries, fail-over and records are its callers'. */
export const createOpenAiProvider = ({ options, clock }: Readonly<{ options: OpenAiOptions; clock: Clock }>): Provider => {
  const traits = traitsOf(options.baseUrl);
  let client: Promise<OpenAI> | undefined;
  // 40 MB of SDK are not needed to store the first update. What it could read from the environment or print is switched off.
  const connect = async (): Promise<OpenAI> => {
    const { OpenAI: Client } = await import('openai');
    const quiet = { logLevel: 'off', organization: null, project: null } as const;
    return new Client({ baseURL: options.baseUrl, apiKey: options.apiKey, maxRetries: 0, timeout: SDK_TIMEOUT_MS, ...quiet });
  };

  const ask = async (request: ModelRequest, { traceparent, onFirstChunk }: Hooks, watchdog: Watchdog): Promise<Attempt> => {
    const openai = await (client ??= connect());
    const headers = traceparent === undefined ? {} : { traceparent };
    const call = openai.chat.completions.create(toWire(request, { ...options, traits }), { signal: watchdog.signal, headers });
    const response = await Promise.race([call.asResponse(), watchdog.over]);
    const assembled = await readAnswer(response, withHook(watchdog, onFirstChunk));
    const { text, toolCalls } = judgeAnswer(assembled, { mayBeSilent: request.messages.at(-1)?.role === 'tool' });
    const { usage, model = options.model, finishReason } = assembled;
    return { answer: { text, toolCalls, usage, model }, finishReason };
  };

  const send = async (request: ModelRequest, hooks: Hooks): Promise<Attempt> => {
    const watchdog = createWatchdog(request.signal, {
      firstChunkMs: options.firstChunkTimeoutMs,
      idleMs: options.idleTimeoutMs,
      attemptMs: options.attemptTimeoutMs,
      leftMs: request.deadlineMs - clock.monotonicMs(),
    });
    try {
      return await ask(request, hooks, watchdog);
    } catch (error) {
      throw toFailure(watchdog.signal.aborted ? watchdog.signal.reason : error, clock.now());
    } finally {
      watchdog.end();
    }
  };

  return { host: new URL(options.baseUrl).host, model: options.model, maxOutputTokens: options.maxOutputTokens, traits, send };
};
