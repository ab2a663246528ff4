import type { Memory } from './memory.ts';
import type { Question } from './questions.ts';

const carQuestion = ({ car, rivals, carSkipped }: Memory): Question | undefined => {
  if (rivals.length > 0) return 'which_car';
  return car || carSkipped ? undefined : 'car';
};

const timeQuestion = ({ date, time, anyTime, moving }: Memory): Question | undefined => {
  if (anyTime || (date && time)) return undefined;
  if (date) return 'time';
  if (time) return 'day';
  return moving ? 'move' : 'when';
};

const contactQuestion = ({ name, nameSkipped, phone, phones }: Memory): Question | undefined => {
  if (!name && !nameSkipped) return 'name';
  if (phones.length > 1) return 'which_phone';
  return phone ? undefined : 'phone';
};

/** The first thing still unknown, in the order we ask; undefined = everything is there. */
export const nextQuestion = (memory: Memory): Question | undefined => {
  if (memory.moving) return timeQuestion(memory);
  if (memory.wanted.length === 0) return 'service';
  return carQuestion(memory) ?? timeQuestion(memory) ?? contactQuestion(memory);
};
