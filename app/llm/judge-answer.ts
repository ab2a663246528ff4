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

// Ollama, vLLM and llama.cpp leave a model's thoughts in its text unless they are told to part them. Some templates write the first tag
// into the prompt, so that the answer begins within the block.
const THOUGHTS = /<(think|thinking|thought|reasoning)>[^]*?<\/\1>/gi;
const THOUGHTS_END = /^[^]*<\/(?:think|thinking|thought|reasoning)>/i;
const THOUGHTS_BEGIN = /<(?:think|thinking|thought|reasoning)>/i;

/** The answer without thoughts; a block that does not end is a cut answer, unless the calls say that it went on. */
const withoutThoughts = (answer: Assembled): Assembled => {
  const spoken = answer.text.replace(THOUGHTS, '').replace(THOUGHTS_END, '');
  if (spoken === answer.text && !THOUGHTS_BEGIN.test(spoken)) return answer;
  const begin = THOUGHTS_BEGIN.exec(spoken)?.index;
  if (begin === undefined) return { ...answer, text: spoken.trimStart() };
  if (answer.finishReason === 'length') throw stopped(answer, ['truncated', 'the token limit left nothing but thoughts']);
  if (answer.toolCalls.length === 0) throw broken(answer, ['truncated', 'the answer ends within thoughts']);
  return { ...answer, text: spoken.slice(0, begin).trim() };
};

type Scene = Readonly<{
  /** The request ends with results of tools: a model that has spoken beside its calls may have nothing to add. */
  mayBeSilent: boolean;
}>;

// Most of a long answer serves the customer better than an apology; half an order does not.
const cutShort = (answer: Assembled): Judged => {
  if (answer.toolCalls.length > 0) throw stopped(answer, ['truncated', 'a tool call was cut by the token limit']);
  const text = untilLastSentence(answer.text);
  if (text === '') throw stopped(answer, ['truncated', 'the token limit left no whole sentence']);
  return { text, toolCalls: [] };
};

const whole = (answer: Assembled, { mayBeSilent }: Scene): Judged => {
  const nameless = answer.toolCalls.some(({ name }) => name === '');
  if (nameless) throw broken(answer, ['invalid', 'a tool call has no name']);
  if (answer.toolCalls.length === 0 && answer.text.trim() === '' && !mayBeSilent)
    throw broken(answer, ['invalid', 'the model answered neither text nor a tool call']);
  return { text: answer.text, toolCalls: answer.toolCalls };
};

/**
 * What of an answer may be used, by its finish_reason. `length`: a text up to its last whole sentence, never a tool call.
 * `content_filter` and `error` are failures whatever stands before them. Thoughts that a server left in the text are no part of it.
 * Throws AttemptFailure.
 */
export const judgeAnswer = (answer: Assembled, scene: Scene): Judged => {
  if (answer.finishReason === 'content_filter') throw stopped(answer, ['refused', 'the provider’s content filter stopped the answer']);
  if (answer.finishReason === 'error') throw broken(answer, ['unavailable', 'the provider gave up within the answer']); // OpenRouter
  const spoken = withoutThoughts(answer);
  return spoken.finishReason === 'length' ? cutShort(spoken) : whole(spoken, scene);
};
