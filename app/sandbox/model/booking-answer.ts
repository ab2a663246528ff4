import type { Memory } from './memory.ts';
import { PHRASES } from './phrases.ts';
import { QUESTIONS, type Question } from './questions.ts';
import { showLocal } from './slots/calendar.ts';
import { carName } from './slots/car.ts';
import type { BookingResult } from './tool-results.ts';

/** The first thing still unknown, in the order we ask; undefined = a booking can be made. */
export const nextQuestion = (memory: Memory): Question | undefined => {
  if (memory.wanted.length === 0) return 'service';
  if (!memory.car) return 'car';
  if (!memory.anyTime && !(memory.date && memory.time)) {
    if (memory.date) return 'time';
    return memory.time ? 'day' : 'when';
  }
  if (!memory.name) return 'name';
  return memory.phone ? undefined : 'phone';
};

const describeWish = (memory: Memory): string => (memory.date && memory.time ? `хочет приехать ${showLocal(`${memory.date}T${memory.time}`)}` : 'время любое');

const carArgument = (car: Memory['car']): Readonly<Record<string, unknown>> => {
  if (!car) return { brand: 'не названа' };
  return { brand: car.brand, ...(car.model ? { model: car.model } : {}), ...(car.year ? { year: car.year } : {}) };
};
const wishArgument = ({ date, time, anyTime }: Memory): Readonly<Record<string, unknown>> => (date && time && !anyTime ? { wished_at: `${date}T${time}` } : {});

/** Arguments of create_booking from what the customer said; only things that were said. */
export const bookingArguments = (memory: Memory): Readonly<Record<string, unknown>> => {
  const { car, name, phone, wanted, quoted } = memory;
  return {
    ...(name ? { name } : {}),
    ...(phone ? { phone } : {}),
    car: carArgument(car),
    services: wanted,
    ...wishArgument(memory),
    ...(quoted === undefined ? {} : { quoted_price: quoted }),
    summary: `Работы: ${wanted.join(', ')}. Машина: ${car ? carName(car) : 'не названа'}. Клиент ${describeWish(memory)}.`,
  };
};

const callName = (name: string | undefined): string => (name && !name.startsWith('<') ? `, ${name}` : '');

const madeText = (result: BookingResult & { ok: true }, memory: Memory): string => {
  const car = memory.car ? `${carName(memory.car)}: ${memory.wanted.join(', ')}.` : '';
  const wished = result.wished ? `осмотр ${result.wished}` : 'время осмотра согласует менеджер';
  if (result.repeated) return `Вы уже записаны: заявка № ${result.number}${result.wished ? `, ${result.wished}` : ''}. Менеджер перезвонит и подтвердит время.`;
  return `Готово${callName(memory.name)}! Заявка № ${result.number}: ${wished}.\n${car} Менеджер перезвонит по вашему номеру и подтвердит запись.${memory.consentSaid ? '' : ` ${memory.consent}`}`;
};

const MISSING: Readonly<Record<string, Question>> = { phone: 'phone', name: 'name', car: 'car', services: 'service', wished_at: 'when' };

const askAgain = (question: Question, { consent, consentSaid }: Memory): string =>
  ['Для заявки не хватает одной вещи.', consentSaid ? '' : consent, QUESTIONS[question]].filter(Boolean).join(' ');

const refusedText = (result: BookingResult & { ok: false }, memory: Memory): string => {
  if (result.reason === 'bad_phone') return `${PHRASES.badPhone} ${QUESTIONS.phone}`;
  const missing = result.missing.map((field) => MISSING[field]).find((question) => question !== undefined);
  if (result.reason === 'missing' && missing) return askAgain(missing, memory);
  const message = result.message || 'На это время записать не получится.';
  if (result.nearest.length === 0) return `${message} ${QUESTIONS.when}`;
  return `${message}\n\nМогу предложить:\n\n${result.nearest.map((iso) => `- ${showLocal(iso)}`).join('\n')}\n\n${QUESTIONS.other_time}`;
};

/** What create_booking answered, in words; null = it failed or said something we cannot read. */
export const describeBooking = (result: BookingResult | null, memory: Memory): string => {
  if (!result) return PHRASES.bookingFailed;
  return result.ok ? madeText(result, memory) : refusedText(result, memory);
};
