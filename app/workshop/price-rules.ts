import type { PriceRow } from './types.ts';

/** What both kinds of price list (prices.csv, prices.yaml) must keep. */
export const MAX_PRICE = 10_000_000;
export const PRICE_EXPECTED = `expected whole roubles from 1 to ${MAX_PRICE}`;
export const MAX_CELL = 120;

export const ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
export const ID_EXPECTED = 'expected lower-case Latin letters, digits and "-"';

/** A unit names what one price is for; a number there is a price in the wrong column, and «2 двери» would be multiplied again. */
export const isUnit = (text: string): boolean => /\p{L}/u.test(text) && !/(?:₽|руб)/iu.test(text);
export const UNIT_EXPECTED = 'expected what one price is for, such as "элемент", "автомобиль" or "час"';

type Row = Pick<PriceRow, 'id' | 'section' | 'service' | 'unit'>;
const KEYS: readonly Readonly<{ what: string; of: (row: Row) => string }>[] = [
  { what: 'id', of: ({ id }) => id },
  { what: 'service', of: ({ section, service, unit }) => [section, service, unit].join(' / ').toLowerCase() },
];

/** Rows that stand twice: `at` is the second one, `first` the one it repeats. */
export const findRepeats = (rows: readonly Row[]): Readonly<{ at: number; first: number; what: string }>[] =>
  KEYS.flatMap(({ what, of }) => {
    const seen = new Map<string, number>();
    return rows.flatMap((row, at) => {
      const key = of(row);
      const first = seen.get(key);
      if (first === undefined) seen.set(key, at);
      return first === undefined ? [] : [{ at, first, what: `${what} "${key}"` }];
    });
  });
