import type OpenAI from 'openai';
import type { Clock } from '../kit/clock.ts';
import { AppError, messageOf } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { GEN_AI, withSpan } from '../observability/tracing.ts';
import type { ChatMessage, Model, ModelAnswer, ModelRequest, ToolCall, ToolSpec } from './port.ts';

type OpenAiOptions = Readonly<{
  baseUrl: string;
  apiKey: string;
  model: string;
  attemptTimeoutMs: number;
  maxOutputTokens: number;
}>;

type Deps = Readonly<{ options: OpenAiOptions; metrics: Metrics; clock: Clock; logger: Logger }>;
type Completion = OpenAI.Chat.Completions.ChatCompletion;

const toWire = (message: ChatMessage): OpenAI.Chat.Completions.ChatCompletionMessageParam => {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.toolCallId, content: message.content };
  if (message.role !== 'assistant') return { role: message.role, content: message.content };
  if (message.toolCalls.length === 0) return { role: 'assistant', content: message.content };
  const calls = message.toolCalls.map(({ id, name, argumentsJson }) => ({ id, type: 'function' as const, function: { name, arguments: argumentsJson } }));
  return { role: 'assistant', content: message.content || null, tool_calls: calls };
};

const toolToWire = ({ name, description, parameters }: ToolSpec): OpenAI.Chat.Completions.ChatCompletionTool => ({
  type: 'function',
  function: { name, description, parameters: { ...parameters } },
});

type WireMessage = OpenAI.Chat.Completions.ChatCompletionMessage;

const toolCallsOf = (message: WireMessage | undefined): ToolCall[] =>
  (message?.tool_calls ?? []).flatMap((call) =>
    call.type === 'function' ? [{ id: call.id, name: call.function.name, argumentsJson: call.function.arguments }] : [],
  );

const usageOf = ({ usage }: Completion): ModelAnswer['usage'] => ({ inputTokens: usage?.prompt_tokens ?? 0, outputTokens: usage?.completion_tokens ?? 0 });

const fromWire = (completion: Completion): ModelAnswer => {
  // a compatible server can answer anything, whatever the SDK's types say
  const message = (completion as Partial<Completion>).choices?.[0]?.message;
  const toolCalls = toolCallsOf(message);
  const text = message?.content ?? '';
  if (toolCalls.length === 0 && text.trim() === '') throw new AppError('MODEL_ANSWER_INVALID', 'the model answered neither text nor a tool call');
  return { text, toolCalls, usage: usageOf(completion), model: completion.model };
};

// never the message: a server may quote the request, and with it the customer
const typeOf = (error: unknown): string => (error instanceof Error ? error.constructor.name : typeof error);

const statusOf = (error: unknown): number | undefined => (error as { status?: number } | null)?.status;

// a 4xx will be the same again, but for time-outs, conflicts and rate limits
const isWorthRetrying = (error: unknown): boolean => {
  const status = statusOf(error);
  return status === undefined || status >= 500 || [408, 409, 429].includes(status);
};

type Outcome = Parameters<Metrics['modelFinished']>[0]['outcome'];

const outcomeOf = (error: unknown, { signal }: Readonly<{ signal: AbortSignal }>): Outcome => {
  const status = statusOf(error);
  if (status === 429) return 'limited';
  if (status !== undefined) return status < 500 ? 'refused' : 'unavailable';
  if (error instanceof AppError) return 'invalid';
  if (signal.aborted && (signal.reason as Error | undefined)?.name !== 'TimeoutError') return 'aborted';
  return /abort|timed? ?out/i.test(messageOf(error)) ? 'timeout' : 'unavailable'; // the SDK's abort and time-out errors share no type
};

/** Any OpenAI-compatible Chat Completions API. Own time limits and one retry: the SDK's defaults are 10 minutes and two silent retries. */
export const createOpenAiModel = ({ options, metrics, clock, logger }: Deps): Model => {
  const provider = new URL(options.baseUrl).host;
  let client: Promise<OpenAI> | undefined;
  // 40 MB of SDK are not needed to store the first update
  const connect = async (): Promise<OpenAI> => {
    const { OpenAI: Client } = await import('openai');
    return new Client({ baseURL: options.baseUrl, apiKey: options.apiKey, maxRetries: 0, timeout: options.attemptTimeoutMs });
  };

  const request = async ({ messages, tools, signal }: ModelRequest): Promise<ModelAnswer> => {
    const openai = await (client ??= connect());
    const limit = AbortSignal.any([signal, AbortSignal.timeout(options.attemptTimeoutMs)]);
    const body = { model: options.model, messages: messages.map(toWire), tools: tools.map(toolToWire), max_tokens: options.maxOutputTokens };
    return fromWire(await openai.chat.completions.create(body, { signal: limit }));
  };

  const attempt = async (input: ModelRequest): Promise<ModelAnswer> => {
    const startedMs = clock.monotonicMs();
    const finish = (outcome: Outcome): void => metrics.modelFinished({ provider, outcome, seconds: (clock.monotonicMs() - startedMs) / 1000 });
    const attributes = { [GEN_AI.operation]: 'chat', [GEN_AI.requestModel]: options.model };
    try {
      const answer = await withSpan({ name: `chat ${options.model}`, attributes, kind: 'client' }, () => request(input));
      finish('ok');
      metrics.modelTokens('input', answer.usage.inputTokens);
      metrics.modelTokens('output', answer.usage.outputTokens);
      return answer;
    } catch (error) {
      finish(outcomeOf(error, input));
      throw error;
    }
  };

  const complete = async (input: ModelRequest): Promise<ModelAnswer> => {
    const budgetMs = input.deadlineMs - clock.monotonicMs();
    if (budgetMs <= 0) throw new AppError('MODEL_UNAVAILABLE', 'no time is left for another model call');
    const timed = { ...input, signal: AbortSignal.any([input.signal, AbortSignal.timeout(Math.ceil(budgetMs))]) };
    for (let number = 1; ; number++) {
      try {
        return await attempt(timed);
      } catch (error) {
        input.signal.throwIfAborted();
        const leftMs = input.deadlineMs - clock.monotonicMs();
        const again = number === 1 && isWorthRetrying(error) && leftMs > 1_000;
        logger.warn({ attempt: number, outcome: outcomeOf(error, timed), status: statusOf(error), type: typeOf(error), again }, 'model call failed');
        if (!again) throw error instanceof AppError ? error : new AppError('MODEL_UNAVAILABLE', 'the model did not answer', { cause: error });
      }
    }
  };

  return { complete };
};
