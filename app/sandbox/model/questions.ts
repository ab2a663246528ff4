import { normalise } from './lexicon/words.ts';

/** What the script asks. A later turn recognises its own question by these words, so that nothing is kept between requests. */
export const QUESTIONS = {
  offer: 'Записать вас на осмотр?',
  service: 'Что нужно сделать с машиной?',
  car: 'Какая у вас машина — марка и модель?',
  when: 'На какой день и время вас записать?',
  day: 'На какой день вас записать?',
  time: 'Во сколько вам удобно приехать?',
  other_time: 'Какое время вам подойдёт?',
  name: 'Как к вам обращаться?',
  phone: 'На какой номер вам перезвонить?',
} as const;

export type Question = keyof typeof QUESTIONS;

const NAMES = Object.keys(QUESTIONS) as Question[];

/** The question that an answer of ours ends with, if any. */
export const askedIn = (assistantText: string): Question | undefined => {
  const plain = normalise(assistantText);
  return NAMES.find((name) => plain.includes(normalise(QUESTIONS[name])));
};
