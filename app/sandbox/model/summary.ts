import type { ChatMessage } from './request.ts';
import { MARKS } from './marks.ts';
import { findCars, type Car, carName } from './slots/car.ts';
import { findName } from './slots/name.ts';
import { findPhones } from './slots/phone.ts';
import { findServices } from './slots/service.ts';

/** What a summary keeps of a dialogue; every part may be missing. */
export type Kept = Readonly<{
  car: Car | undefined;
  name: string | undefined;
  phone: string | undefined;
  works: readonly string[];
  wish: string | undefined;
  booking: number | undefined;
}>;

const NOTHING: Kept = { car: undefined, name: undefined, phone: undefined, works: [], wish: undefined, booking: undefined };
const MAX_WORKS = 6;
const WISH =
  /(?<!\p{L})(?:сегодня|завтра|послезавтра|(?:в|во) (?:понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье)|\d{1,2} (?:январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр)\p{L}*)[^.\n,;]{0,24}/iu;
const NUMBER = /заявк\p{L}* №\s?(\d+)/iu;
const LABEL = (name: string): RegExp => new RegExp(`${name}: ([^\\n]+?)(?:\\.|$)`, 'imu');

/** Whether the app asks to sum a dialogue up. */
export const isSummaryRequest = (messages: readonly ChatMessage[]): boolean =>
  messages.some(({ role, content }) => (role === 'system' || role === 'developer') && content.trimStart().startsWith(MARKS.summaryRequest));

/** Reads a summary of ours, or what others wrote as one, as data. */
export const readSummary = (text: string): Kept => {
  const labelled = (name: string): string | undefined => LABEL(name).exec(text)?.[1]?.trim();
  const works = labelled('Работы')?.split(/[,;] ?/) ?? [];
  const number = NUMBER.exec(text)?.[1];
  return {
    car: findCars(labelled('Машина') ?? text)[0],
    name: labelled('Имя') ?? findName(text),
    phone: findPhones(text).at(-1),
    works: works.filter(Boolean).slice(0, MAX_WORKS),
    wish: labelled('Пожелание'),
    booking: number === undefined ? undefined : Number(number),
  };
};

const learn = (kept: Kept, text: string): Kept => {
  const number = NUMBER.exec(text)?.[1];
  return {
    car: findCars(text)[0] ?? kept.car,
    name: /<name:\d+>|зовут|имя/iu.test(text) ? (findName(text) ?? kept.name) : kept.name,
    phone: findPhones(text).at(-1) ?? kept.phone,
    works: [...new Set([...kept.works, ...findServices(text)])].slice(-MAX_WORKS),
    wish: WISH.exec(text)?.[0].trim() ?? kept.wish,
    booking: number === undefined ? kept.booking : Number(number),
  };
};

/** «Имя: <name:1>.»: facts in lines that `readSummary` reads again. Placeholders stay as they are. */
const writeSummary = ({ car, name, phone, works, wish, booking }: Kept): string => {
  const lines = [
    car ? `Машина: ${carName(car)}${car.year ? ` ${car.year}` : ''}.` : '',
    works.length > 0 ? `Работы: ${works.join(', ')}.` : '',
    wish ? `Пожелание: ${wish}.` : '',
    name ? `Имя: ${name}.` : '',
    phone ? `Телефон: ${phone}.` : '',
    booking === undefined ? '' : `Есть заявка №${booking}.`,
  ];
  return lines.filter(Boolean).join('\n') || 'Клиент пока ничего о машине не сказал.';
};

type Part = Readonly<{ isOurs: boolean; text: string }>;
const BEFORE_SPEAKER = /\n+(?=(?:Клиент|Мастерская): )/u;
const SPEAKER = /^(Клиент|Мастерская): /u;

const readPart = (text: string): Part => ({ isOurs: SPEAKER.exec(text)?.[1] === 'Мастерская', text: text.replace(SPEAKER, '') });

const merge = (kept: Kept, summary: Kept): Kept => ({
  car: summary.car ?? kept.car,
  name: summary.name ?? kept.name,
  phone: summary.phone ?? kept.phone,
  works: [...new Set([...kept.works, ...summary.works])].slice(-MAX_WORKS),
  wish: summary.wish ?? kept.wish,
  booking: summary.booking ?? kept.booking,
});

const learnPart = (kept: Kept, { isOurs, text }: Part): Kept => {
  if (text.startsWith(MARKS.summary)) return merge(kept, readSummary(text));
  if (isOurs) return { ...kept, booking: learn(NOTHING, text).booking ?? kept.booking };
  return text.split('\n').reduce(learn, kept);
};

/** What is to be summed up, however the app shows it: as messages, or as one text. Our own answers count only for numbers of bookings. */
export const summarise = (messages: readonly ChatMessage[]): string => {
  const parts = messages.flatMap(({ role, content }): Part[] => {
    if (role === 'assistant') return [{ isOurs: true, text: content }];
    return role === 'user' ? content.split(BEFORE_SPEAKER).map(readPart) : [];
  });
  return writeSummary(parts.reduce(learnPart, NOTHING));
};
