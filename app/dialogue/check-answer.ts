import { checkAmounts, findAmounts, findCounts } from '../workshop/amounts.ts';
import { pricesOfList } from '../workshop/price-rule.ts';
import { CAR_CLASSES, type CarClass, type Workshop } from '../workshop/types.ts';
import { classesNamed } from './classes-named.ts';
import { claimedNumbers, claimsIn, type Done } from './claims.ts';
import { isBudget, isToldBack } from './told-back.ts';

/** A row of the price list as find_prices gave it. */
export type FoundPrice = Readonly<{
  service: string;
  unit: string;
  from: boolean;
  price: number | null;
  prices: Readonly<Record<string, number | null>>;
}>;

/** What an answer of this dialogue may rest on. */
export type AnswerFacts = Readonly<{
  /** Results of tools, this turn's and earlier ones'; those of find_prices count. */
  toolResults: readonly unknown[];
  /** Classes of the customer's cars in the books of the workshop. */
  vehicleClasses: readonly number[];
  /** Numbers of bookings that are this customer's. */
  bookingNumbers: readonly number[];
  /** What was really done, in this turn or before. */
  done: ReadonlySet<Done>;
  customerTexts: readonly string[];
  /** Numbers of roubles that this customer said before we did. */
  namedFirst: ReadonlySet<number>;
  /** Words of a person of the workshop, who may name any price. */
  managerTexts: readonly string[];
}>;

/** What is wrong with an answer: the message is for the model, the kind for logs. */
export type Problem = Readonly<{ kind: 'amount' | 'number' | 'claim' | 'placeholder'; message: string }>;

type Found = Readonly<{ carClass: CarClass | undefined; matches: readonly FoundPrice[] }>;

const isClass = (value: unknown): value is CarClass => CAR_CLASSES.some((carClass) => carClass === value);

const readFound = (result: unknown): Found[] => {
  const { car, matches } = (typeof result === 'object' && result !== null ? result : {}) as { car?: { class?: unknown } | null; matches?: unknown };
  if (!Array.isArray(matches)) return [];
  const carClass = car?.class;
  return [{ carClass: isClass(carClass) ? carClass : undefined, matches: matches as FoundPrice[] }];
};

const isPrice = (price: number | null | undefined): price is number => typeof price === 'number';

const pricesOf = ({ price, prices }: FoundPrice): number[] => (isPrice(price) ? [price] : Object.values(prices).filter(isPrice));

/** Prices that find_prices found, each once, the latest first. */
export const foundPrices = (toolResults: readonly unknown[]): readonly FoundPrice[] => {
  const matches = toolResults
    .flatMap(readFound)
    .flatMap((found) => found.matches)
    .toReversed();
  return [...new Map(matches.map((match) => [`${match.service}|${match.unit}|${match.price}`, match])).values()];
};

const classPrices = ({ prices }: FoundPrice, classes: ReadonlySet<number>): number[] =>
  Object.entries(prices).flatMap(([carClass, price]) => (classes.has(Number(carClass)) && isPrice(price) ? [price] : []));

const amountsIn = (texts: readonly string[]): number[] => texts.flatMap((text) => findAmounts(text).flatMap(({ values }) => values));

/** «В бюджет 30 000 ₽ уложимся» is true when nothing that is named costs more. */
const fitsBudget = (budget: number, answer: string, quoted: readonly number[]): boolean =>
  quoted.some((price) => price <= budget) && amountsIn([answer]).every((value) => value <= budget);

// a number of the customer's own counts only where it is clearly told to be his: an agreement to it would be a price
const spokenAllowed = (answer: string, texts: readonly string[], quoted: readonly number[]): number[] => {
  const spoken = new Set(amountsIn(texts));
  const named = findAmounts(answer).filter(({ values }) => values.some((value) => spoken.has(value)));
  const isHis = ({ start, values }: (typeof named)[number]): boolean =>
    isToldBack(answer, start) || (isBudget(answer, start) && values.every((value) => fitsBudget(value, answer, quoted)));
  return named.every(isHis) ? [...spoken] : named.filter(isHis).flatMap(({ values }) => values);
};

const amountProblems = (answer: string, workshop: Workshop, facts: AnswerFacts): Problem[] => {
  const found = facts.toolResults.flatMap(readFound);
  const classes = new Set([...facts.vehicleClasses, ...found.flatMap(({ carClass }) => carClass ?? [])]);
  const rows = foundPrices(facts.toolResults);
  const quoted = rows.flatMap(pricesOf);
  const others = classesNamed(workshop, answer);
  // some row of a long list has almost any number: that makes a customer's wish no price of ours
  const listed = pricesOfList(workshop, classes).filter((price) => !facts.namedFirst.has(price));
  const check = checkAmounts(answer, {
    listPrices: [...listed, ...rows.flatMap((row) => classPrices(row, others)), ...amountsIn(facts.managerTexts)],
    quoted,
    counts: [answer, ...facts.customerTexts].flatMap(findCounts),
    spokenByCustomer: spokenAllowed(answer, facts.customerTexts, quoted),
  });
  if (check.ok) return [];
  const message = `Этих сумм нет среди цен, которые вернул find_prices, и их сумм: ${check.wrong.join('; ')}. Назови только цены из find_prices (вызови его, если нужно), без скидок.`;
  return [{ kind: 'amount', message }];
};

const numberProblem = (answer: string, { address, prompt, welcome }: Workshop, { bookingNumbers }: AnswerFacts): string | undefined => {
  const ours = [address, prompt, welcome].flatMap(claimedNumbers); // «бокс № 3» of the address is no booking
  const invented = claimedNumbers(answer).filter((number) => !bookingNumbers.includes(number) && !ours.includes(number));
  if (invented.length === 0) return undefined;
  return `У этого клиента нет заявки ${invented.map((number) => `№${number}`).join(', ')}. Называй только номер, который вернул инструмент.`;
};

const NOT_DONE: Readonly<Record<Done, string>> = {
  booked: 'Клиент не записан: говори о записи только после успешного create_booking.',
  changed: 'Заявка не изменена: говори об этом только после успешного change_booking.',
  cancelled: 'Заявка не отменена: говори об этом только после успешного cancel_booking.',
  handed_over: 'Менеджеру ничего не передано: говори об этом только после hand_over.',
};

const claimProblem = (answer: string, { done }: AnswerFacts): string | undefined => {
  const invented = claimsIn(answer).filter((claim) => !done.has(claim));
  return invented.length === 0 ? undefined : invented.map((claim) => NOT_DONE[claim]).join(' ');
};

const placeholderProblem = (unknown: readonly string[]): string | undefined =>
  unknown.length === 0 ? undefined : 'Такой метки не было. Используй только метки телефонов и имён, которые есть в переписке, без изменений.';

const problem = (kind: Problem['kind'], message: string | undefined): Problem[] => (message === undefined ? [] : [{ kind, message }]);

/**
 * What keeps an answer from being sent; [] = nothing. Amounts must be prices of the list or of this dialogue,
 * bookings must exist and be this customer's, what is said to be done must be done, and every placeholder (`unknown` = those that are left) must have stood for somebody.
 */
export const checkAnswer = (
  { text, unknown }: Readonly<{ text: string; unknown: readonly string[] }>,
  workshop: Workshop,
  facts: AnswerFacts,
): readonly Problem[] => [
  ...amountProblems(text, workshop, facts),
  ...problem('number', numberProblem(text, workshop, facts)),
  ...problem('claim', claimProblem(text, facts)),
  ...problem('placeholder', placeholderProblem(unknown)),
];
