import { createModelApi, type ModelAnswer } from '../../../../app/sandbox/model/model-api.ts';
import { systemClock } from '../../../../app/kit/clock.ts';

type Call = Readonly<{ id: string; type: 'function'; function: Readonly<{ name: string; arguments: string }> }>;
type Message = Readonly<Record<string, unknown>>;
type Choice = Readonly<{ message: Readonly<{ content: string | null; tool_calls?: readonly Call[] }> }>;
export type Made = Readonly<{ name: string; args: Readonly<Record<string, unknown>> }>;
type Tools = Readonly<Record<string, (args: Readonly<Record<string, unknown>>) => unknown>>;

export const SYSTEM =
  'Правила.\nАдрес: ул. Образцовая, 12\nЧасы работы: пн–пт 9:00–20:00, сб 9:00–18:00, вс выходной\nТелефон: +7 (495) 000-12-34\nСогласие: Оставляя имя и телефон, вы соглашаетесь на звонок.\nСейчас: 2026-11-24T12:30, вторник';
const PRICES: readonly (readonly [RegExp, string, readonly [number, number, number], boolean])[] = [
  [/бампер/u, 'Покраска бампера', [14_000, 17_000, 21_000], false],
  [/крыл/u, 'Покраска крыла', [14_000, 17_000, 22_000], false],
  [/антикор/u, 'Антикор днища', [9_000, 11_500, 14_500], true],
];

const classOf = (car: unknown): 1 | 2 | undefined => (typeof car !== 'string' ? undefined : /Веста|Rio/u.test(car) ? 1 : /Camry/u.test(car) ? 2 : undefined);

export const findPricesTool = ({ service, car }: Readonly<Record<string, unknown>>): unknown => {
  const carClass = classOf(car);
  const matches = PRICES.filter(([words]) => words.test(String(service))).map(([, name, [one, two, three], from]) => ({
    service: name,
    unit: 'элемент',
    from,
    price: carClass === undefined ? null : [one, two, three][carClass - 1],
    prices: { 1: one, 2: two, 3: three },
  }));
  return { car: carClass === undefined ? null : { model: car, class: carClass, class_title: 'класс' }, matches };
};

const CLOSED = {
  ok: false,
  reason: 'closed',
  message: 'В это время мастерская закрыта.',
  nearest: ['2026-11-30T09:00', '2026-11-30T10:00', '2026-11-30T11:00'],
  missing: [],
};

export const createBookingTool = ({ phone, name, wished_at: wishedAt }: Readonly<Record<string, unknown>>): unknown => {
  const missing = [...(phone ? [] : ['phone']), ...(name ? [] : ['name'])];
  if (missing.length > 0) return { ok: false, reason: 'missing', message: 'Не хватает данных.', missing, nearest: [] };
  if (wishedAt === '2026-11-29T03:00') return CLOSED;
  return { ok: true, number: 7, wished: typeof wishedAt === 'string' ? wishedAt : null, repeated: false };
};

type Args = Readonly<Record<string, unknown>>;
type Kept = { number: number; car: string; services: string[]; wished: string | null; status: string; phone: unknown };

const carText = (car: unknown): string => {
  const { brand, model } = car as { brand: string; model?: string };
  return [brand, model].filter(Boolean).join(' ');
};

/** A server that keeps bookings, one open for each car, and changes and cancels them as the real one does. Numbers begin with `first`. */
export const createBookings = (first = 3) => {
  const kept: Kept[] = [];
  const open = (): Kept[] => kept.filter(({ status }) => status === 'new');
  const choose = ({ number }: Args): Kept | { ok: false; reason: string; message: string; bookings?: Kept[] } => {
    const found = number === undefined ? open() : open().filter((booking) => booking.number === number);
    const [only, ...others] = found;
    if (!only) return { ok: false, reason: 'none', message: 'Открытых заявок нет.' };
    return others.length > 0 ? { ok: false, reason: 'which', message: 'Заявок несколько.', bookings: found } : only;
  };
  return {
    create_booking: (args: Args): unknown => {
      const { wished_at: wished, services, car, phone } = args;
      const same = open().find((booking) => booking.car === carText(car));
      if (same) return { ok: true, did: 'booked', number: same.number, wished: same.wished, services: same.services, repeated: true };
      const made = { number: first + kept.length, car: carText(car), services: services as string[], wished: (wished as string | undefined) ?? null };
      kept.push({ ...made, status: 'new', phone });
      return { ok: true, did: 'booked', ...made, repeated: false };
    },
    find_bookings: (): unknown => ({ bookings: open() }),
    change_booking: (args: Args): unknown => {
      const booking = choose(args);
      if ('ok' in booking) return booking;
      if (args['wished_at'] === booking.wished && !args['phone']) return { ok: false, reason: 'nothing', message: 'в заявке уже так.' };
      const { wished_at: wished, services, car, phone } = args;
      Object.assign(booking, wished && { wished }, services && { services }, car && { car: carText(car) }, phone && { phone });
      const changed = [wished && 'time', services && 'services', car && 'car', phone && 'phone'].filter(Boolean);
      return { ok: true, did: 'changed', number: booking.number, wished: booking.wished, services: booking.services, changed };
    },
    cancel_booking: (args: Args): unknown => {
      const booking = choose(args);
      if ('ok' in booking) return booking;
      booking.status = 'cancelled';
      return { ok: true, did: 'cancelled', number: booking.number, repeated: false };
    },
    hand_over: (): unknown => ({ ok: true, did: 'handed_over', repeated: false, message: 'Скажи клиенту, что менеджер подключится.' }),
  };
};

export type Answered = Readonly<{ text: string; calls: readonly Made[] }>;

const choiceOf = (answer: ModelAnswer): Choice => {
  const [choice] = 'json' in answer && answer.status === 200 ? (answer.json['choices'] as Choice[]) : [];
  if (!choice) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return choice;
};

const callTool = (tools: Tools, { id, function: { name, arguments: args } }: Call): { made: Made; message: Message } => {
  const made = { name, args: JSON.parse(args) as Record<string, unknown> };
  return { made, message: { role: 'tool', tool_call_id: id, content: JSON.stringify(tools[name]?.(made.args) ?? null) } };
};

/**
 * A dialogue with the model over its own API, as the app leads it. `keepCalls` says whether earlier turns keep their
 * tool calls in the history or only the texts, as after a change of release.
 */
export const startTalk = ({
  keepCalls = false,
  tools = { find_prices: findPricesTool, create_booking: createBookingTool },
}: { keepCalls?: boolean; tools?: Tools } = {}) => {
  const model = createModelApi({ clock: systemClock });
  let history: Message[] = [{ role: 'system', content: SYSTEM }];
  const offered = Object.keys(tools).map((name) => ({ type: 'function', function: { name, parameters: {} } }));

  return async (text: string): Promise<Answered> => {
    history.push({ role: 'user', content: text });
    const run = [...history];
    const calls: Made[] = [];
    for (let step = 0; step < 6; step += 1) {
      const { message } = choiceOf(model.complete({ model: 'scripted', messages: run, tools: offered }));
      run.push(message);
      if (!message.tool_calls) {
        history = keepCalls ? run : [...history, { role: 'assistant', content: message.content }];
        return { text: message.content ?? '', calls };
      }
      const results = message.tool_calls.map((call) => callTool(tools, call));
      calls.push(...results.map(({ made }) => made));
      run.push(...results.map((result) => result.message));
    }
    throw new Error('the model never stopped calling tools');
  };
};
