import { z } from 'zod';
import type { Parsed } from './problems.ts';
import { type DayHours, type Workshop, WEEKDAYS } from './types.ts';
import { parseYaml } from './yaml-file.ts';

export type Settings = Pick<Workshop, 'name' | 'address' | 'phone' | 'timezone' | 'hours' | 'capacityPerHour' | 'managerChatId' | 'consent'>;

const isTimezone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

const text = (max: number) => z.string('expected a text').trim().min(1, 'expected a text, not an empty one').max(max, `expected at most ${max} characters`);

const DAY = /^([01]\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-3]):([0-5]\d)$/;
const DAY_EXPECTED = 'expected "09:00-20:00" or "closed"';

const day = z.string(DAY_EXPECTED).transform((value, context): DayHours => {
  if (value === 'closed') return null;
  const [, openHour, openMinute, closeHour, closeMinute] = DAY.exec(value.trim()) ?? [];
  const hours = { open: `${openHour}:${openMinute}`, close: `${closeHour}:${closeMinute}` };
  if (closeMinute !== undefined && hours.open < hours.close) return hours;
  context.addIssue({ code: 'custom', message: closeMinute === undefined ? DAY_EXPECTED : 'expected a closing time after the opening time' });
  return z.NEVER;
});

const week = z
  .strictObject({ mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day })
  .refine((hours) => WEEKDAYS.some((weekday) => hours[weekday] !== null), 'expected at least one open day');

const settingsSchema = z.strictObject({
  name: text(100),
  address: text(300),
  phone: text(40).regex(/^\+\d[\d\s()-]{9,24}$/, 'expected a phone such as "+7 (495) 000-12-34"'),
  timezone: z.string('expected a time zone').refine(isTimezone, 'expected an IANA time zone such as "Europe/Moscow"'),
  hours: week,
  capacityPerHour: z.int('expected a whole number').min(1, 'expected at least 1 car an hour').max(100, 'expected at most 100 cars an hour'),
  managerChatId: z.int('expected the numeric id of a Telegram chat').refine((id) => id !== 0, 'expected the numeric id of a Telegram chat, not 0'),
  consent: text(600),
});

/** workshop.yaml: who the workshop is, when it is open and where its bookings go. */
export const parseSettings = (source: { file: string; text: string }): Parsed<Settings> => parseYaml(source, settingsSchema);
