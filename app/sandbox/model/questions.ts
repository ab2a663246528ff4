import { normalise } from './lexicon/words.ts';

/** What the script asks. A later turn recognises its own question by these words, so that nothing is kept between requests. */
export const QUESTIONS = {
  offer: 'Записать вас на осмотр?',
  service: 'Что нужно сделать с машиной?',
  car: 'Какая у вас машина — марка и модель?',
  which_car: 'С какой машины начнём?',
  when: 'На какой день и время вас записать?',
  day: 'На какой день вас записать?',
  time: 'Во сколько вам удобно приехать?',
  other_time: 'Какое время вам подойдёт?',
  move: 'На какой день и время перенести?',
  name: 'Как к вам обращаться?',
  phone: 'На какой номер вам перезвонить?',
  which_phone: 'Какой из номеров оставить?',
  confirm: 'Всё верно, записываю?',
  fix: 'Что исправить?',
  cancel_sure: 'Отменить вашу запись?',
  which_cancel: 'Какую из заявок отменить?',
  which_change: 'Какую из заявок изменить?',
  add: 'Добавить это к вашей заявке?',
} as const;

export type Question = keyof typeof QUESTIONS;

const NAMES = Object.keys(QUESTIONS) as Question[];
const TIME_QUESTIONS: readonly Question[] = ['when', 'day', 'time', 'other_time', 'move'];

/** Whether an answer to it is a moment. */
export const asksTime = (question: Question | undefined): boolean => question !== undefined && TIME_QUESTIONS.includes(question);

/** Two ways to ask for one thing count as one question when it is asked in vain. */
export const isSameQuestion = (one: Question | undefined, other: Question | undefined): boolean => one === other || (asksTime(one) && asksTime(other));

/** The question that an answer of ours ends with, if any. */
export const askedIn = (assistantText: string): Question | undefined => {
  const plain = normalise(assistantText);
  return NAMES.find((name) => plain.includes(normalise(QUESTIONS[name])));
};
