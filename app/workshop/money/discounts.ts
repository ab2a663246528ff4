import { isPercentage } from './contexts.ts';
import type { Chain } from './ranges.ts';
import { markAt, type Token, wordAt } from './tokens.ts';

const CUE = /^(?:скидк\p{L}*|скидоч\p{L}*|скидок|дешевле|минус|сброс\p{L}*|скин[уе]\p{L}*|уступ\p{L}*|акци[яиюе]\p{L}*)$/u;
const REFUSAL = /^(?:не|нет|без|нельзя|ни)$/;
const SENTENCE_END = new Set(['.', '!', '?', '\n']);
const REACH = 4;
const SENTENCE_REACH = 25;

/** The words of a sentence on one side of a token, nearest first. */
const wordsFrom = (tokens: readonly Token[], start: number, { step, reach }: { step: 1 | -1; reach: number }): string[] => {
  const words: string[] = [];
  for (let at = start; at >= 0 && at < tokens.length && words.length < reach; at += step) {
    if (SENTENCE_END.has(markAt(tokens, at))) break;
    if (tokens[at]?.kind !== 'mark') words.push(wordAt(tokens, at));
  }
  return words;
};

/** Whether a sum or percentage is promised as a discount: «скидка 10 %», «2 000 ₽ скидки». «Скидку 10 % сделать не можем» promises nothing. */
export const isDiscount = (tokens: readonly Token[], chain: Chain): boolean => {
  const { from } = chain[0];
  const { to } = chain.at(-1) ?? chain[0];
  const around = (reach: number): string[] => [...wordsFrom(tokens, from - 1, { step: -1, reach }), ...wordsFrom(tokens, to, { step: 1, reach })];
  return around(REACH).some((word) => CUE.test(word)) && !around(SENTENCE_REACH).some((word) => REFUSAL.test(word));
};

export const isPercentChain = (tokens: readonly Token[], chain: Chain): boolean => isPercentage(tokens, { first: chain[0], last: chain.at(-1) ?? chain[0] });
