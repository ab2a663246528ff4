import { MARKS } from './marks.ts';
import { PHRASES } from './phrases.ts';
import type { ChatMessage } from './request.ts';

const AMOUNT = /\d[\d\u00a0\u202f ]*\d/gu;
const digitsOf = (text: string): string => text.replaceAll(/\D/g, '');

const isCheck = (message: ChatMessage | undefined): boolean => message?.role === 'user' && message.content.startsWith(MARKS.repair);
const isPlainAnswer = (message: ChatMessage): boolean => message.role === 'assistant' && message.tool_calls.length === 0;

/** The dialogue without answers that were sent back, and the sums that must not be said again. */
export const withoutRefused = (messages: readonly ChatMessage[]): Readonly<{ messages: readonly ChatMessage[]; refused: ReadonlySet<string> }> => {
  const checks = messages.filter(isCheck);
  const amounts = checks.flatMap(({ content }) => content.match(AMOUNT) ?? []).map(digitsOf);
  return {
    messages: messages.filter((message, index) => !isCheck(message) && !(isPlainAnswer(message) && isCheck(messages[index + 1]))),
    refused: new Set(amounts.filter((amount) => amount.length >= 3)),
  };
};

const names = (text: string, refused: ReadonlySet<string>): boolean => (text.match(AMOUNT) ?? []).some((amount) => refused.has(digitsOf(amount)));

/** A text without the lines and sentences that name a refused sum. */
export const withoutAmounts = (text: string, refused: ReadonlySet<string>): string => {
  if (refused.size === 0 || !names(text, refused)) return text;
  const lines = text.split('\n').map((line) =>
    names(line, refused)
      ? line
          .split(/(?<=[.!?]) /u)
          .filter((sentence) => !names(sentence, refused))
          .join(' ')
      : line,
  );
  const rest = lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
  return rest.includes('на осмотре') || rest.includes('после осмотра') ? rest : `${rest} ${PHRASES.noAmount}`.trim();
};
