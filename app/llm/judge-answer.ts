import type { Assembled } from './assemble.ts';
import { AttemptFailure } from './failure.ts';
import type { ModelAnswer } from './port.ts';

export type Judged = Readonly<{ text: string; toolCalls: ModelAnswer['toolCalls'] }>;

// a full stop within a number ("1.5", "14.000") ends nothing
const SENTENCE_END = /[.!?…](?=["»)*_]*(?:\s|$))["»)*_]*|\n/g;

const untilLastSentence = (text: string): string => {
  const end = [...text.matchAll(SENTENCE_END)].at(-1);
  return end ? text.slice(0, end.index + end[0].length).trimEnd() : '';
};

type Reason = readonly [outcome: 'truncated' | 'invalid' | 'refused' | 'unavailable', message: string];

// the model was cut or stopped: the service is well
const stopped = (answer: Assembled, [outcome, message]: Reason): AttemptFailure =>
  new AttemptFailure(outcome, message, { usage: answer.usage, innocent: true });
const broken = (answer: Assembled, [outcome, message]: Reason): AttemptFailure => new AttemptFailure(outcome, message, { usage: answer.usage });

// Most of a long answer serves the customer better than an apology; half an order does not.
const cutShort = (answer: Assembled): Judged => {
  if (answer.toolCalls.length > 0) throw stopped(answer, ['truncated', 'a tool call was cut by the token limit']);
  const text = untilLastSentence(answer.text);
  if (text === '') throw stopped(answer, ['truncated', 'the token limit left no whole sentence']);
  return { text, toolCalls: [] };
};

const whole = (answer: Assembled): Judged => {
  const nameless = answer.toolCalls.some(({ name }) => name === '');
  if (nameless) throw broken(answer, ['invalid', 'a tool call has no name']);
  if (answer.toolCalls.length === 0 && answer.text.trim() === '') throw broken(answer, ['invalid', 'the model answered neither text nor a tool call']);
  return { text: answer.text, toolCalls: answer.toolCalls };
};

/**
 * What of an answer may be used, by its finish_reason. `length`: a text up to its last whole sentence, never a tool call.
 * `content_filter` and `error` are failures whatever stands before them. Throws AttemptFailure.
 */
export const judgeAnswer = (answer: Assembled): Judged => {
  if (answer.finishReason === 'content_filter') throw stopped(answer, ['refused', 'the provider’s content filter stopped the answer']);
  if (answer.finishReason === 'error') throw broken(answer, ['unavailable', 'the provider gave up within the answer']); // OpenRouter
  return answer.finishReason === 'length' ? cutShort(answer) : whole(answer);
};
