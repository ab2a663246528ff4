import { randomBytes } from 'node:crypto';
import type { Decision } from './decide.ts';
import type { ChatRequest } from './request.ts';

export const SCRIPTED_MODEL = 'scripted';
const CHARS_PER_TOKEN = 3;
const FINGERPRINT = 'fixed-rules';

type WireCall = Readonly<{ id: string; type: 'function'; function: Readonly<{ name: string; arguments: string }> }>;
type Usage = Readonly<{ prompt_tokens: number; completion_tokens: number; total_tokens: number }>;
export type Completion = Readonly<{
  id: string;
  created: number;
  content: string | null;
  calls: readonly WireCall[];
  finish: 'stop' | 'tool_calls';
  usage: Usage;
}>;

const tokens = (characters: number): number => Math.max(1, Math.ceil(characters / CHARS_PER_TOKEN));
const id = (prefix: string): string => `${prefix}${randomBytes(12).toString('hex')}`;

const promptLength = ({ messages, tools }: ChatRequest): number =>
  messages.reduce(
    (sum, message) => sum + message.content.length + (message.role === 'assistant' ? JSON.stringify(message.tool_calls).length : 0),
    tools.length * 100,
  );

/** A decision in the shape of an OpenAI-compatible answer; token numbers are estimated from the lengths. */
export const buildCompletion = (request: ChatRequest, decision: Decision, now: Date): Completion => {
  const calls: WireCall[] =
    decision.kind === 'call'
      ? decision.calls.map(({ name, args }) => ({ id: id('call_'), type: 'function', function: { name, arguments: JSON.stringify(args) } }))
      : [];
  const content = decision.kind === 'say' ? decision.text : null;
  const promptTokens = tokens(promptLength(request));
  const completionTokens = tokens((content ?? JSON.stringify(calls)).length);
  return {
    id: id('chatcmpl-'),
    created: Math.floor(now.getTime() / 1_000),
    content,
    calls,
    finish: decision.kind === 'call' ? 'tool_calls' : 'stop',
    usage: { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: promptTokens + completionTokens },
  };
};

const head = ({ id: completionId, created }: Completion, object: string) => ({
  id: completionId,
  object,
  created,
  model: SCRIPTED_MODEL,
  system_fingerprint: FINGERPRINT,
});

export const asJson = (completion: Completion): Readonly<Record<string, unknown>> => ({
  ...head(completion, 'chat.completion'),
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: completion.content, refusal: null, ...(completion.calls.length > 0 ? { tool_calls: completion.calls } : {}) },
      logprobs: null,
      finish_reason: completion.finish,
    },
  ],
  usage: completion.usage,
});

/** The same as server-sent events: the role, the text word by word or the calls, the reason, usage when asked for, [DONE]. */
export const asEvents = (completion: Completion, { includeUsage }: { includeUsage: boolean }): readonly string[] => {
  const usageField = includeUsage ? { usage: null } : {};
  const chunk = (delta: Readonly<Record<string, unknown>>, finish: string | null = null) => ({
    ...head(completion, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...usageField,
  });
  const pieces = completion.content?.match(/\s*\S+\s*/g) ?? [];
  const chunks = [
    chunk({ role: 'assistant', content: completion.content === null ? null : '' }),
    ...pieces.map((content) => chunk({ content })),
    ...completion.calls.map((call, index) => chunk({ tool_calls: [{ index, ...call }] })),
    chunk({}, completion.finish),
    ...(includeUsage ? [{ ...head(completion, 'chat.completion.chunk'), choices: [], usage: completion.usage }] : []),
  ];
  return [...chunks.map((item) => JSON.stringify(item)), '[DONE]'].map((data) => `data: ${data}\n\n`);
};
