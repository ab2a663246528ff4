import { addDays, type LocalNow, showDay, showLocal, weekdayOf } from './slots/calendar.ts';
import { normalise } from './lexicon/words.ts';

type DayHours = Readonly<{ open: string; close: string }> | null;
/** By weekday, 0 = Sunday; null = closed; a day the prompt does not name is missing. `text` is the line as the workshop wrote it. */
export type OpeningHours = Readonly<{ text: string; days: ReadonlyMap<number, DayHours> }>;
export type DayPart = 'morning' | 'afternoon' | 'evening' | 'any';
/** Why a wished moment cannot be, in words, and what could be instead (local ISO). */
export type WishIssue = Readonly<{ text: string; nearest: readonly string[] }>;
type Wish = Readonly<{ date?: string | undefined; time?: string | undefined }>;

const SHORT_DAYS = ['вс', 'пн', 'вт', 'ср', 'чт', 'пт', 'сб'];
const IN_DAYS = ['в воскресенье', 'в понедельник', 'во вторник', 'в среду', 'в четверг', 'в пятницу', 'в субботу'];
const SEGMENT = /^(?:(пн|вт|ср|чт|пт|сб|вс)(?: ?- ?(пн|вт|ср|чт|пт|сб|вс))?|ежедневно):? (?:с )?(?:(\d{1,2}:\d\d) ?(?:-|до) ?(\d{1,2}:\d\d)|выходной|закрыто)/u;
const LOOK_AHEAD_DAYS = 21;
const MAX_OPTIONS = 3;
const NOON = '12:00';
const EVENING = '17:00';

const pad = (time: string): string => time.padStart(5, '0');

const daysOf = (from: string | undefined, to: string | undefined): number[] => {
  const first = SHORT_DAYS.indexOf(from ?? 'пн');
  const last = from === undefined ? 0 : SHORT_DAYS.indexOf(to ?? from);
  return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, index) => (first + index) % 7);
};

/** Reads «пн–пт 9:00–20:00, сб 9:00–18:00, вс выходной»; undefined when there is nothing of the kind in it. */
export const parseHours = (text: string): OpeningHours | undefined => {
  const days = new Map<number, DayHours>();
  for (const segment of normalise(text).split(/[,;]/)) {
    const match = SEGMENT.exec(segment.trim());
    if (!match) continue;
    const [, from, to, open, close] = match;
    for (const day of daysOf(from, to)) days.set(day, open && close ? { open: pad(open), close: pad(close) } : null);
  }
  return days.size > 0 ? { text, days } : undefined;
};

const isOpenAt = (day: DayHours | undefined, time: string): boolean => !day || (day.open <= time && time < day.close);

const fits = (time: string, part: DayPart): boolean => {
  if (part === 'morning') return time < NOON;
  if (part === 'afternoon') return time > NOON;
  return part === 'any' || time >= EVENING;
};

const hoursOfDay = (day: DayHours | undefined): string[] =>
  day ? Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`).filter((time) => isOpenAt(day, time)) : [];

type From = Readonly<{ now: LocalNow; date?: string | undefined; after?: string | undefined; part?: DayPart | undefined }>;

/** Up to three whole hours inside the opening hours, in the future, from `date` on (today without one), of that part of the day. */
export const openSlots = ({ days }: OpeningHours, { now, date = now.date, after = '', part = 'any' }: From): readonly string[] => {
  const slots: string[] = [];
  const start = date < now.date ? now.date : date;
  for (let ahead = 0; ahead < LOOK_AHEAD_DAYS && slots.length < MAX_OPTIONS; ahead += 1) {
    const day = addDays(start, ahead);
    const moments = hoursOfDay(days.get(weekdayOf(day))).map((time) => ({ time, iso: `${day}T${time}` }));
    slots.push(...moments.filter(({ time, iso }) => fits(time, part) && iso > `${now.date}T${now.time}` && iso >= `${date}T${after}`).map(({ iso }) => iso));
  }
  return slots.slice(0, MAX_OPTIONS);
};

const describeMoment = ({ date, time }: Wish): string => (date && time ? showLocal(`${date}T${time}`) : date ? showDay(date) : `в ${time ?? ''}`);

/** Whoever asks for an hour after closing wants the evening: the last hour of that day comes first. */
const nearestTo = (hours: OpeningHours, { date, time }: Wish, now: LocalNow): readonly string[] => {
  const day = date === undefined ? undefined : hours.days.get(weekdayOf(date));
  const last = date && time && day && time >= day.close ? hoursOfDay(day).slice(-1) : [];
  const evening = last.map((hour) => `${date ?? ''}T${hour}`).filter((iso) => iso > `${now.date}T${now.time}`);
  return [...evening, ...openSlots(hours, { now, date, after: time })].slice(0, MAX_OPTIONS);
};

const hasPassed = ({ date, time }: Wish, now: LocalNow): boolean =>
  date !== undefined && (date < now.date || (date === now.date && time !== undefined && time <= now.time));

const closedText = (hours: OpeningHours, { date, time }: Wish): string | undefined => {
  if (date === undefined)
    return time !== undefined && [...hours.days.values()].every((day) => !day || !isOpenAt(day, time)) ? `В ${time} мы закрыты.` : undefined;
  const day = hours.days.get(weekdayOf(date));
  if (day === null) return `${IN_DAYS[weekdayOf(date)] ?? ''} (${showDay(date).replace(/^.*?, /u, '')}) мы не работаем.`.replace(/^в/u, 'В');
  return time === undefined || isOpenAt(day, time) ? undefined : `В это время мы закрыты: ${describeMoment({ date, time })}.`;
};

/** What is wrong with a moment, half of one included; undefined when nothing is, or the hours are not known. */
export const findWishIssue = (hours: OpeningHours | undefined, wish: Wish, now: LocalNow): WishIssue | undefined => {
  const openText = hours ? ` Часы работы: ${hours.text}.` : '';
  if (hasPassed(wish, now)) return { text: `Это время уже прошло: ${describeMoment(wish)}.${openText}`, nearest: hours ? openSlots(hours, { now }) : [] };
  const closed = hours && closedText(hours, wish);
  return hours && closed ? { text: `${closed}${openText}`, nearest: nearestTo(hours, wish, now) } : undefined;
};
