import { type Token, wordAt } from './tokens.ts';

const FORMS: Readonly<Record<number, string>> = {
  1: 'один одна одно одного одной одну',
  2: 'два две двух двум двумя',
  3: 'три трех трем тремя',
  4: 'четыре четырех четырем четырьмя',
  5: 'пять пяти пятью',
  6: 'шесть шести шестью',
  7: 'семь семи',
  8: 'восемь восьми восемью',
  9: 'девять девяти девятью',
  10: 'десять десяти десятью десяток',
  40: 'сорок сорока',
  50: 'пятьдесят пятидесяти полсотни',
  60: 'шестьдесят шестидесяти',
  70: 'семьдесят семидесяти',
  80: 'восемьдесят восьмидесяти',
  90: 'девяносто девяноста',
  100: 'сто ста сотня сотню',
  200: 'двести двухсот',
  300: 'триста трехсот',
  400: 'четыреста четырехсот',
  500: 'пятьсот пятисот',
  600: 'шестьсот шестисот',
  700: 'семьсот семисот',
  800: 'восемьсот восьмисот',
  900: 'девятьсот девятисот',
};
const TEENS = ['один', 'две', 'три', 'четыр', 'пят', 'шест', 'сем', 'восем', 'девят'];

const teens = TEENS.flatMap((stem, at) => ['ь', 'и', 'ью'].map((ending): [string, number] => [`${stem}надцат${ending}`, 11 + at]));
const tens = ['двадцат', 'тридцат'].flatMap((stem, at) => ['ь', 'и', 'ью'].map((ending): [string, number] => [`${stem}${ending}`, 20 + 10 * at]));
const others = Object.entries(FORMS).flatMap(([value, forms]) => forms.split(' ').map((form): [string, number] => [form, Number(value)]));
const NUMERALS: ReadonlyMap<string, number> = new Map([...others, ...teens, ...tens]);
const ONE_AND_A_HALF = new Set(['полтора', 'полторы', 'полутора']);

const COLLECTIVES: Readonly<Record<string, number>> = { оба: 2, обе: 2, обоих: 2, обеих: 2, пара: 2, пару: 2, двое: 2, трое: 3, четверо: 4, пятеро: 5 };

/** How many «оба», «пара» or «трое» are. */
export const collectiveAt = (tokens: readonly Token[], at: number): number | undefined => COLLECTIVES[wordAt(tokens, at)];

/** A number in words or digits; `colloquial`: «четырнадцать пятьсот», said for 14 500. */
export type Spoken = Readonly<{ value: number; to: number; colloquial: boolean }>;

const valueAt = (tokens: readonly Token[], at: number): number | undefined => NUMERALS.get(wordAt(tokens, at));

/** What may follow in one number: hundreds, then tens, then ones. */
const roomBelow = (value: number): number => {
  if (value >= 100) return 100;
  return value >= 20 ? 10 : 0;
};

const readSum = (tokens: readonly Token[], from: number): { value: number; to: number } => {
  let value = valueAt(tokens, from) ?? 0;
  let room = roomBelow(value);
  let to = from + 1;
  for (let next = valueAt(tokens, to); next !== undefined && next < room; next = valueAt(tokens, to)) {
    value += next;
    room = roomBelow(next);
    to += 1;
  }
  return { value, to };
};

/** Reads the written numeral that starts at a token, below one thousand unless colloquial. */
export const readNumeral = (tokens: readonly Token[], from: number): Spoken | undefined => {
  if (ONE_AND_A_HALF.has(wordAt(tokens, from))) return { value: 1.5, to: from + 1, colloquial: false };
  if (valueAt(tokens, from) === undefined) return undefined;
  const first = readSum(tokens, from);
  if (first.value >= 100 || (valueAt(tokens, first.to) ?? 0) < 100) return { ...first, colloquial: false };
  const second = readSum(tokens, first.to);
  return { value: first.value * 1000 + second.value, to: second.to, colloquial: true };
};
