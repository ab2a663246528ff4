/** A local moment without a zone: the date and time a wall clock in the workshop shows. */
export type LocalNow = Readonly<{ date: string; time: string }>;

const DAY_MS = 86_400_000;
const WEEKDAY_NAMES = ['вс', 'пн', 'вт', 'ср', 'чт', 'пт', 'сб'] as const;
const MONTH_GENITIVE = ['января', 'февраля', 'марта', 'апреля', 'мая', 'июня', 'июля', 'августа', 'сентября', 'октября', 'ноября', 'декабря'] as const;

const asUtc = (date: string): Date => new Date(`${date}T00:00:00Z`);
export const addDays = (date: string, days: number): string => new Date(asUtc(date).getTime() + days * DAY_MS).toISOString().slice(0, 10);
/** 0 = Sunday. */
export const weekdayOf = (date: string): number => asUtc(date).getUTCDay();
export const yearOf = (date: string): number => Number(date.slice(0, 4));
export const daysBetween = (from: string, to: string): number => Math.round((asUtc(to).getTime() - asUtc(from).getTime()) / DAY_MS);

/** 'YYYY-MM-DD' of a day that exists, else undefined (31 ноября). */
export const dateOf = ({ year, month, day }: { year: number; month: number; day: number }): string | undefined => {
  const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  const parsed = Date.UTC(year, month - 1, day);
  return new Date(parsed).toISOString().startsWith(text) ? text : undefined;
};

/** «сб, 28 ноября, 11:30» of a local ISO moment; anything else is returned as it is. */
export const showLocal = (iso: string): string => {
  const match = /^(\d{4}-(\d\d)-(\d\d))T(\d\d):(\d\d)/.exec(iso);
  const [, date, month, day, hour, minute] = match ?? [];
  if (!date || !month || !day || !hour || !minute || !dateOf({ year: yearOf(date), month: Number(month), day: Number(day) })) return iso;
  return `${WEEKDAY_NAMES[weekdayOf(date)] ?? ''}, ${Number(day)} ${MONTH_GENITIVE[Number(month) - 1] ?? ''}, ${Number(hour)}:${minute}`;
};

/** «сб, 28 ноября» of a local date. */
export const showDay = (date: string): string => showLocal(`${date}T00:00`).replace(/, 0:00$/, '');

/** The `Сейчас: 2026-11-24T12:30, вторник` line of the system prompt; the last one wins. */
export const readNow = (system: string): LocalNow | undefined => {
  const match = [...system.matchAll(/Сейчас:\s*(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)/g)].at(-1);
  return match?.[1] && match[2] ? { date: match[1], time: match[2] } : undefined;
};
