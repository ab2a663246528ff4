import { collectiveAt, readNumeral } from './numerals.ts';
import { markAt, type Token, wordAt } from './tokens.ts';

const PART = /^(?:бампер|капот|крыш(?!к)|багажник|крыл|двер|порог|сто[ей]к|зеркал|руч[ке]к?)\p{L}*$|^фар(?:а|ы|у|е|ой|ам|ах|ами)?$/u;
/** How many of a part a car has, for «все двери». */
const ALL_OF: readonly (readonly [RegExp, number])[] = [
  [/^(?:двер|крыл|руч)/u, 4],
  [/^(?:бампер|порог|зеркал|фар)/u, 2],
];
const ALL = /^(?:все|всех|всем|всеми)$/u;
const SIDE = /^(передн|задн|лев|прав)(?:ий|яя|ее|ие|юю|его|ей|их|ым|ими|им|ый|ая|ое|ые|ую|ого|ой|ых)$/u;
const LINK = /^(?:и|а|также|плюс|покрас\p{L}*|полиров\p{L}*|корпус\p{L}*)$/u;
const LINK_MARK = new Set([',', '+']);

type Run = { parts: number; weight: number; all: boolean; readonly sides: Set<string> };
const newRun = (): Run => ({ parts: 0, weight: 1, all: false, sides: new Set() });

const weightOf = (part: string, { weight, all, sides }: Run): number =>
  Math.max(weight, sides.size, all ? (ALL_OF.find(([stem]) => stem.test(part))?.[1] ?? 1) : 1);

const addPart = (run: Run, part: string): void => {
  run.parts += weightOf(part, run);
  Object.assign(run, { weight: 1, all: false });
  run.sides.clear();
};

const countAt = (tokens: readonly Token[], at: number): number | undefined => {
  const token = tokens[at];
  return token?.kind === 'number' ? token.value : (collectiveAt(tokens, at) ?? readNumeral(tokens, at)?.value);
};

/** Notes what says how many of the next part are meant; false = nothing of that kind. */
const noteHowMany = (tokens: readonly Token[], at: number, run: Run): boolean => {
  const word = wordAt(tokens, at);
  const side = SIDE.exec(word)?.[1];
  const count = countAt(tokens, at);
  if (side !== undefined) run.sides.add(side);
  if (count !== undefined) run.weight = count;
  run.all ||= ALL.test(word);
  return side !== undefined || count !== undefined || ALL.test(word);
};

/** Whether a list of parts goes on at this token. */
const goesOn = (tokens: readonly Token[], at: number, run: Run): boolean => {
  const word = wordAt(tokens, at);
  if (PART.test(word)) {
    addPart(run, word);
    return true;
  }
  return noteHowMany(tokens, at, run) || LINK.test(word) || LINK_MARK.has(markAt(tokens, at));
};

/** How many parts of a car a text lists: 3 for «капот, крышу и багажник», 2 for «передний и задний бамперы», 4 for «все двери». */
export const countsOfParts = (tokens: readonly Token[]): readonly number[] => {
  const counts: number[] = [];
  let run = newRun();
  const close = (): void => {
    counts.push(Math.max(run.parts, run.sides.size));
    run = newRun();
  };
  for (const at of tokens.keys()) if (!goesOn(tokens, at, run)) close();
  close();
  return counts;
};
