import { createPriceIndex, type PriceIndex } from './price-index.ts';
import type { CarClass, PriceRow, Workshop } from './types.ts';

export { classifyCar } from './car-class.ts';

export type PriceMatch = Readonly<{
  id: string;
  section: string;
  service: string;
  unit: string;
  from: boolean;
  /** Whole roubles for the class asked; null when the class is unknown or the row has no price for it. */
  price: number | null;
  prices: Readonly<Record<CarClass, number | null>>;
}>;

const MAX_MATCHES = 8;

// A workshop is frozen for the life of the process, so what is computed from it stays true.
const indexes = new WeakMap<Workshop, PriceIndex>();

const indexOf = (workshop: Workshop): PriceIndex => {
  const known = indexes.get(workshop);
  if (known !== undefined) return known;
  const index = createPriceIndex(workshop);
  indexes.set(workshop, index);
  return index;
};

const toMatch = ({ id, section, service, unit, from, prices }: PriceRow, carClass: CarClass | undefined): PriceMatch => ({
  id,
  section,
  service,
  unit,
  from,
  price: carClass === undefined ? null : prices[carClass],
  prices,
});

/**
 * The rows of the price list that a customer's words ask for, best first, at most 8; [] = the service is not in the list.
 * Knows inflections, usual synonyms and slips of one letter. A row matches when all words of its name or of one keyword phrase are said,
 * or when everything said is in the row («бампер»): an unknown thing or deed («покраска дисков», «замена бампера») therefore finds nothing.
 */
export const findPrices = (workshop: Workshop, query: { service: string; carClass?: CarClass | undefined }): readonly PriceMatch[] =>
  indexOf(workshop)
    .find(query.service)
    .slice(0, MAX_MATCHES)
    .map((row) => toMatch(row, query.carClass));

/** "14 000 ₽" with no-break spaces. */
export const formatRoubles = (amount: number): string => `${String(amount).replace(/\B(?=(?:\d{3})+$)/g, '\u00A0')}\u00A0₽`;
