import type { ToolCall } from './conversation.ts';
import { type Memory, pricedKey, type Wanted } from './memory.ts';
import { chooseMatches } from './price-answer.ts';
import { asListed } from './slots/service.ts';
import { readPrices, type PriceResult } from './tool-results.ts';

/** The works of a booking: as the price list names them, and the sum when the customer was told a price for each. */
export type Works = Readonly<{ names: readonly string[]; quoted: number | undefined }>;

const INSPECTION = 'Осмотр';
const MAX_ALTERNATIVES = 2;

export const isInspection = ({ words }: Wanted): boolean => words === 'осмотр';

/** Looked up in this turn: the result, null when the tool failed, undefined when it was not asked. */
export const lookedUp = (work: Wanted, calls: readonly ToolCall[]): PriceResult | null | undefined => {
  const call = calls.find(({ name, args }) => name === 'find_prices' && args['service'] === work.words && (work.car === undefined || args['car'] === work.car));
  return call && readPrices(call);
};

const nameOf = (work: Wanted, result: PriceResult | null | undefined): string | undefined => {
  if (isInspection(work)) return INSPECTION;
  if (!result) return asListed(work.words);
  const matches = chooseMatches(work.words, result.matches);
  if (matches.length === 0) return work.requested ? asListed(work.words) : undefined;
  return matches.length <= MAX_ALTERNATIVES ? matches.map(({ service }) => service).join(' или ') : asListed(work.words);
};

const priceOf = (work: Wanted, result: PriceResult | null | undefined): number | undefined => {
  const [match, ...others] = result ? chooseMatches(work.words, result.matches) : [];
  return match && others.length === 0 ? (match.price ?? undefined) : undefined;
};

/** The name in the list of a work that was looked up in this turn, or the customer's own words. */
export const nameOfWork = (words: string, calls: readonly ToolCall[]): readonly string[] => {
  const work: Wanted = { words, car: undefined, requested: true };
  return [nameOf(work, lookedUp(work, calls)) ?? []].flat();
};

export const worksOf = (memory: Memory, calls: readonly ToolCall[]): Works => {
  const found = memory.wanted.map((work) => ({ work, result: lookedUp(work, calls) }));
  const names = [...new Set(found.flatMap(({ work, result }) => nameOf(work, result) ?? []))];
  const wasNamed = ({ work }: (typeof found)[number]): boolean =>
    memory.priced.includes(pricedKey(work, memory)) || (memory.pricing && memory.topic.some(({ words }) => words === work.words));
  const prices = found.map((item) => (wasNamed(item) ? priceOf(item.work, item.result) : undefined));
  const known = prices.flatMap((price) => price ?? []);
  return {
    names: names.length > 0 ? names : [INSPECTION],
    quoted: known.length > 0 && known.length === prices.length ? known.reduce((sum, price) => sum + price, 0) : undefined,
  };
};
