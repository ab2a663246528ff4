import { capitalise, normalise, words } from './lexicon/words.ts';
import type { Recollection } from './recollect.ts';
import type { ToolCall } from './conversation.ts';
import type { Change, Listed, Memory } from './memory.ts';
import { carArgument, momentOf, offerTimes } from './booking-answer.ts';
import { PHRASES } from './phrases.ts';
import { QUESTIONS, type Question } from './questions.ts';
import { type Car, carName, findCars } from './slots/car.ts';
import { type CancelResult, type ChangeResult, type ListedBooking, readBookings, readCancel, readChange } from './tool-results.ts';
import { nameOfWork } from './works.ts';

type Planned = Readonly<{ name: string; args: Readonly<Record<string, unknown>> }>;

const ORDINALS = [words('перв\\p{L}+'), words('втор\\p{L}+'), words('трет\\p{L}+')];
const made = (calls: readonly ToolCall[], name: string): readonly ToolCall[] => calls.filter((call) => call.name === name);

const lineOf = ({ number, car, services, wished }: ListedBooking): string =>
  `№${number}: ${[car, services.join(', '), wished ? `осмотр ${wished}` : 'время осмотра согласует менеджер'].filter(Boolean).join(', ')}`;

const listOf = (bookings: readonly ListedBooking[]): string => bookings.map((booking) => `- ${lineOf(booking)}`).join('\n');

const asksWhich = ({ asked }: Memory): boolean => asked === 'which_cancel' || asked === 'which_change';

/** «№7», «заявку 7»; a bare number only as the answer to «какую?»: «в 16» is no number of a booking. */
const byNumber = (listed: readonly Listed[], plain: string, { bare }: { bare: boolean }): Listed | undefined =>
  listed.find(({ number }) => new RegExp(`(?:№ ?|заявк\\p{L}* (?:номер )?)${number}(?!\\d)${bare ? `|^\\D*${number}\\D*$` : ''}`, 'u').test(plain));

const byPlace = (listed: readonly Listed[], plain: string): Listed | undefined => {
  const place = ORDINALS.findIndex((pattern) => pattern.test(plain));
  return place < 0 ? undefined : listed[place];
};

const byCar = (listed: readonly Listed[], car: Car | undefined): Listed | undefined => {
  const [only, ...others] = car ? listed.filter(({ line }) => findCars(line).some((other) => carName(other) === carName(car))) : [];
  return others.length > 0 ? undefined : only;
};

/** The booking a message means among several: by number, by place in our list, or by its car. */
const chosenNumber = ({ memory, before, said }: Recollection, bookings: readonly ListedBooking[]): number | undefined => {
  const listed = bookings.length > 0 ? bookings.map((booking) => ({ number: booking.number, line: lineOf(booking) })) : before.listed;
  const plain = normalise(said.text);
  const newCar = memory.change?.car !== undefined; // the car that is named is the one to be
  return (byNumber(listed, plain, { bare: asksWhich(before) }) ?? byPlace(listed, plain) ?? (newCar ? undefined : byCar(listed, said.car)))?.number;
};

const numberArgument = (number: number | undefined): Readonly<Record<string, number>> => (number === undefined ? {} : { number });

/** One call; and once more with the number when the tool asked which booking and the message says it. */
const planOnce = (
  recollection: Recollection,
  { name, args, refusal }: Planned & Readonly<{ refusal: readonly ListedBooking[] | undefined }>,
): readonly Planned[] => {
  const calls = made(recollection.turn.calls, name);
  if (calls.length === 0) return [{ name, args: { ...numberArgument(asksWhich(recollection.before) ? chosenNumber(recollection, []) : undefined), ...args } }];
  const number = calls.length === 1 && refusal ? chosenNumber(recollection, refusal) : undefined;
  return number === undefined ? [] : [{ name, args: { number, ...args } }];
};

// ——— cancelling

const isClearCancel = ({ memory, said, before }: Recollection): boolean => {
  if (memory.collecting || said.stopsBooking) return false;
  if (before.asked === 'cancel_sure') return said.intents.has('yes') || said.intents.has('cancel');
  if (before.asked === 'which_cancel') return chosenNumber({ memory, said, before, turn: { customer: '', calls: [], answer: undefined } }, []) !== undefined;
  return said.intents.has('cancel') && !said.intents.has('cancel_soft');
};

const REASON = /продал|заболел|уезжа|улета|передумал|не смогу|не получ|дорого|нашел|нашли|так как|потому|другом (?:сервис|месте)/u;

export const planCancel = (recollection: Recollection): readonly Planned[] => {
  if (!isClearCancel(recollection)) return [];
  const result = made(recollection.turn.calls, 'cancel_booking').map(readCancel).at(-1);
  const reason = REASON.test(normalise(recollection.said.text)) ? { reason: recollection.said.text.trim().slice(0, 200) } : {};
  return planOnce(recollection, { name: 'cancel_booking', args: reason, refusal: result?.ok === false ? result.bookings : undefined });
};

const whichText = ({ bookings, message }: Readonly<{ bookings: readonly ListedBooking[]; message: string }>, question: Question): string =>
  bookings.length === 0 ? message || PHRASES.noBooking : `У вас несколько заявок:\n\n${listOf(bookings)}\n\n${QUESTIONS[question]}`;

const refusedText = ({ reason, message, bookings }: CancelResult & { ok: false }, question: Question): string => {
  if (reason === 'which') return whichText({ bookings, message }, question);
  return reason === 'none' ? PHRASES.noBooking : message || PHRASES.changeFailed;
};

const cancelledText = (result: CancelResult | null): string => {
  if (!result) return PHRASES.changeFailed;
  if (!result.ok) return refusedText(result, 'which_cancel');
  return `Заявка №${result.number} ${result.repeated ? 'уже ' : ''}отменена. Если понадобится записаться снова, напишите.`;
};

/** What became of a cancellation, or the question before it; undefined when none was asked for. */
export const cancelText = (recollection: Recollection): string | undefined => {
  const { memory, said, before, turn } = recollection;
  const call = made(turn.calls, 'cancel_booking').at(-1);
  if (call) return cancelledText(readCancel(call));
  if (memory.collecting || said.stopsBooking) return undefined;
  if (before.asked === 'cancel_sure' && said.intents.has('no')) return 'Хорошо, запись остаётся.';
  return said.intents.has('cancel') ? QUESTIONS.cancel_sure : undefined;
};

// ——— questions about bookings

const asksAboutBookings = ({ said, memory }: Recollection): boolean => said.intents.has('my_booking') && !memory.collecting;

/** The tool is asked what only the database knows. */
export const planFind = (recollection: Recollection): readonly Planned[] =>
  asksAboutBookings(recollection) && made(recollection.turn.calls, 'find_bookings').length === 0 ? [{ name: 'find_bookings', args: {} }] : [];

const CALLBACK = ' Менеджер перезвонит и подтвердит время.';

export const bookingsText = (recollection: Recollection): string | undefined => {
  if (!asksAboutBookings(recollection)) return undefined;
  const call = made(recollection.turn.calls, 'find_bookings').at(-1);
  const bookings = call && readBookings(call);
  if (!bookings) return 'Сейчас не получается посмотреть заявки, спросите, пожалуйста, чуть позже.';
  const [only, ...others] = bookings;
  if (!only) return PHRASES.noBooking;
  return others.length > 0
    ? `Ваши заявки:\n\n${listOf(bookings)}\n`
    : `Ваша заявка ${lineOf(only)}.${only.status === 'confirmed' ? ' Запись подтверждена.' : CALLBACK}`;
};

// ——— changing

const wantsChange = ({ memory }: Recollection): boolean => memory.moving || memory.change !== undefined;

type Found = Readonly<{ booking: ListedBooking; ask: readonly Planned[] }> | Readonly<{ booking: undefined; ask: readonly Planned[] }>;

/** The booking as it is now, before its works are changed: the new list must name the old ones too. */
const currentOf = (recollection: Recollection): Found => {
  const call = made(recollection.turn.calls, 'find_bookings').at(-1);
  if (!call) return { booking: undefined, ask: [{ name: 'find_bookings', args: {} }] };
  const bookings = readBookings(call) ?? [];
  const number = chosenNumber(recollection, bookings) ?? recollection.memory.booked?.number;
  const booking = bookings.length === 1 ? bookings[0] : bookings.find((one) => one.number === number);
  return booking ? { booking, ask: [] } : { booking: undefined, ask: [] };
};

const worksToLookUp = ({ memory, turn }: Recollection): readonly Planned[] =>
  (memory.change?.works?.words ?? [])
    .filter((service) => !turn.calls.some(({ name, args }) => name === 'find_prices' && args['service'] === service))
    .map((service) => {
      const car = memory.booked?.car;
      return { name: 'find_prices', args: { service, ...(car ? { car: carName(car) } : {}) } };
    });

/** What the customer puts in the place of: «вместо бампера» drops the bumper, «только фары» everything. */
const keptServices = (services: readonly string[], { said }: Recollection): readonly string[] => {
  const dropped = /вместо (\p{L}{3,4})/u.exec(normalise(said.text))?.[1];
  if (dropped === undefined) return [];
  return services.filter((service) => !normalise(service).includes(dropped));
};

const newServices = (recollection: Recollection, booking: ListedBooking | undefined): readonly string[] => {
  const works = recollection.memory.change?.works;
  if (!works) return [];
  const old = booking?.services ?? [];
  const kept = works.instead ? keptServices(old, recollection) : old.filter((service) => service !== 'Осмотр');
  const added = works.words.flatMap((service) => (works.instead && isDropped(service, recollection) ? [] : nameOfWork(service, recollection.turn.calls)));
  return [...new Set([...kept, ...added])];
};

const isDropped = (service: string, { said }: Recollection): boolean => {
  const dropped = /вместо (\p{L}{3,4})/u.exec(normalise(said.text))?.[1];
  return dropped !== undefined && normalise(service).includes(dropped);
};

const changeArguments = (memory: Memory, services: readonly string[]): Readonly<Record<string, unknown>> => {
  const wished = memory.moving ? momentOf(memory) : undefined;
  const { phone, name, car } = memory.change ?? {};
  return {
    ...(wished ? { wished_at: wished } : {}),
    ...(phone ? { phone } : {}),
    ...(name ? { name } : {}),
    ...(car ? { car: carArgument(car) } : {}),
    ...(services.length > 0 ? { services } : {}),
  };
};

const planWorks = (recollection: Recollection): Readonly<{ calls: readonly Planned[]; services: readonly string[]; number: number | undefined }> => {
  if (!recollection.memory.change?.works) return { calls: [], services: [], number: undefined };
  const { booking, ask } = currentOf(recollection);
  const lookUps = ask.length > 0 ? ask : worksToLookUp(recollection);
  return { calls: lookUps, services: newServices(recollection, booking), number: booking?.number };
};

/** Look-ups first, then the change itself. */
export const planChange = (recollection: Recollection): readonly Planned[] => {
  if (!wantsChange(recollection) || recollection.memory.issue !== undefined) return [];
  const { calls, services, number } = planWorks(recollection);
  if (calls.length > 0) return calls;
  const args = changeArguments(recollection.memory, services);
  if (Object.keys(args).length === 0 || isOpenMove(recollection)) return [];
  const result = made(recollection.turn.calls, 'change_booking').map(readChange).at(-1);
  return planOnce(recollection, {
    name: 'change_booking',
    args: { ...numberArgument(number), ...args },
    refusal: result?.ok === false ? result.bookings : undefined,
  });
};

/** A move whose moment is not said yet: it is asked for first. */
const isOpenMove = ({ memory }: Recollection): boolean => memory.moving && momentOf(memory) === undefined;

const ALREADY_SO = 'так в заявке уже и записано';

const saidContact = ({ phone, name, car }: Change): readonly string[] => [
  phone ? `телефон ${phone}` : '',
  name ? `имя ${name}` : '',
  car ? `машина ${carName(car)}` : '',
];

const changedText = ({ number, wished, services, changed }: ChangeResult & { ok: true }, { memory }: Recollection): string => {
  if (changed.length === 0) return `Заявка №${number}: ${ALREADY_SO}${wished ? `, ${wished}` : ''}.`;
  const { moving, change = {} } = memory;
  const details = [moving && wished ? `осмотр ${wished}` : '', change.works ? `работы: ${services.join(', ')}` : '', ...saidContact(change)].filter(Boolean);
  return `Готово, изменил заявку №${number}${details.length > 0 ? `: ${details.join('; ')}` : ''}. Менеджер увидит изменение и перезвонит.`;
};

const REFUSALS: Readonly<Record<string, (result: ChangeResult & { ok: false }) => string>> = {
  which: (result) => whichText(result, 'which_change'),
  none: () => PHRASES.noBooking,
  bad_phone: () => `${PHRASES.badPhone} ${QUESTIONS.phone}`,
  nothing: ({ message }) => capitalise(message || 'В заявке уже так и записано.'),
};

/** What became of a change; undefined when none was tried. */
export const changeText = (recollection: Recollection): string | undefined => {
  const call = made(recollection.turn.calls, 'change_booking').at(-1);
  if (!call) return undefined;
  const result = readChange(call);
  if (!result) return PHRASES.changeFailed;
  if (result.ok) return changedText(result, recollection);
  const say = REFUSALS[result.reason];
  return say ? say(result) : offerTimes(result.message || 'На это время записать не получится.', result.nearest, 'move');
};
