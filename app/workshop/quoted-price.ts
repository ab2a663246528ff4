import { findCounts } from './amounts.ts';
import { createPriceRule, pricesOfList } from './price-rule.ts';
import { findPrices, type PriceMatch } from './quote.ts';
import type { CarClass, Workshop } from './types.ts';

type Quoted = Readonly<{
  /** Whole roubles, as the model says it named them. */
  price: number;
  services: readonly string[];
  carClass: CarClass | null;
  /** Further words that tell how many («два бампера»). */
  summary?: string | undefined;
}>;

const pricesOf = ({ price, prices }: PriceMatch): number[] => (price === null ? Object.values(prices).filter((each) => each !== null) : [price]);

/**
 * The price when the list really gives it for these services and this class, alone or as a sum; otherwise null. Services the list
 * does not know leave every price of the class possible: there nothing shows that it is wrong.
 */
export const keepQuotedPrice = (workshop: Workshop, { price, services, carClass, summary = '' }: Quoted): number | null => {
  const found = services.map((service) => findPrices(workshop, { service, carClass: carClass ?? undefined }).flatMap(pricesOf));
  const listPrices = found.some((prices) => prices.length === 0) ? pricesOfList(workshop, new Set(carClass === null ? [] : [carClass])) : [];
  const counts = [services.length, ...[...services, summary].flatMap(findCounts)];
  return createPriceRule({ listPrices, quoted: found.flat(), counts }, price)(price) ? price : null;
};
