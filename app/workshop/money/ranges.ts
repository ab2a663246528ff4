import { isNotMoney, isOrdinalLabel, opensRange } from './contexts.ts';
import type { Figure } from './figures.ts';
import { isGlued, markAt, type Token, wordAt } from './tokens.ts';

/** Figures that make one amount: one, or several joined by «–», «до», «или», «/». */
export type Chain = readonly [Figure, ...Figure[]];

const DASH = /^[-\u2010-\u2015\u2212/]$/;
const JOINING_WORD = /^(?:до|или|и|либо)$/;
const MAX_ENDS = 4; // «14/17/21 тыс.»; bounds the work for a text of dashes

type Joint = 'tight' | 'spaced' | 'to' | 'or';

const jointBetween = (tokens: readonly Token[], left: Figure, right: Figure): Joint | undefined => {
  if (right.from !== left.to + 1) return undefined;
  const word = wordAt(tokens, left.to);
  if (word === 'до') return 'to';
  if (JOINING_WORD.test(word)) return 'or';
  if (!DASH.test(markAt(tokens, left.to))) return undefined;
  return isGlued(tokens, left.to - 1) && isGlued(tokens, left.to) ? 'tight' : 'spaced';
};

const isSmallAndBare = ({ value, scale, money }: Figure): boolean => scale === 1 && !money && value < 1000;

/** What the left end is worth when the right one lends it its thousands: «14–18 тыс.», «14–18 000 ₽», but «500–1 500 ₽». */
const lentValue = (left: Figure, right: Figure): number => {
  if (left.scale > 1 || left.value >= 1000) return left.value;
  if (right.scale > 1) return left.said < right.said ? left.value * right.scale : left.value;
  return right.value >= 1000 && left.value * 1000 <= right.value ? left.value * 1000 : left.value;
};

/** «Mazda 3 — 14 000 ₽» and «1 или 14 000 ₽» are no ranges: there the small number must be comparable, or be announced. */
const belongs = (tokens: readonly Token[], left: Figure, { right, joint }: { right: Figure; joint: Joint }): boolean => {
  if (left.money || left.scale > 1 || joint === 'tight' || joint === 'to') return !isOrdinalLabel(tokens, left);
  if (!isSmallAndBare(left)) return !isNotMoney(tokens, { first: left, last: left }, false);
  if (isOrdinalLabel(tokens, left)) return false;
  return joint === 'spaced' ? opensRange(tokens, left) : lentValue(left, right) * 3 >= right.value;
};

const lend = (left: Figure, right: Figure): Figure =>
  left.money
    ? left
    : { ...left, value: Number.isNaN(right.value) ? Number.NaN : lentValue(left, right), scale: Math.max(left.scale, right.scale), money: right.money };

const joinLeft = (tokens: readonly Token[], left: Figure, chain: Chain): Chain | undefined => {
  const [right] = chain;
  const joint = jointBetween(tokens, left, right);
  if (joint === undefined || chain.length >= MAX_ENDS || !belongs(tokens, left, { right, joint })) return undefined;
  return [lend(left, right), ...chain];
};

/** Groups figures into chains from right to left, since a unit stands behind the last end. */
export const joinRanges = (tokens: readonly Token[], figures: readonly Figure[]): Chain[] => {
  const chains: Chain[] = [];
  for (const left of figures.toReversed()) {
    const chain = chains.at(-1);
    const longer = chain && joinLeft(tokens, left, chain);
    if (longer === undefined) chains.push([left]);
    else chains[chains.length - 1] = longer;
  }
  return chains.toReversed();
};
