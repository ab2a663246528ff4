const MAX_TERMS = 12;
/** Work of one check, in additions: some ten milliseconds. */
const MAX_STEPS = 4_000_000;
const MAX_PRICES = 64;

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
const ANY_COUNT: readonly number[] = Array.from({ length: MAX_TERMS }, (_, at) => at + 1);

/** Fewest terms for each sum up to `size`; MAX_TERMS + 1 = not a sum. Every price is taken once or in one of the counts. */
const fewestTerms = (prices: readonly number[], counts: readonly number[], size: number): Uint8Array => {
  const none = MAX_TERMS + 1;
  const fewest = new Uint8Array(size + 1).fill(none);
  fewest[0] = 0;
  const take = (price: number, sum: number): void => {
    for (const count of counts) {
      const terms = (fewest[sum - price * count] ?? none) + count;
      if (terms < (fewest[sum] ?? 0)) fewest[sum] = terms;
    }
  };
  // downwards, so that a sum already made with this price is not used again
  for (const price of prices) for (let sum = size; sum >= price; sum -= 1) take(price, sum);
  return fewest;
};

/** Multiples of one price and sums of two or three different ones, for prices without a useful common unit. */
const fewSums = (prices: readonly number[], counts: readonly number[]): Set<number> => {
  const sums = new Set(prices.flatMap((price) => counts.map((count) => price * count)));
  prices.forEach((a, i) => {
    prices.slice(i + 1).forEach((b, j) => {
      sums.add(a + b);
      for (const c of prices.slice(i + j + 2)) sums.add(a + b + c);
    });
  });
  return sums;
};

/**
 * Whether an amount is a sum of 1 to 12 of the prices, each taken once or in one of the counts («за 3 элемента»); at most 64 prices are used.
 * Equal prices are those of different things: each can be taken.
 * Where the prices have no common unit and the amount is very large, the full search would cost too much:
 * there only multiples of one price and sums of two or three different ones count.
 */
export const createSumCheck = ({
  prices: given,
  counts: allowed = ANY_COUNT,
  largest,
}: {
  prices: readonly number[];
  counts?: readonly number[] | undefined;
  /** No amount above this will be asked for. */
  largest: number;
}): ((amount: number) => boolean) => {
  const prices = given.filter((price) => Number.isSafeInteger(price) && price > 0).slice(0, MAX_PRICES);
  if (prices.length === 0) return () => false;
  const counts = ANY_COUNT.filter((count) => count === 1 || allowed.includes(count));
  const unit = prices.reduce(gcd);
  const size = Math.floor(Math.min(largest, MAX_TERMS * Math.max(...prices)) / unit);
  if (size * prices.length * counts.length > MAX_STEPS) {
    const sums = fewSums(prices, counts);
    return (amount) => sums.has(amount);
  }
  const units = prices.map((price) => price / unit);
  const fewest = fewestTerms(units, counts, size);
  return (amount) => amount > 0 && amount % unit === 0 && (fewest[amount / unit] ?? MAX_TERMS + 1) <= MAX_TERMS;
};
