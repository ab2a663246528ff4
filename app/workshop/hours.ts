import { Temporal } from 'temporal-polyfill';
import { type DayHours, type Weekday, type Workshop, WEEKDAYS } from './types.ts';

export type VisitCheck =
  | Readonly<{ ok: true; at: Date; local: string }>
  | Readonly<{
      ok: false;
      reason: 'unreadable' | 'past' | 'too_far' | 'closed';
      /** For the customer, in Russian, with the opening hours; where only the form of the wish was wrong, for the model. */
      message: string;
      /** Up to 3 times inside the hours, local ISO 'YYYY-MM-DDTHH:MM', the first one the closest to the wish; none of a wrong form. */
      nearest: readonly string[];
    }>;

type Refusal = Extract<VisitCheck, { ok: false }>['reason'];

/** A wish further away than this is a slip of the year more often than a plan. */
const MAX_AHEAD_DAYS = 90;
const MAX_SUGGESTIONS = 3;
/** Suggestions are whole hours; no workshop is closed longer in a row than this. */
const SUGGESTION_HORIZON_HOURS = 24 * 31;

const SHORT_DAYS: Readonly<Record<Weekday, string>> = { mon: 'пн', tue: 'вт', wed: 'ср', thu: 'чт', fri: 'пт', sat: 'сб', sun: 'вс' };
const LONG_DAYS: Readonly<Record<Weekday, string>> = {
  mon: 'понедельник',
  tue: 'вторник',
  wed: 'среда',
  thu: 'четверг',
  fri: 'пятница',
  sat: 'суббота',
  sun: 'воскресенье',
};
const MONTHS = ['января', 'февраля', 'марта', 'апреля', 'мая', 'июня', 'июля', 'августа', 'сентября', 'октября', 'ноября', 'декабря'];

const weekdayOf = (local: { dayOfWeek: number }): Weekday => WEEKDAYS[local.dayOfWeek - 1] ?? 'mon';
const minutes = (local: Temporal.PlainDateTime): string => local.toString({ smallestUnit: 'minute' });
const clockOf = (local: Temporal.PlainDateTime): string => minutes(local).slice(11);
const toLocal = (workshop: Workshop, at: Date): Temporal.PlainDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(workshop.timezone).toPlainDateTime();
const toInstant = (workshop: Workshop, local: Temporal.PlainDateTime): Date => new Date(local.toZonedDateTime(workshop.timezone).epochMilliseconds);

const isOpen = (workshop: Workshop, local: Temporal.PlainDateTime): boolean => {
  const day = workshop.hours[weekdayOf(local)];
  return day !== null && day.open <= clockOf(local) && clockOf(local) < day.close;
};

const wholeHour = (local: Temporal.PlainDateTime): Temporal.PlainDateTime => local.round({ smallestUnit: 'hour', roundingMode: 'ceil' });

/** Whole hours inside the opening hours from `from` on, local ISO; fewer than `count` only when the workshop hardly opens. */
export const openSlots = (workshop: Workshop, from: Date, count: number): string[] => {
  const slots: string[] = [];
  const start = wholeHour(toLocal(workshop, from));
  for (let hour = 0; hour < SUGGESTION_HORIZON_HOURS && slots.length < count; hour += 1) {
    const slot = start.add({ hours: hour });
    if (isOpen(workshop, slot)) slots.push(minutes(slot));
  }
  return slots;
};

/** Whoever asks for an hour after closing time wants the evening: the last hour of that day comes first. */
const lastHourOfDay = (workshop: Workshop, wished: Temporal.PlainDateTime, now: Date): string[] => {
  const day = workshop.hours[weekdayOf(wished)];
  if (day === null || clockOf(wished) < day.close) return [];
  const closing = wished.withPlainTime(Temporal.PlainTime.from(day.close));
  const last = closing.subtract({ minutes: 1 }).round({ smallestUnit: 'hour', roundingMode: 'floor' });
  return isOpen(workshop, last) && toInstant(workshop, last) > now ? [minutes(last)] : [];
};

const shortTime = (time: string): string => time.replace(/^0/, '');
const describeDay = (day: DayHours): string => (day === null ? 'выходной' : `${shortTime(day.open)}–${shortTime(day.close)}`);

/** "пн–пт 9:00–20:00, сб 9:00–18:00, вс выходной" */
export const describeHours = (workshop: Workshop): string => {
  const runs: { first: Weekday; last: Weekday; hours: string }[] = [];
  for (const weekday of WEEKDAYS) {
    const hours = describeDay(workshop.hours[weekday]);
    const run = runs.at(-1);
    if (run?.hours === hours) run.last = weekday;
    else runs.push({ first: weekday, last: weekday, hours });
  }
  return runs.map(({ first, last, hours }) => `${first === last ? SHORT_DAYS[first] : `${SHORT_DAYS[first]}–${SHORT_DAYS[last]}`} ${hours}`).join(', ');
};

const describeLocal = (local: Temporal.PlainDateTime): string =>
  `${SHORT_DAYS[weekdayOf(local)]}, ${local.day} ${MONTHS[local.month - 1] ?? ''}, ${shortTime(clockOf(local))}`;

/** "вт, 1 декабря, 10:00" in the workshop's time zone. */
export const formatLocal = (workshop: Workshop, at: Date): string => describeLocal(toLocal(workshop, at));

/** "2026-11-24T12:30, вторник": how the model is told what time it is. */
export const localNow = (workshop: Workshop, now: Date): string => {
  const local = toLocal(workshop, now).round({ smallestUnit: 'minute', roundingMode: 'floor' });
  return `${minutes(local)}, ${LONG_DAYS[weekdayOf(local)]}`;
};

const LOCAL_ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}(?::?\d{2})?)?$/i;
/** For the model, which wrote the wish: a customer has no use for it. */
const WRONG_FORM =
  'wished_at: нужно местное время мастерской в виде YYYY-MM-DDTHH:MM, без часового пояса. Это указание тебе, не клиенту: вызови инструмент ещё раз с временем в этом виде; если дата или время не названы, спроси их.';

const isOffsetOf = (workshop: Workshop, local: Temporal.PlainDateTime, offset: string): boolean => {
  const minutesOf = (sign: string, hours: string, rest: string): number => (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(rest));
  const [, sign = '+', hours = '0', rest = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(offset) ?? [];
  return local.toZonedDateTime(workshop.timezone).offsetNanoseconds === minutesOf(sign, hours, rest) * 60_000_000_000;
};

/** A wish as the model wrote it; a zone that is not the workshop's at that moment is another time than the customer's words. */
const parseLocal = (workshop: Workshop, text: string): Temporal.PlainDateTime | 'wrong form' | null => {
  const [, date, time, offset] = LOCAL_ISO.exec(text) ?? [];
  if (date === undefined || time === undefined) return 'wrong form';
  try {
    const local = Temporal.PlainDateTime.from(`${date}T${time}`, { overflow: 'reject' }).round({ smallestUnit: 'second', roundingMode: 'floor' });
    return offset === undefined || isOffsetOf(workshop, local, offset) ? local : 'wrong form';
  } catch {
    return null; // 30 February
  }
};

const explain = (workshop: Workshop, reason: Refusal, wished: Temporal.PlainDateTime | null): string => {
  const hours = `Часы работы: ${describeHours(workshop)}.`;
  const when = wished === null ? '' : describeLocal(wished);
  const sentences: Readonly<Record<Refusal, string>> = {
    unreadable: 'Не получилось понять дату и время визита.',
    past: `Это время уже прошло: ${when}.`,
    too_far: `Записываем не дальше чем на ${MAX_AHEAD_DAYS} дней вперёд, а это ${when} ${wished?.year ?? ''} года.`,
    closed: `В это время мастерская закрыта: ${when}.`,
  };
  return `${sentences[reason]} ${hours}`;
};

/** Checks a wished visit against the clock and the opening hours; capacity is not its business. The last possible start is just before closing. */
export const checkVisit = (workshop: Workshop, wishedAt: string, now: Date): VisitCheck => {
  const wished = parseLocal(workshop, wishedAt.trim());
  if (wished === 'wrong form') return { ok: false, reason: 'unreadable', message: WRONG_FORM, nearest: [] };
  const refuse = (reason: Refusal, nearest: readonly string[]): VisitCheck => ({ ok: false, reason, message: explain(workshop, reason, wished), nearest });
  const soonest = (): string[] => openSlots(workshop, now, MAX_SUGGESTIONS);

  if (wished === null) return refuse('unreadable', soonest());
  const at = toInstant(workshop, wished);
  if (at <= now) return refuse('past', soonest());
  if (Temporal.PlainDateTime.compare(wished, toLocal(workshop, now).add({ days: MAX_AHEAD_DAYS })) > 0) return refuse('too_far', soonest());
  if (!isOpen(workshop, wished)) {
    return refuse('closed', [...lastHourOfDay(workshop, wished, now), ...openSlots(workshop, at, MAX_SUGGESTIONS)].slice(0, MAX_SUGGESTIONS));
  }
  return { ok: true, at, local: describeLocal(wished) };
};
