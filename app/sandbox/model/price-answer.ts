import { normalise } from './lexicon/words.ts';
import { PHRASES } from './phrases.ts';
import type { PriceMatch, PriceResult } from './tool-results.ts';

export type PriceAnswer = Readonly<{ asked: string; result: PriceResult | null }>;
type Subject = Readonly<{ car: string | undefined }>;

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
const chooseMatches = (asked: string, matches: readonly PriceMatch[]): readonly PriceMatch[] => {
  const [best, ...others] = matches;
  if (!best) return [];
  const needed = Math.max(1, closeness(asked, best));
  return [best, ...others.filter((match) => closeness(asked, match) >= needed)].slice(0, MAX_SHOWN);
};

const known = (match: PriceMatch): number[] =>
  Object.values(match.prices)
    .filter((price) => price !== null)
    .sort((a, b) => a - b);

/** «от **14 000 ₽**», «**14 000–28 000 ₽**» over the classes, or that the list names none. */
const amountOf = (match: PriceMatch): string => {
  const from = match.from ? 'от\u00a0' : '';
  if (match.price !== null) return `${from}**${roubles(match.price)}**`;
  const [lowest, ...rest] = known(match);
  const highest = rest.at(-1);
  if (lowest === undefined) return 'цену назовёт мастер на осмотре';
  return highest === undefined || highest === lowest
    ? `${from}**${roubles(lowest)}**`
    : `${from}**${roubles(lowest).replace('\u00a0₽', '')}–${roubles(highest)}**`;
};

const FOR_THE_WHOLE = new Set(['', 'шт', 'шт.', 'автомобиль', 'машина', 'авто']);
const accusative = (unit: string): string => (/^[а-яё]+[ая]$/u.test(unit) ? unit.replace(/а$/u, 'у').replace(/я$/u, 'ю') : unit);
const unitOf = ({ unit }: PriceMatch): string => (FOR_THE_WHOLE.has(unit) ? '' : ` за ${accusative(unit)}`);
const line = (match: PriceMatch): string => `${match.service} — ${amountOf(match)}${known(match).length > 0 ? unitOf(match) : ''}`;
const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const describe = ({ asked, result }: PriceAnswer): readonly string[] => {
  if (!result) return [];
  return chooseMatches(asked, result.matches).map(line);
};

const missing = (answers: readonly PriceAnswer[]): string | undefined => {
  const words = answers.filter(({ result }) => result?.matches.length === 0).map(({ asked }) => `«${asked}»`);
  return words.length > 0 ? `В прайсе нет такой работы: ${words.join(', ')}. Выдумывать цену не буду: её назовёт менеджер или мастер на осмотре.` : undefined;
};

const classNote = (answers: readonly PriceAnswer[], { car }: Subject): string | undefined => {
  const ranged = answers.some(
    ({ asked, result }) => result && chooseMatches(asked, result.matches).some((match) => match.price === null && new Set(known(match)).size > 1),
  );
  if (!ranged) return undefined;
  return car ? `Класса этой машины (${car}) я не знаю, поэтому называю диапазон.` : 'Цена зависит от класса машины.';
};

/** Prices the tool returned, in words; nothing here is a number that it did not return. */
export const describePrices = (answers: readonly PriceAnswer[], { car }: Subject): string => {
  if (answers.every(({ result }) => result === null)) return PHRASES.pricesUnavailable;
  const lines = [...new Set(answers.flatMap(describe))];
  const [only] = lines;
  const list = `${car ? `По прайсу для вашей машины (${car})` : 'По прайсу'}:\n\n${lines.map((text) => `- ${text}`).join('\n')}\n`;
  const sentence = only && (car ? `${car}: ${lowerFirst(only)}.` : `${only}.`);
  const listed = lines.length > 1 ? list : sentence;
  const notes = [missing(answers), classNote(answers, { car }), lines.length > 0 ? PHRASES.afterInspection : undefined].filter((note) => note !== undefined);
  return [listed, notes.join(' ')].filter(Boolean).join(lines.length > 1 ? '\n' : ' ');
};
