import { plural, roubles } from './numbers.js';

const SHORT = 160;
const cut = (text) => (text.length > SHORT ? `${text.slice(0, SHORT - 1)}…` : text);
const asJson = (value) => cut(typeof value === 'string' ? value : JSON.stringify(value ?? null));
const list = (values) => values.filter((value) => value !== undefined && value !== null && value !== '').join(', ');
const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

const carOf = (car) => (isRecord(car) ? list([[car.brand, car.model].filter(Boolean).join(' '), car.year]) : car);

/** Why a person is called, as the model names it. */
const REASONS = {
  asked_for_person: 'клиент просит человека',
  complaint: 'жалоба',
  not_in_list: 'услуги нет в прайсе',
  going_in_circles: 'разговор ходит по кругу',
  other: 'нужен человек',
};

/** What the model wants of each tool: a verb, and the arguments that matter. */
const ASKS = {
  find_prices: ['спросила цены', ({ service, car }) => list([`«${service}»`, carOf(car)])],
  create_booking: [
    'просит записать',
    ({ car, services, wished_at: wished }) => list([carOf(car), Array.isArray(services) ? services.join('; ') : services, wished?.replace('T', ' ')]),
  ],
  find_bookings: ['спросила записи клиента', () => ''],
  change_booking: ['просит изменить запись', (args) => list(Object.entries(args).map(([name, value]) => `${name}: ${asJson(value)}`))],
  cancel_booking: ['просит отменить запись', ({ number }) => (number ? `№${number}` : '')],
  hand_over: ['зовёт менеджера', ({ reason }) => REASONS[reason] ?? reason ?? ''],
};

export const askWords = ({ name, args }) => {
  const [verb, describe] = ASKS[name] ?? [`зовёт инструмент ${name}`, asJson];
  const details = isRecord(args) ? describe(args) : asJson(args);
  return details ? `${verb}: ${cut(String(details))}` : verb;
};

const price = ({ service, price: own, prices = {}, from }) => {
  const known = own ?? Object.values(prices).find((value) => value !== null);
  return known === undefined || known === null ? service : `${service} ${from || own === null ? 'от ' : ''}${roubles(known)}`;
};

const LINES = { one: 'строка', few: 'строки', many: 'строк' };
const prices = ({ matches }) => {
  if (matches.length === 0) return 'Прайс: такого в нём нет';
  const more = matches.length > 2 ? ' …' : '';
  return `Прайс: ${plural(matches.length, LINES)} — ${matches.slice(0, 2).map(price).join('; ')}${more}`;
};

const DONE = {
  booked: ({ number, wished, repeated }) => `Запись №${number} ${repeated ? 'уже есть' : 'создана'}${wished ? `: ${wished}` : ''}`,
  changed: ({ number, wished }) => `Запись №${number} изменена${wished ? `: ${wished}` : ''}`,
  cancelled: ({ number, repeated }) => `Запись №${number} ${repeated ? 'уже отменена' : 'отменена'}`,
  handed_over: ({ repeated }) => (repeated ? 'Менеджер уже позван' : 'Разговор передан менеджеру'),
};
const BOOKINGS = { one: 'запись', few: 'записи', many: 'записей' };

/** What a tool gave, in one line; what nobody foresaw is shown as it is. */
export const resultWords = ({ name, result }) => {
  if (!isRecord(result)) return `${name}: ${asJson(result)}`;
  if (Array.isArray(result.matches)) return prices(result);
  if (result.ok === false) return `Инструмент отказал: ${cut(String(result.message ?? result.error ?? result.reason ?? ''))}`;
  if (Array.isArray(result.bookings)) return `У клиента ${plural(result.bookings.length, BOOKINGS)}`;
  const done = DONE[result.did ?? (name === 'create_booking' ? 'booked' : '')];
  return done ? done(result) : `${name}: ${asJson(result)}`;
};
