import { createSumCheck } from './money/sums.ts';
import { CAR_CLASSES, type Workshop } from './types.ts';

/** What a price may rest on. */
export type PriceGround = Readonly<{
  /** Each counts as it is. */
  listPrices: readonly number[];
  /** Sums of up to 12 of them count. */
  quoted: readonly number[];
  /** How often one of them may be taken; without it, up to 12 times. */
  counts?: readonly number[] | undefined;
}>;

/** Whether a number of roubles, at most `largest`, is a price that rests on this. The one rule for answers and bookings. */
export const createPriceRule = ({ listPrices, quoted, counts }: PriceGround, largest: number): ((amount: number) => boolean) => {
  const known = new Set(listPrices);
  const isSum = createSumCheck({ prices: quoted, counts, largest });
  return (amount) => known.has(amount) || isSum(amount);
};

/** The prices of the list for these car classes; none = all classes. */
export const pricesOfList = ({ prices }: Workshop, classes: ReadonlySet<number>): readonly number[] =>
  prices
    .flatMap((row) => CAR_CLASSES.filter((carClass) => classes.size === 0 || classes.has(carClass)).map((carClass) => row.prices[carClass]))
    .filter((price) => price !== null);
