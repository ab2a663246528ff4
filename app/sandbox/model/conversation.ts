import { MARKS } from './marks.ts';
import type { ChatMessage } from './request.ts';
import { type LocalNow, readNow } from './slots/calendar.ts';
import { type Kept, readSummary } from './summary.ts';

export type ToolCall = Readonly<{ name: string; args: Readonly<Record<string, unknown>>; result: unknown }>;
/** One thing said: by the customer (messages in a row are one), or by us with the calls that led to it. `manager`: what a person of the workshop said. */
export type Turn = Readonly<{ customer: string; calls: readonly ToolCall[]; answer: string | undefined; manager?: readonly string[] }>;
/** `kept`: what the summary of an earlier part holds. */
export type Conversation = Readonly<{ system: string; now: LocalNow; turns: readonly Turn[]; kept: Kept | undefined }>;

const FALLBACK_NOW: LocalNow = { date: '2026-01-05', time: '12:00' };

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const asArguments = (text: string): Readonly<Record<string, unknown>> => {
  const value = parseJson(text);
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
};

type Draft = { customer: string[]; calls: ToolCall[]; answer: string | undefined; manager: string[] };
type Assistant = Extract<ChatMessage, { role: 'assistant' }>;

/** The turn a message belongs to: customer messages in a row share one, and each goes on until we answered. */
const turnFor = (turns: Draft[], role: 'user' | 'assistant'): Draft => {
  const last = turns.at(-1);
  const fits = last && (role === 'assistant' || (last.answer === undefined && last.calls.length === 0));
  if (fits) return last;
  const fresh: Draft = { customer: [], calls: [], answer: undefined, manager: [] };
  turns.push(fresh);
  return fresh;
};

const addAnswer = (turn: Draft, { content, tool_calls }: Assistant, results: ReadonlyMap<string, unknown>): void => {
  turn.calls.push(...tool_calls.map(({ id, function: { name, arguments: args } }) => ({ name, args: asArguments(args), result: results.get(id) })));
  if (!content || tool_calls.length > 0) return;
  // a person of the workshop has answered: that asks nothing of ours and books nothing
  const isManager = content.startsWith(MARKS.manager);
  if (isManager) turn.manager.push(content.slice(MARKS.manager.length).trim());
  const own = isManager ? '' : content;
  turn.answer = turn.answer ? `${turn.answer}\n${own}`.trim() : own;
};

const isSummary = (message: ChatMessage): boolean => message.role === 'user' && message.content.startsWith(MARKS.summary);

/** Sorts the messages of a request into turns. A tool result without JSON in it counts as failed (`undefined`). */
export const readConversation = (messages: readonly ChatMessage[]): Conversation => {
  const system: string[] = [];
  const turns: Draft[] = [];
  const results = new Map(messages.filter((message) => message.role === 'tool').map((message) => [message.tool_call_id, parseJson(message.content)]));
  for (const message of messages) {
    if (message.role === 'system' || message.role === 'developer') system.push(message.content);
    if (message.role === 'user' && !isSummary(message)) turnFor(turns, 'user').customer.push(message.content);
    if (message.role === 'assistant') addAnswer(turnFor(turns, 'assistant'), message, results);
  }
  const text = system.join('\n');
  const summary = messages.findLast(isSummary);
  return {
    system: text,
    now: readNow(text) ?? FALLBACK_NOW,
    kept: summary && readSummary(summary.content),
    turns: turns.map(({ customer, ...turn }) => ({ ...turn, customer: customer.join('\n') })),
  };
};
