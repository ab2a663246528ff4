import type { Turn } from './conversation.ts';
import { normalise } from './lexicon/words.ts';
import type { Memory, Told } from './memory.ts';

const AMOUNT = /\d ?(?:₽|руб|р(?!\p{L})|тыс|тр(?!\p{L})|к(?!\p{L}))|\d{3}/u;
const STEM = 4;
const MAX_TOLD = 200;

/** What a person of the workshop said of prices in a turn. */
export const toldIn = ({ manager = [], customer }: Turn): readonly Told[] =>
  manager.filter((text) => AMOUNT.test(normalise(text))).map((text) => ({ text, about: normalise(`${customer}\n${text}`) }));

const stemsOf = (words: string): readonly string[] => (normalise(words).match(/\p{L}{4,}/gu) ?? []).map((word) => word.slice(0, STEM));

/** The words of the manager about the price of a work, the latest first to count. */
export const toldAbout = (words: string, { told }: Pick<Memory, 'told'>): string | undefined => {
  const stems = stemsOf(words);
  return stems.length === 0 ? undefined : told.findLast(({ about }) => stems.some((stem) => about.includes(stem)))?.text;
};

const LEAD = 'Об этом вам ответил менеджер:';

/** His words, passed on as his; a sentence of ours is recognised by its beginning in later turns. */
export const toldText = (texts: readonly string[]): string =>
  [...new Set(texts)].map((text) => `${LEAD} «${text.slice(0, MAX_TOLD).replace(/[.\s]+$/u, '')}».`).join(' ');

/** Whether an answer of ours passed on such a price. */
export const passedOn = (answer: string): boolean => answer.includes(LEAD);
