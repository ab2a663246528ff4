import { isNotMoney } from './money/contexts.ts';
import { countsOfParts } from './money/counts.ts';
import { isDifference, isDiscount, isPercentChain } from './money/discounts.ts';
import { readFigures } from './money/figures.ts';
import { collectiveAt } from './money/numerals.ts';
import { type Chain, joinRanges } from './money/ranges.ts';
import { type Token, tokenize } from './money/tokens.ts';
import { createPriceRule } from './price-rule.ts';

export type Amount = Readonly<{
  /** As it stands in the text, unit included. */
  text: string;
  /** UTF-16 offsets. */
  start: number;
  end: number;
  /** Roubles: one value, or both ends of a range. NaN = money that no price list holds (dollars, «несколько тысяч рублей»). */
  values: readonly number[];
}>;

export type AllowedAmounts = Readonly<{
  /** List prices of the customer's car class; each may stand in an answer as it is. */
  listPrices: readonly number[];
  /** Prices the price tool returned in this dialogue; sums of up to 12 of them may stand in an answer. */
  quoted: readonly number[];
  /**
   * How many of a thing the dialogue speaks of (`findCounts` of its texts). A quoted price then counts once or so many times; without this, up to 12 times,
   * which lets any round sum pass where a small price was quoted (15 000 ₽ as six times 2 500 ₽).
   */
  counts?: readonly number[];
  /** Numbers the customer wrote that may be repeated («вы назвали 5 000 ₽»). Without them such a repetition is wrong. */
  spokenByCustomer?: readonly number[];
}>;

export type AmountCheck = Readonly<{ ok: true }> | Readonly<{ ok: false; /** As they stand in the answer, each once. */ wrong: readonly string[] }>;

const BARE_FROM = 1_000;
const BARE_TO = 999_999;
const MAX_COMPARED = 100;

const isMoney = (tokens: readonly Token[], chain: Chain): boolean => {
  const last = chain.at(-1) ?? chain[0];
  if (last.money) return true;
  const scaled = last.scale > 1;
  if (!scaled && !chain.some(({ value }) => value >= BARE_FROM && value <= BARE_TO)) return false;
  return !isNotMoney(tokens, { first: chain[0], last }, scaled);
};

const toAmount = (text: string, tokens: readonly Token[], chain: Chain): Amount => {
  const last = chain.at(-1) ?? chain[0];
  const start = tokens[chain[0].from]?.start ?? 0;
  const end = tokens[last.to - 1]?.end ?? text.length;
  return { text: text.slice(start, end), start, end, values: chain.map(({ value }) => value) };
};

/** The words of a chain, with its per cent sign if it has one. */
const saidAs = (text: string, tokens: readonly Token[], chain: Chain): string => {
  const { start, end } = toAmount(text, tokens, chain);
  const last = chain.at(-1) ?? chain[0];
  return text.slice(start, isPercentChain(tokens, chain) ? tokens[last.to]?.end : end);
};

const read = (text: string) => {
  const tokens = tokenize(text);
  return { tokens, chains: joinRanges(tokens, readFigures(tokens)) };
};

/**
 * The sums of money a Russian text names: a number with «₽», «руб.», «р.», «тыс.», «т.р.» or «к», in digits or words, a range of them,
 * or a bare 1 000–999 999 that is no year, phone, time, date, mileage, booking or house number, model, code or percentage.
 * Never throws; costs the length of the text.
 */
export const findAmounts = (text: string): readonly Amount[] => {
  const { tokens, chains } = read(text);
  return chains.filter((chain) => isMoney(tokens, chain)).map((chain) => toAmount(text, tokens, chain));
};

/** The numbers of things a text speaks of, 2 to 12 («три двери», «обе фары», «капот и крыша»); too many do no harm. */
export const findCounts = (text: string): readonly number[] => {
  const { tokens, chains } = read(text);
  const figures = chains.flat().filter(({ money, scale }) => !money && scale === 1);
  const collectives = tokens.map((_, at) => collectiveAt(tokens, at) ?? 0);
  const counts = new Set([...figures.map(({ value }) => value), ...collectives, ...countsOfParts(tokens)]);
  return [...counts].filter((count) => Number.isInteger(count) && count >= 2 && count <= 12);
};

/** Differences of two prices: what «дороже на 1 000 ₽» may say. */
const differencesOf = (prices: readonly number[]): ReadonlySet<number> => {
  const each = [...new Set(prices)].slice(0, MAX_COMPARED);
  return new Set(each.flatMap((price) => each.map((other) => price - other)).filter((difference) => difference > 0));
};

/**
 * Whether every amount of an answer may be said: a list price of the customer's class, a sum of prices the price tool returned, the
 * difference of two such prices where the answer compares them («дороже на 1 000 ₽»), or a number the customer said first when given as such.
 * A promised discount is wrong, in roubles or per cent, whatever its size; so are 0 ₽ and foreign money.
 */
export const checkAmounts = (answer: string, { listPrices, quoted, counts, spokenByCustomer = [] }: AllowedAmounts): AmountCheck => {
  const { tokens, chains } = read(answer);
  const values = chains.filter((chain) => isMoney(tokens, chain)).flatMap((chain) => chain.map(({ value }) => value));
  const largest = values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, value) : most), 0);
  const isKnown = createPriceRule({ listPrices: [...listPrices, ...spokenByCustomer], quoted, counts }, largest);
  const differences = differencesOf([...quoted, ...values.filter(isKnown)]);
  const compares = (chain: Chain): boolean => isDifference(tokens, chain) && chain.every(({ value }) => differences.has(value));

  const wrong = chains.filter((chain) => {
    const money = isMoney(tokens, chain);
    if (money && compares(chain)) return false;
    if ((money || isPercentChain(tokens, chain)) && isDiscount(tokens, chain)) return true;
    return money && !chain.every(({ value }) => isKnown(value));
  });
  return wrong.length === 0 ? { ok: true } : { ok: false, wrong: [...new Set(wrong.map((chain) => saidAs(answer, tokens, chain)))] };
};
