import type { Memory } from './memory.ts';
import { PHRASES } from './phrases.ts';
import { QUESTIONS, type Question } from './questions.ts';
import { showLocal } from './slots/calendar.ts';
import { carName } from './slots/car.ts';
import type { BookingResult } from './tool-results.ts';
import type { Works } from './works.ts';

/** The moment said so far as local ISO. */
export const momentOf = ({ date, time, anyTime }: Pick<Memory, 'date' | 'time'> & Partial<Pick<Memory, 'anyTime'>>): string | undefined =>
  date && time && !anyTime ? `${date}T${time}` : undefined;

/** A car as the tools take it. */
export const carArgument = (car: Memory['car']): Readonly<Record<string, unknown>> => {
  if (!car) return { brand: 'не названа' };
  return { brand: car.brand, ...(car.model ? { model: car.model } : {}), ...(car.year ? { year: car.year } : {}) };
};

/** One sentence of what the fields do not say: the customer's own words, the year, what is not in the list. */
const summaryOf = (memory: Memory): string => {
  const { wanted, unlisted, car } = memory;
  const own = wanted.map(({ words }) => words).filter((words) => words !== 'осмотр');
  const parts = [
    own.length > 0 ? `Клиент хочет: ${own.join(', ')}` : 'Клиент хочет показать машину мастеру',
    car?.year ? `машина ${car.year} года` : '',
    unlisted.length > 0 ? `спрашивал и о том, чего нет в прайсе: ${unlisted.join(', ')}` : '',
    momentOf(memory) ? '' : 'время осмотра согласовать по телефону',
  ];
  return `${parts.filter(Boolean).join('; ')}.`;
};

/** Arguments of create_booking from what the customer said; only things that were said. */
export const bookingArguments = (memory: Memory, { names, quoted }: Works): Readonly<Record<string, unknown>> => {
  const { car, name, phone } = memory;
  const wished = momentOf(memory);
  return {
    ...(name ? { name } : {}),
    ...(phone ? { phone } : {}),
    car: carArgument(car),
    services: names,
    ...(wished ? { wished_at: wished } : {}),
    ...(quoted === undefined ? {} : { quoted_price: quoted }),
    summary: summaryOf(memory),
  };
};

/** Everything repeated before it is booked, with the consent when it was not said yet. */
export const confirmText = (memory: Memory, { names }: Works): string => {
  const { car, name, phone, consent, consentSaid } = memory;
  const wished = momentOf(memory);
  const yearText = car?.year ? ` ${car.year} года` : '';
  const details = [
    `- Машина: ${car ? `${carName(car)}${yearText}` : 'не названа'}`,
    `- Работы: ${names.join(', ')}`,
    `- Время: ${wished ? showLocal(wished) : 'согласует менеджер'}`,
    ...(name ? [`- Имя: ${name}`] : []),
    ...(phone ? [`- Телефон: ${phone}`] : []),
  ];
  return ['Проверьте, пожалуйста:', details.join('\n'), [consentSaid ? '' : consent, QUESTIONS.confirm].filter(Boolean).join(' ')].join('\n\n');
};

/** The car has an open booking already: another time is a change, which the customer is asked to say. */
const repeatedText = (result: BookingResult & { ok: true }, memory: Memory): string => {
  const wished = momentOf(memory);
  const kept = result.wished ? `, ${result.wished}` : '';
  const other = wished && result.wished && showLocal(wished) !== result.wished ? ' Другое время — напишите «перенесите», и я изменю заявку.' : '';
  return `Вы уже записаны: заявка №${result.number}${kept}.${other} Менеджер перезвонит и подтвердит время.`;
};

const nextCar = ({ later }: Memory): string => {
  const [next] = later;
  return next ? ` Осталась ещё ${carName(next.car)}. ${QUESTIONS.offer}` : '';
};

const madeText = (result: BookingResult & { ok: true }, memory: Memory, { names }: Works): string => {
  if (result.repeated) return repeatedText(result, memory);
  const { name } = memory;
  const wished = result.wished ? `осмотр ${result.wished}` : 'время осмотра согласует менеджер';
  const car = memory.car ? `${carName(memory.car)}: ${names.join(', ')}.` : `${names.join(', ')}.`;
  const consent = memory.consentSaid ? '' : ` ${memory.consent}`;
  return `Готово${name ? `, ${name}` : ''}! Заявка №${result.number}: ${wished}.\n${car} Менеджер перезвонит по вашему номеру и подтвердит запись.${consent}${nextCar(memory)}`;
};

const MISSING: Readonly<Record<string, Question>> = { phone: 'phone', name: 'name', car: 'car', services: 'service', wished_at: 'when' };

const askAgain = (question: Question, { consent, consentSaid }: Memory): string =>
  ['Для заявки не хватает одной вещи.', consentSaid ? '' : consent, QUESTIONS[question]].filter(Boolean).join(' ');

/** A refusal of a moment, and what could be instead as a list to choose from. */
export const offerTimes = (lead: string, nearest: readonly string[], question: Question = 'when'): string => {
  if (nearest.length === 0) return `${lead} ${QUESTIONS[question]}`;
  return `${lead}\n\nМогу предложить:\n\n${nearest.map((iso) => `- ${showLocal(iso)}`).join('\n')}\n\n${QUESTIONS.other_time}`;
};

const refusedText = (result: BookingResult & { ok: false }, memory: Memory): string => {
  if (result.reason === 'bad_phone') return `${PHRASES.badPhone} ${QUESTIONS.phone}`;
  const missing = result.missing.map((field) => MISSING[field]).find((question) => question !== undefined);
  if (result.reason === 'missing' && missing) return askAgain(missing, memory);
  return offerTimes(result.message || 'На это время записать не получится.', result.nearest);
};

/** What create_booking answered, in words; null = it failed or said something we cannot read. */
export const describeBooking = (result: BookingResult | null, memory: Memory, works: Works): string => {
  if (!result) return PHRASES.bookingFailed;
  return result.ok ? madeText(result, memory, works) : refusedText(result, memory);
};
