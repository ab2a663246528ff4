import { Temporal } from 'temporal-polyfill';
import { AppError } from '../../app/kit/errors.ts';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const SHORT = ['пн', 'вт', 'ср', 'чт', 'пт', 'сб', 'вс'] as const;
const IN_DAYS = ['в понедельник', 'во вторник', 'в среду', 'в четверг', 'в пятницу', 'в субботу', 'в воскресенье'] as const;
const MONTHS = ['января', 'февраля', 'марта', 'апреля', 'мая', 'июня', 'июля', 'августа', 'сентября', 'октября', 'ноября', 'декабря'] as const;

const MARK = /\{\{\s*([a-z+\d]+)(?:\s+(\d{1,2}:\d{2}))?\s*(?:\|\s*(\w+))?\s*\}\}/g;

const dayName = <Name>(names: readonly Name[], day: Temporal.PlainDate): Name => {
  const name = names[day.dayOfWeek - 1];
  if (name === undefined) throw new RangeError(`no weekday ${day.dayOfWeek}`);
  return name;
};

const nextOf = (today: Temporal.PlainDate, matches: (weekday: number) => boolean, from = 1): Temporal.PlainDate => {
  let day = today.add({ days: from });
  while (!matches(day.dayOfWeek)) day = day.add({ days: 1 });
  return day;
};

/** `sat` is the next Saturday after today, as people mean it; `workday` the next day from Monday to Friday; `+3` in three days. */
const dayOf = (text: string, today: Temporal.PlainDate): Temporal.PlainDate => {
  const index = (WEEKDAYS as readonly string[]).indexOf(text);
  if (index >= 0) return nextOf(today, (weekday) => weekday === index + 1);
  if (text === 'workday') return nextOf(today, (weekday) => weekday <= 5);
  const ahead = /^\+(\d{1,3})$/.exec(text)?.[1];
  if (ahead === undefined) throw new AppError('CONFIG_INVALID', `{{${text}}}: expected mon…sun, workday or +N`);
  return today.add({ days: Number(ahead) });
};

type Moment = Readonly<{ day: Temporal.PlainDate; time: string | undefined; today: Temporal.PlainDate }>;

const dateOf = ({ day }: Moment): string => `${day.day} ${MONTHS[day.month - 1] ?? ''}`;

/** How somebody names a day who talks of it today. */
const spoken = (moment: Moment): string => {
  const ahead = moment.today.until(moment.day).days;
  return ahead === 1 ? 'завтра' : ahead === 2 ? 'послезавтра' : dayName(IN_DAYS, moment.day);
};

const FORMATS: Readonly<Record<string, (moment: Moment) => string>> = {
  shown: (moment) => `${dayName(SHORT, moment.day)}, ${dateOf(moment)}${moment.time ? `, ${moment.time.replace(/^0/, '')}` : ''}`,
  iso: ({ day, time }) => `${day.toString()}${time ? `T${time.padStart(5, '0')}` : ''}`,
  date: dateOf,
  dotted: ({ day }) => `${String(day.day).padStart(2, '0')}.${String(day.month).padStart(2, '0')}`,
  say: spoken,
};

/** Today in a time zone, 'YYYY-MM-DD'. */
export const localDate = (now: Date, timezone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timezone).toPlainDate().toString();

/** Local ISO 'YYYY-MM-DDTHH:MM' of an instant. */
export const localIso = (at: Date, timezone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timezone).toPlainDateTime().toString({ smallestUnit: 'minute' });

/** The instant of a local ISO moment. */
export const instantOf = (iso: string, timezone: string): Date => new Date(Temporal.PlainDateTime.from(iso).toZonedDateTime(timezone).epochMilliseconds);

/** Replaces `{{sat 11:00}}`, `{{workday|say}}`, `{{+3 10:00|iso}}` by what they mean on the day `today` ('YYYY-MM-DD'). */
export const expandMoments = (text: string, today: string): string =>
  text.replaceAll(MARK, (...[, day, time, format]: [string, string, string | undefined, string | undefined]) => {
    const show = FORMATS[format ?? 'shown'];
    if (!show) throw new AppError('CONFIG_INVALID', `{{…|${format ?? ''}}}: expected ${Object.keys(FORMATS).join(', ')}`);
    const from = Temporal.PlainDate.from(today);
    return show({ day: dayOf(day, from), time, today: from });
  });

/** The same in every text of a value. */
export const expandAll = <Value>(value: Value, today: string): Value => JSON.parse(expandMoments(JSON.stringify(value), today)) as Value;
