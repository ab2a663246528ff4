import { sha256Hex } from '../../kit/ids.ts';
import { isRecord } from '../bot-api/arguments.ts';
import type { ModelAnswer } from '../model/model-api.ts';
import { type AskedTool, type ModelStep, shorten, type Tokens } from './types.ts';

type Purpose = ModelStep['purpose'];
type ToolResult = AskedTool & Readonly<{ result: unknown }>;

/** What a story tells of one chat completion request. */
export type ReadRequest = Readonly<{
  purpose: Purpose;
  stream: boolean;
  /** What the customer said since the last answer, as the model sees it. */
  lastUser: string;
  /** What the tools gave since the model's last answer. */
  results: readonly ToolResult[];
  /** Equal for a request that is made again. */
  fingerprint: string;
}>;

const RESULT_LIMIT = 4_000;
const SUMMARY = 'Сожми переписку';
const REPAIR = '[Проверка ответа]';

const records = (value: unknown): readonly Readonly<Record<string, unknown>>[] => (Array.isArray(value) ? value.filter(isRecord) : []);

const textOf = (content: unknown): string => {
  if (typeof content === 'string') return content;
  return records(content)
    .map((part) => (typeof part['text'] === 'string' ? part['text'] : ''))
    .join('\n');
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return shorten(text);
  }
};

/** JSON as it is, unless it is too long for a story. */
const bounded = (text: string): unknown => (text.length > RESULT_LIMIT ? shorten(text) : parseJson(text));

const toolOf = (call: Readonly<Record<string, unknown>>): AskedTool => {
  const named = isRecord(call['function']) ? call['function'] : {};
  return { callId: textOf(call['id']), name: shorten(textOf(named['name']), 64), args: bounded(textOf(named['arguments'])) };
};

type Messages = readonly Readonly<Record<string, unknown>>[];

const isPlainAnswer = ({ role, content }: Messages[number]): boolean => role === 'assistant' && textOf(content) !== '';
const isRepair = ({ role, content }: Messages[number]): boolean => role === 'user' && textOf(content).startsWith(REPAIR);

/** The customer's messages since the last answer that went out: one that is being repaired did not. */
const lastWords = (all: Messages): string => {
  const messages = all.filter((message, index) => !isRepair(message) && !(isPlainAnswer(message) && isRepair(all[index + 1] ?? {})));
  const since = messages.slice(messages.findLastIndex(isPlainAnswer) + 1);
  return since.flatMap(({ role, content }) => (role === 'user' ? [textOf(content)] : [])).join('\n');
};

const purposeOf = (messages: Messages): Purpose => {
  const lastUser = messages.findLast(({ role }) => role === 'user');
  if (messages.some(({ role, content }) => role === 'system' && textOf(content).startsWith(SUMMARY))) return 'summary';
  return lastUser && isRepair(lastUser) ? 'repair' : 'answer';
};

const resultsOf = (messages: Messages): ToolResult[] => {
  const lastCall = messages.findLastIndex(({ role, tool_calls: calls }) => role === 'assistant' && records(calls).length > 0);
  const asked = new Map(records(messages[lastCall]?.['tool_calls']).map((call) => [textOf(call['id']), toolOf(call)]));
  return messages.slice(lastCall + 1).flatMap(({ role, tool_call_id: callId, content }) => {
    const call = role === 'tool' ? asked.get(textOf(callId)) : undefined;
    return call ? [{ ...call, result: bounded(textOf(content)) }] : [];
  });
};

/** Reads a request's body of whatever shape: a wrong one is the model's to refuse. */
export const readRequest = (body: unknown): ReadRequest => {
  const request = isRecord(body) ? body : {};
  const messages = records(request['messages']);
  return {
    purpose: purposeOf(messages),
    stream: request['stream'] === true,
    lastUser: lastWords(messages),
    results: resultsOf(messages),
    fingerprint: sha256Hex(JSON.stringify(messages)),
  };
};

/** `text` is whole. */
export type ReadAnswer = Readonly<{ tools: readonly AskedTool[]; text: string; tokens: Tokens | null }>;

const tokensOf = (usage: unknown): Tokens | null =>
  isRecord(usage) ? { prompt: Number(usage['prompt_tokens'] ?? 0), completion: Number(usage['completion_tokens'] ?? 0) } : null;

const choiceOf = (part: Readonly<Record<string, unknown>>, name: 'message' | 'delta'): Readonly<Record<string, unknown>> => {
  const value = records(part['choices'])[0]?.[name];
  return isRecord(value) ? value : {};
};

const readWhole = (json: Readonly<Record<string, unknown>>): ReadAnswer => {
  const message = choiceOf(json, 'message');
  const error = isRecord(json['error']) ? textOf(json['error']['message']) : '';
  return { tools: records(message['tool_calls']).map(toolOf), text: textOf(message['content']) || error, tokens: tokensOf(json['usage']) };
};

/** Arguments of a call may come in several pieces, all with the same index. */
const collectCalls = (deltas: Messages): AskedTool[] => {
  const calls = new Map<unknown, { id: string; name: string; args: string }>();
  for (const piece of deltas.flatMap((delta) => records(delta['tool_calls']))) {
    const named = isRecord(piece['function']) ? piece['function'] : {};
    const call = calls.get(piece['index']) ?? { id: '', name: '', args: '' };
    calls.set(piece['index'], { id: call.id || textOf(piece['id']), name: call.name + textOf(named['name']), args: call.args + textOf(named['arguments']) });
  }
  return [...calls.values()].map(({ id, name, args }) => toolOf({ id, function: { name, arguments: args } }));
};

const readStream = (events: readonly string[]): ReadAnswer => {
  const lines = events.flatMap((event) => event.split('\n')).filter((line) => line.startsWith('data: {'));
  const chunks = lines.map((line) => parseJson(line.slice('data: '.length))).filter(isRecord);
  const deltas = chunks.map((chunk) => choiceOf(chunk, 'delta'));
  return {
    tools: collectCalls(deltas),
    text: deltas.map((delta) => textOf(delta['content'])).join(''),
    tokens: tokensOf(chunks.findLast((chunk) => isRecord(chunk['usage']))?.['usage']),
  };
};

/** What the scripted model said, plain or streamed. */
export const readAnswer = (answer: ModelAnswer): ReadAnswer => ('json' in answer ? readWhole(answer.json) : readStream(answer.events));
