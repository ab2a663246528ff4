import { maskMessages, phoneKeys, wordsIn, type MaskOptions } from '../../../../app/llm/mask.ts';
import type { ChatMessage, ModelAnswer } from '../../../../app/llm/port.ts';

export const options = (more: Partial<MaskOptions> = {}): MaskOptions => ({
  names: [],
  keepWords: new Set(wordsIn('Лада Веста Камри покраска бампера Валера')),
  keepPhones: new Set(phoneKeys('+7 (495) 000-12-34')),
  ...more,
});
export const user = (content: string): ChatMessage => ({ role: 'user', content });
const bot = (content: string): ChatMessage => ({ role: 'assistant', content, toolCalls: [] });
export const answer = (text: string, args?: unknown): ModelAnswer => ({
  text,
  toolCalls: args === undefined ? [] : [{ id: 'c', name: 'create_booking', argumentsJson: JSON.stringify(args) }],
  usage: { inputTokens: 0, outputTokens: 0 },
  model: 'm',
});

/** A customer's text as the model sees it; `after` = what the bot had said. */
export const masked = (text: string, { names = [], after }: Readonly<{ names?: readonly string[]; after?: string }> = {}): string => {
  const messages = [...(after === undefined ? [] : [bot(after)]), user(text)];
  return maskMessages(messages, options({ names })).messages.at(-1)?.content ?? '';
};
