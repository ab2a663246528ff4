import { blank, normalise, stems, words } from '../lexicon/words.ts';
import { addDays, dateOf, daysBetween, type LocalNow, weekdayOf, yearOf } from './calendar.ts';
import { withoutCar } from './car.ts';
import { withoutPhones } from './phone.ts';
import { findImpossibleTime, findTime, withoutTime } from './time.ts';

/** What a text says about a moment; either half may be missing. Date 'YYYY-MM-DD', time 'HH:MM', local. */
export type When = Readonly<{ date: string | undefined; time: string | undefined }>;
type Found = Readonly<{ date: string; pattern: RegExp; time?: string }>;

const NUMBER_WORDS = ['ноль', 'один', 'два', 'три', 'четыре', 'пять', 'шесть', 'семь', 'восемь', 'девять', 'десять'] as const;
const NUMBER = `(\\d{1,2}|одну|две|${NUMBER_WORDS.slice(1).join('|')})`;
const MONTHS = ['январ', 'феврал', 'март', 'апрел', 'ма[йя]', 'июн', 'июл', 'август', 'сентябр', 'октябр', 'ноябр', 'декабр'] as const;
const WEEKDAYS = [
  'воскресень[еяю]|вс',
  'понедельник[ауе]?|пн',
  'вторник[ауе]?|вт',
  'сред[ауеы]|ср',
  'четверг[ауе]?|чт',
  'пятниц[ауеы]|пт',
  'субб?от[ауеы]|сб',
] as const;
const PASSED_LONG_AGO_DAYS = 60;

const numberOf = (word: string): number => {
  if (/^\d+$/.test(word)) return Number(word);
  if (word === 'одну') return 1;
  return word === 'две' ? 2 : NUMBER_WORDS.findIndex((name) => name === word);
};

const AFTER_DAYS = words(`через ${NUMBER} (?:день|дня|дней)`, 'gu');
const AFTER_WEEKS = words(`через (?:${NUMBER} )?недел[юиь]`, 'gu');
const AFTER_HOURS = words(`через (?:${NUMBER} )?час(?:а|ов)?`, 'gu');

const relative = (text: string, now: LocalNow): Found | undefined => {
  const days = [...text.matchAll(AFTER_DAYS)].at(-1);
  if (days?.[1]) return { date: addDays(now.date, numberOf(days[1])), pattern: AFTER_DAYS };
  const weeks = [...text.matchAll(AFTER_WEEKS)].at(-1);
  if (weeks) return { date: addDays(now.date, 7 * numberOf(weeks[1] ?? '1')), pattern: AFTER_WEEKS };
  const hours = [...text.matchAll(AFTER_HOURS)].at(-1);
  if (!hours) return undefined;
  const [hour = 0, minute = 0] = now.time.split(':').map(Number);
  const total = hour + numberOf(hours[1] ?? '1');
  return {
    date: addDays(now.date, Math.floor(total / 24)),
    time: `${String(total % 24).padStart(2, '0')}:${String(minute).padStart(2, '0')}`,
    pattern: AFTER_HOURS,
  };
};

const NAMED: readonly (readonly [RegExp, number])[] = [
  [words('послезавтра', 'gu'), 2],
  [words('завтра', 'gu'), 1],
  [words('сегодня', 'gu'), 0],
];

const named = (text: string, now: LocalNow): Found | undefined => {
  const hit = NAMED.find(([pattern]) => text.search(pattern) >= 0);
  return hit ? { date: addDays(now.date, hit[1]), pattern: hit[0] } : undefined;
};

const DAY_MONTH = stems(`(\\d{1,2})(?:-?го)? (${MONTHS.join('|')})`, 'gu');
const NUMERIC = /(?<![\d.:])(\d{1,2})\.(0[1-9]|1[0-2])(?:\.(\d{4}|\d{2}))?(?![\d:])/gu;

const nearYear = (now: LocalNow, { month, day }: { month: number; day: number }): string | undefined => {
  const thisYear = dateOf({ year: yearOf(now.date), month, day });
  const passed = thisYear ? daysBetween(thisYear, now.date) : 0;
  return passed > PASSED_LONG_AGO_DAYS ? dateOf({ year: yearOf(now.date) + 1, month, day }) : thisYear;
};

const calendar = (text: string, now: LocalNow): Found | undefined => {
  const said = [...text.matchAll(DAY_MONTH)].at(-1);
  if (said?.[1]) {
    const month = 1 + MONTHS.findIndex((stem) => new RegExp(`^(?:${stem})`).test(said[2] ?? ''));
    const date = nearYear(now, { month, day: Number(said[1]) });
    return date ? { date, pattern: DAY_MONTH } : undefined;
  }
  const numeric = [...text.matchAll(NUMERIC)].at(-1);
  if (!numeric?.[1] || !numeric[2] || /(?:^|[^\p{L}])[вк] $/u.test(text.slice(0, numeric.index))) return undefined;
  const day = { month: Number(numeric[2]), day: Number(numeric[1]) };
  const date = numeric[3] ? dateOf({ year: 2000 + (Number(numeric[3]) % 100), ...day }) : nearYear(now, day);
  return date ? { date, pattern: NUMERIC } : undefined;
};

const weekdayFinders = WEEKDAYS.map((spelling) => words(`(?:(следующ\\p{L}+) )?(?:${spelling})`, 'gu'));
const WEEKEND = words('(?:на )?выходн(?:ых|ые)', 'gu');

const weekday = (text: string, now: LocalNow): Found | undefined => {
  if (text.search(WEEKEND) >= 0) return { date: addDays(now.date, (6 - weekdayOf(now.date) + 7) % 7 || 7), pattern: WEEKEND };
  for (const [day, pattern] of weekdayFinders.entries()) {
    const match = [...text.matchAll(pattern)][0];
    if (!match) continue;
    const ahead = (day - weekdayOf(now.date) + 7) % 7 || 7;
    const thisWeek = ahead < 7 - ((weekdayOf(now.date) + 6) % 7);
    return { date: addDays(now.date, match[1] && thisWeek ? ahead + 7 : ahead), pattern };
  }
  return undefined;
};

/**
 * Reads «завтра в 10», «в субботу в 11:30», «27 ноября в 14:00», «через два дня» relative to `now`.
 * `bareHour`: a lone «10» counts as an hour, because we have just asked for one.
 */
export const findWhen = (text: string, now: LocalNow, { bareHour = false }: { bareHour?: boolean } = {}): When => {
  const plain = withoutCar(normalise(withoutPhones(text)));
  const found = relative(plain, now) ?? named(plain, now) ?? calendar(plain, now) ?? weekday(plain, now);
  // The date's own digits must not be read as an hour again.
  const rest = found ? weekdayFinders.reduce(blank, blank(plain, found.pattern)) : plain;
  return { date: found?.date, time: found?.time ?? findTime(rest, { bareHour }) };
};

const YESTERDAY = words('вчера|позавчера|на прошлой неделе', 'gu');
const DATE_PATTERNS = [AFTER_DAYS, AFTER_WEEKS, AFTER_HOURS, ...NAMED.map(([pattern]) => pattern), YESTERDAY, DAY_MONTH, NUMERIC, WEEKEND, ...weekdayFinders];
const DANGLING = words('(?:на|в|во|к) (?=[ ]*(?:$|[.,!?]))', 'gu');

/** The normalised text without days and hours, so that they are not taken for part of a service («полировка капота 18»). */
export const withoutWhen = (text: string): string => blank(withoutTime(DATE_PATTERNS.reduce(blank, text)), DANGLING);

const impossibleDay = (text: string): string | undefined => {
  for (const [written, day, month] of text.matchAll(DAY_MONTH)) {
    const number = 1 + MONTHS.findIndex((stem) => new RegExp(`^(?:${stem})`).test(month ?? ''));
    if (dateOf({ year: 2028, month: number, day: Number(day) }) === undefined) return written;
  }
  return undefined;
};

/** Why a said moment cannot be at all, as a sentence: a day or an hour that does not exist, or a day that is over. */
export const findWhenProblem = (text: string): string | undefined => {
  const plain = withoutCar(normalise(withoutPhones(text)));
  const day = impossibleDay(plain);
  if (day) return `Такого дня, «${day}», в календаре нет.`;
  const time = findImpossibleTime(plain);
  if (time) return `Времени «${time}» не бывает.`;
  return plain.search(YESTERDAY) >= 0 && findTime(plain.replace(YESTERDAY, ' '), { bareHour: false }) ? 'На прошедшее время записать не получится.' : undefined;
};
