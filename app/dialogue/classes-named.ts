import { classifyCar } from '../workshop/quote.ts';
import { CAR_CLASSES, type Workshop } from '../workshop/types.ts';
import { sentencesOf } from './clauses.ts';

const WORD = /\p{L}{5,}/gu;
const SAYS_NOTHING = /^(?:класс|автомоб|машин)/u;
const STEM = 5; // «бизнес», «малый», «внедорожник» in all their forms
const BY_CLASS = /(?<!\p{L})(?:завис\p{L}*|разн\p{L}*|кажд\p{L}*)[^.!?\n]*класс\p{L}*/iu;

const stemsOf = (text: string): string[] =>
  [...text.toLowerCase().matchAll(WORD)].map(([word]) => word.slice(0, STEM)).filter((stem) => !SAYS_NOTHING.test(stem));

/** The car classes an answer speaks of, by title («бизнес-класс») or by a car of that class («для Камри»); all of them where it says that the price depends on the class. */
export const classesNamed = (workshop: Workshop, answer: string): ReadonlySet<number> => {
  if (BY_CLASS.test(answer)) return new Set(CAR_CLASSES);
  const said = new Set(stemsOf(answer));
  const byTitle = workshop.carClasses.filter(({ title }) => stemsOf(title).some((stem) => said.has(stem)));
  const byCar = sentencesOf(answer).flatMap((sentence) => classifyCar(workshop, sentence) ?? []);
  return new Set([...byTitle, ...byCar].map((named) => named.class));
};
