import { normalise } from './lexicon/words.ts';
import { PHRASES, UNLISTED } from './phrases.ts';
import type { PriceMatch, PriceResult } from './tool-results.ts';

/** `car` as it was sent to the tool; `year` is not part of it. */
export type PriceAnswer = Readonly<{ asked: string; car: string | undefined; result: PriceResult | null }>;

const MAX_SHOWN = 5;
const STEM = 4;

const roubles = (amount: number): string => `${String(amount).replaceAll(/\B(?=(\d{3})+$)/g, '\u00a0')}\u00a0₽`;

const stemsOf = (text: string): string[] =>
  normalise(text)
    .match(/[\p{L}\d]{3,}/gu)
    ?.map((word) => word.slice(0, STEM)) ?? [];

const closeness = (asked: string, match: PriceMatch): number => {
  const offered = new Set(stemsOf(match.service));
  return stemsOf(asked).filter((stem) => offered.has(stem)).length;
};

/** The best line of the price list, and others only when they fit the customer's words as well as it does. */
export const chooseMatches = (asked: string, matches: readonly PriceMatch[]): readonly PriceMatch[] => {
  const [best, ...others] = matches;
  if (!best) return [];
  const needed = Math.max(1, closeness(asked, best));
  return [best, ...others.filter((match) => closeness(asked, match) >= needed)].slice(0, MAX_SHOWN);
};

const known = (match: PriceMatch): number[] =>
  Object.values(match.prices)
    .filter((price) => price !== null)
    .sort((a, b) => a - b);

const BY_CLASS = ' в зависимости от класса';
const bare = (amount: number): string => roubles(amount).replace('\u00a0₽', '');

/** «от **14 000 ₽**», over the classes «от **14 000** до **28 000 ₽**» or «**14 000–28 000 ₽**», or that the list names none. */
const amountOf = (match: PriceMatch): string => {
  const from = match.from ? 'от\u00a0' : '';
  if (match.price !== null) return `${from}**${roubles(match.price)}**`;
  const [lowest, ...rest] = known(match);
  const highest = rest.at(-1);
  if (lowest === undefined) return 'цену назовёт мастер на осмотре';
  if (highest === undefined || highest === lowest) return `${from}**${roubles(lowest)}**`;
  return match.from ? `от\u00a0**${bare(lowest)}** до\u00a0**${roubles(highest)}**` : `**${bare(lowest)}–${roubles(highest)}**`;
};

const isRange = (match: PriceMatch): boolean => match.price === null && new Set(known(match)).size > 1;

const FOR_THE_WHOLE = new Set(['', 'шт', 'шт.', 'автомобиль', 'машина', 'авто']);
const accusative = (unit: string): string => (/^[а-яё]+[ая]$/u.test(unit) ? unit.replace(/а$/u, 'у').replace(/я$/u, 'ю') : unit);
const unitOf = ({ unit }: PriceMatch): string => (FOR_THE_WHOLE.has(unit) ? '' : ` за ${accusative(unit)}`);
const line = (match: PriceMatch): string =>
  `${match.service} — ${amountOf(match)}${known(match).length > 0 ? unitOf(match) : ''}${isRange(match) ? BY_CLASS : ''}`;
const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const matchesOf = ({ asked, result }: PriceAnswer): readonly PriceMatch[] => (result ? chooseMatches(asked, result.matches) : []);

const missing = (answers: readonly PriceAnswer[]): string | undefined => {
  const words = answers.filter(({ result }) => result?.matches.length === 0).map(({ asked }) => `«${asked}»`);
  return words.length > 0 ? `${UNLISTED} ${[...new Set(words)].join(', ')}. Выдумывать цену не буду: её назовёт менеджер или мастер на осмотре.` : undefined;
};

const classNote = (answers: readonly PriceAnswer[]): string | undefined => {
  const unknown = answers.flatMap((answer) => (answer.car !== undefined && matchesOf(answer).some(isRange) ? answer.car : []));
  return unknown.length > 0 ? `Класса этой машины (${[...new Set(unknown)].join(', ')}) я не знаю, поэтому называю диапазон.` : undefined;
};

/** The sum of what was asked about, where the list has one line for each; a range when the class is not known. */
const totalOf = (answers: readonly PriceAnswer[]): string | undefined => {
  const lines = answers.map(matchesOf).filter((matches) => matches.length > 0);
  const single = lines.flatMap((matches) => (matches.length === 1 ? matches : []));
  if (single.length !== lines.length || single.length === 0) return undefined;
  const sum = (pick: (prices: number[]) => number | undefined): number => single.reduce((total, match) => total + (match.price ?? pick(known(match)) ?? 0), 0);
  const [lowest, highest] = [sum((prices) => prices[0]), sum((prices) => prices.at(-1))];
  const from = single.some((match) => match.from) ? 'от\u00a0' : '';
  return lowest === highest ? `Итого: ${from}**${roubles(lowest)}**.` : `Итого: от\u00a0**${bare(lowest)}** до\u00a0**${roubles(highest)}**${BY_CLASS}.`;
};

const listOf = (answers: readonly PriceAnswer[]): string => {
  const cars = [...new Set(answers.map(({ car }) => car))];
  const [car] = cars;
  const label = (answer: PriceAnswer, text: string): string => (cars.length > 1 && answer.car ? `${answer.car}: ${lowerFirst(text)}` : text);
  const lines = [...new Set(answers.flatMap((answer) => matchesOf(answer).map((match) => label(answer, line(match)))))];
  const [only] = lines;
  if (!only) return '';
  if (lines.length > 1)
    return `${car && cars.length === 1 ? `По прайсу для вашей машины (${car})` : 'По прайсу'}:\n\n${lines.map((text) => `- ${text}`).join('\n')}\n`;
  return car ? `${car}: ${lowerFirst(only)}.` : `${only}.`;
};

/** Prices the tool returned, in words; nothing here is a number that it did not return, but for their sum when `total` is asked. */
export const describePrices = (answers: readonly PriceAnswer[], { total }: { total: boolean }): string => {
  if (answers.every(({ result }) => result === null)) return PHRASES.pricesUnavailable;
  const listed = listOf(answers);
  const notes = [total ? totalOf(answers) : undefined, missing(answers), classNote(answers), listed ? PHRASES.afterInspection : undefined];
  return [listed, notes.filter((note) => note !== undefined).join(' ')].filter(Boolean).join(listed.includes('\n') ? '\n' : ' ');
};
