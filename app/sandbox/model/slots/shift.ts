import { blank, normalise, words } from '../lexicon/words.ts';
import { addDays } from './calendar.ts';

const HOURS = ['один', 'два', 'три', 'четыре'] as const;
const SPAN = `(?:на |минут на )*(?:(пол ?часа|полчас\\p{L}*)|(полтора часа)|(час|часик)|(\\d{1,2}|${HOURS.join('|')}) ?(?:час(?:а|ов)|ч)|(\\d{1,2}) ?мин\\p{L}*)`;
const WAY = '(позже|попозже|раньше|пораньше)';
const AFTER = words(`${SPAN} ${WAY}`, 'gu');
const BEFORE = words(`${WAY} ${SPAN}`, 'gu');
const LATE = words(`опозда(?:ю|ем) ${SPAN}`, 'gu');
const LATE_BARE = words('опозда(?:ю|ем) минут\\p{L}* на (\\d{1,2})', 'gu');
const ALL = [AFTER, BEFORE, LATE, LATE_BARE];

type Spans = readonly (string | undefined)[];

const minutesOf = ([half, oneAndHalf, hour, hours, minutes]: Spans): number => {
  if (half) return 30;
  if (oneAndHalf) return 90;
  if (hour) return 60;
  if (hours) return 60 * (/^\d/.test(hours) ? Number(hours) : 1 + HOURS.findIndex((name) => name === hours));
  return Number(minutes ?? 0);
};

const signed = (minutes: number, way: string | undefined): number => (way?.includes('раньше') ? -minutes : minutes);

/** Minutes by which «на полчаса позже», «на час раньше», «опоздаю на 20 минут» move a moment; undefined = none is moved. */
export const findShift = (text: string): number | undefined => {
  const plain = normalise(text);
  const [after] = plain.matchAll(AFTER);
  if (after) return signed(minutesOf(after.slice(1, 6)), after[6]);
  const [before] = plain.matchAll(BEFORE);
  if (before) return signed(minutesOf(before.slice(2, 7)), before[1]);
  const [late] = plain.matchAll(LATE);
  if (late) return minutesOf(late.slice(1, 6));
  const [bare] = plain.matchAll(LATE_BARE);
  return bare && Number(bare[1]);
};

/** The text without such words, whose numbers are no hours. */
export const withoutShift = (text: string): string => ALL.reduce(blank, text);

type Moment = Readonly<{ date: string | undefined; time: string | undefined }>;

/** The moment so many minutes later; without its hour it cannot be moved. */
export const shifted = ({ date, time }: Moment, minutes: number): Moment => {
  const [hour, minute] = time?.split(':').map(Number) ?? [];
  if (date === undefined || hour === undefined || minute === undefined) return { date: undefined, time: undefined };
  const total = hour * 60 + minute + minutes;
  const ofDay = ((total % 1440) + 1440) % 1440;
  const clock = [Math.floor(ofDay / 60), ofDay % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return { date: addDays(date, Math.floor(total / 1440)), time: clock };
};
