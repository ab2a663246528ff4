import { isPercentage } from './contexts.ts';
import type { Chain } from './ranges.ts';
import { markAt, type Token, wordAt } from './tokens.ts';

const CUE = /^(?:скидк\p{L}*|скидоч\p{L}*|скидок|дешевле|минус|сброс\p{L}*|скин[уе]\p{L}*|уступ\p{L}*|акци[яиюе]\p{L}*)$/u;
const COMPARISON = /^(?:разниц\p{L}*|дороже|дешевле|меньше|больше|доплат\p{L}*|доплач\p{L}*|эконом\p{L}*|сэконом\p{L}*)$/u;
// «сделаем дешевле на 1 000 ₽» compares nothing
const PROMISE = /^(?:сдела\p{L}*|отда[дм]\p{L}*|дам|дадим|посчита\p{L}*|сниж\p{L}*|сниз\p{L}*|вам|вас)$/u;
const REFUSAL = /^(?:не|нет|без|нельзя|ни)$/;
const SENTENCE_END = new Set(['.', '!', '?', '\n']);
const REACH = 4;
const SENTENCE_REACH = 25;

/** «Дешевле всего покраска пятном — 6 000 ₽» lowers no price. */
const isSuperlative = (tokens: readonly Token[], at: number): boolean => /^(?:всего|чем)$/.test(wordAt(tokens, at + 1));

const wordOr = (tokens: readonly Token[], at: number, { ofAnother }: { ofAnother: boolean }): string => {
  const word = wordAt(tokens, at);
  return word === 'дешевле' && (ofAnother || isSuperlative(tokens, at)) ? '' : word;
};

/** The words of a sentence on one side of a token, nearest first; '' for numbers and for a «дешевле» that is not said of what starts there. */
const wordsFrom = (tokens: readonly Token[], start: number, { step, reach }: { step: 1 | -1; reach: number }): string[] => {
  const words: string[] = [];
  let ofAnother = false; // «дешевле на 11 500 ₽: 2 500 ₽ вместо 14 000 ₽» lowers neither
  for (let at = start; at >= 0 && at < tokens.length && words.length < reach; at += step) {
    if (SENTENCE_END.has(markAt(tokens, at))) break;
    ofAnother ||= tokens[at]?.kind === 'number';
    if (tokens[at]?.kind !== 'mark') words.push(wordOr(tokens, at, { ofAnother }));
  }
  return words;
};

type Around = (reach: number) => string[];

const wordsAround = (tokens: readonly Token[], chain: Chain): Around => {
  const { from } = chain[0];
  const { to } = chain.at(-1) ?? chain[0];
  return (reach) => [...wordsFrom(tokens, from - 1, { step: -1, reach }), ...wordsFrom(tokens, to, { step: 1, reach })];
};

/** Whether a sum or percentage is promised as a discount: «скидка 10 %», «2 000 ₽ скидки». «Скидку 10 % сделать не можем» promises nothing. */
export const isDiscount = (tokens: readonly Token[], chain: Chain): boolean => {
  const around = wordsAround(tokens, chain);
  return around(REACH).some((word) => CUE.test(word)) && !around(SENTENCE_REACH).some((word) => REFUSAL.test(word));
};

/** Whether a sum is said as what lies between two prices: «разница — 1 000 ₽», «капот дороже на 2 000 ₽». */
export const isDifference = (tokens: readonly Token[], chain: Chain): boolean => {
  const around = wordsAround(tokens, chain);
  const near = around(REACH);
  const discount = near.some((word) => CUE.test(word) && !COMPARISON.test(word));
  return near.some((word) => COMPARISON.test(word)) && !discount && !around(SENTENCE_REACH).some((word) => PROMISE.test(word));
};

export const isPercentChain = (tokens: readonly Token[], chain: Chain): boolean => isPercentage(tokens, { first: chain[0], last: chain.at(-1) ?? chain[0] });
