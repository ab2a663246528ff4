import type { Memory } from './memory.ts';
import { type DayPart, findWishIssue, openSlots } from './opening-hours.ts';
import { asksTime } from './questions.ts';
import { chosenByWord } from './read-parts.ts';
import type { Said } from './understand.ts';

type Wish = Pick<Memory, 'date' | 'time' | 'anyTime' | 'part' | 'issue'>;
type Moment = Partial<Pick<Memory, 'date' | 'time'>>;

const MISSES_BEFORE_ANY_TIME = 3;

const split = (iso: string | undefined): Moment => {
  const [date, time] = iso?.split('T') ?? [];
  return date && time ? { date, time } : {};
};

/** An answer to our list of other times: by number, by «да», by day or by hour; an hour alone belongs to an offered day. */
const chooseOffered = (offered: readonly string[], said: Said): Moment => {
  const { date, time } = said.when;
  if (said.intents.has('any_time') || said.intents.has('unsure')) return {};
  if (date && time) return { date, time };
  if (date) return split(offered.find((iso) => iso.startsWith(date)));
  return time ? split(offered.find((iso) => iso.endsWith(time)) ?? `${offered[0]?.slice(0, 10) ?? ''}T${time}`) : split(chosenByWord(offered, said));
};

const NO_WISH: Wish = { date: undefined, time: undefined, anyTime: false, part: undefined, issue: undefined };

const partOf = ({ intents, when }: Said): DayPart | undefined => {
  if (when.time) return undefined;
  if (intents.has('morning')) return 'morning';
  if (intents.has('afternoon')) return 'afternoon';
  if (intents.has('evening')) return 'evening';
  return intents.has('soon') ? 'any' : undefined;
};

/** «Не знаю» to the question of the time, and a third answer that says nothing, leave the time to the manager. */
const leavesOpen = (memory: Memory, said: Said): boolean => {
  if (!asksTime(memory.asked)) return false;
  return said.intents.has('any_time') || said.intents.has('unsure') || memory.misses >= MISSES_BEFORE_ANY_TIME;
};

const explain = ({ hours, now }: Memory, problem: string): Wish => ({
  ...NO_WISH,
  issue: { text: `${problem}${hours ? ` Часы работы: ${hours.text}.` : ''}`, nearest: hours ? openSlots(hours, { now }) : [] },
});

const isHalfSaid = ({ date, time }: Moment): boolean => (date ?? time) !== undefined;

/** What stays of the wish when nothing is wrong with the moment. */
const keep = (memory: Memory, said: Said, moment: Moment): Omit<Wish, 'date' | 'time' | 'issue'> => ({
  anyTime: leavesOpen(memory, said) || (memory.anyTime && !isHalfSaid(said.when)),
  part: moment.time ? undefined : (partOf(said) ?? memory.part),
});

const merge = (memory: Memory, said: Said, chosen: Moment): Wish => {
  const fresh: Moment = chosen.date ? chosen : said.when;
  const { date = memory.date, time = memory.time } = fresh;
  const issue = isHalfSaid(fresh) ? findWishIssue(memory.hours, { date, time }, memory.now) : undefined;
  if (issue) return { ...NO_WISH, issue };
  return { date, time, ...(chosen.date ? { anyTime: false, part: undefined } : keep(memory, said, { time })), issue: undefined };
};

/** What this message changes about the wished moment; a moment that cannot be is dropped and explained in `issue`. */
export const learnWish = (memory: Memory, said: Said): Wish => {
  if (said.whenProblem) return explain(memory, said.whenProblem);
  return merge(memory, said, memory.asked === 'other_time' && memory.offered.length > 0 ? chooseOffered(memory.offered, said) : {});
};
