/** A part of a sentence that says one thing, with what its sentence says around it. */
export type Clause = Readonly<{
  /** From the beginning of the clause up to the end of what was looked for. */
  upTo: string;
  whole: string;
  /** What a «что» or «чтобы» makes the clause depend on: «вы писали, что …»; '' = nothing. */
  governs: string;
  /** The rest of the sentence. */
  rest: string;
}>;

/** Sentences of a text, a line at least each. */
export const sentencesOf = (text: string): string[] => text.split(/(?<=[.!?…])\s+|\n+/u).filter((sentence) => sentence.trim() !== '');

// «вторник, 1 декабря, 10:00» is one thing
const BREAK = /[,;:(](?!\s*\d)|\s[-–—](?=\s)/gu;
const SUBORDINATE = /^[\s,]*(?:что|чтобы)(?!\p{L})/u;

/** The clause that holds a piece of the sentence, `from` to `to`; a comma inside the piece ends nothing. */
export const clauseAround = (sentence: string, from: number, to: number): Clause => {
  const breaks = [...sentence.matchAll(BREAK)].map(({ index, 0: mark }) => ({ start: index, end: index + mark.length }));
  const before = breaks.filter(({ end }) => end <= from);
  const start = before.at(-1)?.end ?? 0;
  const end = breaks.find((mark) => mark.start >= to)?.start ?? sentence.length;
  const whole = sentence.slice(start, end);
  return {
    upTo: sentence.slice(start, to),
    whole,
    governs: SUBORDINATE.test(whole) ? sentence.slice(before.at(-2)?.end ?? 0, start) : '',
    rest: sentence.slice(end),
  };
};
