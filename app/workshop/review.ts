import { findAmounts } from './amounts.ts';
import { findPrices, formatRoubles } from './quote.ts';
import { CAR_CLASSES, type PriceRow, type Workshop } from './types.ts';

/** Less than this for a car's work is a price in thousands more often than a price. */
const SUSPICIOUSLY_CHEAP = 100;

const given = ({ prices }: PriceRow): number[] => CAR_CLASSES.flatMap((carClass) => prices[carClass] ?? []);

const cheap = ({ prices }: Workshop): string[] =>
  prices
    .filter((row) => given(row).some((price) => price < SUSPICIOUSLY_CHEAP))
    .map(({ id }) => `${id}: a price under ${formatRoubles(SUSPICIOUSLY_CHEAP)}; is it in thousands?`);

const falling = ({ prices }: Workshop): string[] =>
  prices.filter((row) => given(row).some((price, at, all) => price < (all[at - 1] ?? 0))).map(({ id }) => `${id}: a higher class pays less`);

const unfindable = (workshop: Workshop): string[] =>
  workshop.prices
    .filter(({ id, service }) => !findPrices(workshop, { service }).some((match) => match.id === id))
    .map(({ id, service }) => `${id}: «${service}» does not find itself; add keywords, or shorten a name that 8 other rows share`);

const deafKeywords = (workshop: Workshop): string[] =>
  workshop.prices.flatMap(({ id, keywords }) =>
    keywords
      .filter((keyword) => !findPrices(workshop, { service: keyword }).some((match) => match.id === id))
      .map((keyword) => `${id}: the keyword «${keyword}» does not find it`),
  );

/** The check of the answers knows only the list: a price in prose would be taken out of every answer that repeats it. */
const pricesInProse = ({ prompt, welcome }: Workshop): string[] =>
  Object.entries({ 'prompt.md': prompt, 'welcome.md': welcome }).flatMap(([file, text]) =>
    findAmounts(text).map(({ text: amount }) => `${file}: «${amount}»: prices belong into the price list`),
  );

const missingWords = ({ prompt, welcome, consent }: Workshop): string[] => [
  ...['find_prices', 'create_booking'].filter((tool) => !prompt.includes(tool)).map((tool) => `prompt.md: never speaks of the tool ${tool}`),
  ...(welcome.includes('/reset') ? [] : ['welcome.md: does not say that /reset deletes the conversation']),
  ...(consent.includes('/reset') ? [] : ['workshop.yaml: the consent does not say that /reset deletes the conversation']),
];

const OWN = {
  name: ({ name }) => name,
  address: ({ address }) => address,
  phone: ({ phone }) => phone,
  managerChatId: ({ managerChatId }) => managerChatId,
} as const satisfies Record<string, (workshop: Workshop) => string | number>;
const TEXTS = {
  'workshop.yaml: consent': ({ consent }) => consent,
  'prompt.md': ({ prompt }) => prompt,
  'welcome.md': ({ welcome }) => welcome,
} as const satisfies Record<string, (workshop: Workshop) => string>;

/** What was left as it stood in the example that was copied: customers would be sent to an invented place, their bookings to an invented group. */
const leftOver = (workshop: Workshop, example: Workshop): string[] => [
  ...Object.entries(OWN)
    .filter(([, valueOf]) => valueOf(workshop) === valueOf(example))
    .map(([key, valueOf]) => `workshop.yaml: ${key} ${valueOf(workshop)} is the example's`),
  ...Object.entries(TEXTS)
    .filter(([, textOf]) => textOf(workshop).includes(example.name))
    .map(([file]) => `${file}: names the example's workshop «${example.name}»`),
  ...(JSON.stringify(workshop.prices) === JSON.stringify(example.prices) ? ["prices: every row is the example's"] : []),
];

const REVIEWS: readonly ((workshop: Workshop) => string[])[] = [cheap, falling, unfindable, deafKeywords, pricesInProse, missingWords];

/**
 * What is valid in a workshop's content, yet would make a poor bot. One sentence each; [] = nothing to advise.
 * `examples`: invented workshops of which nothing may be left over.
 */
export const reviewWorkshop = (workshop: Workshop, examples: readonly Workshop[] = []): readonly string[] => [
  ...examples.flatMap((example) => leftOver(workshop, example)),
  ...REVIEWS.flatMap((review) => review(workshop)),
];
