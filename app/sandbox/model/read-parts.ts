import { findIntents, hasAny, type Intent } from './intents.ts';
import type { Memory } from './memory.ts';
import { normalise, words } from './lexicon/words.ts';
import { asksTime } from './questions.ts';
import { type Car, carFromAnswer, findCars } from './slots/car.ts';
import { findName, nameFromAnswer } from './slots/name.ts';
import { findPhones, joinPieces, phonePiece } from './slots/phone.ts';
import { type Asked, findAsked, isPartOnly, isVague, leftoverService, partOf } from './slots/service.ts';
import { findShift, shifted, withoutShift } from './slots/shift.ts';
import { findWhen, findWhenProblem, type When } from './slots/when.ts';

/** What is found in one message, read in the light of what we had asked; what it means is `understand.ts`. */
export type Parts = Readonly<{
  intents: ReadonlySet<Intent>;
  services: readonly Asked[];
  cars: readonly Car[];
  car: Car | undefined;
  name: string | undefined;
  phones: readonly string[];
  /** What there is so far of a number that comes in pieces. */
  phonePieces: string;
  /** Stems of parts that are no longer wanted: «без порога», «крыло не надо». */
  dropped: readonly string[];
  when: When;
  /** Why the moment that was said cannot be, as a sentence. */
  whenProblem: string | undefined;
}>;

const OTHER_TOPICS: readonly Intent[] = [
  'address',
  'hours',
  'contact',
  'human',
  'complaint',
  'injection',
  'haggle',
  'duration',
  'guarantee',
  'payment',
  'discount',
  'who_are_you',
  'how_are_you',
  'help',
  'cancel',
  'move',
  'no',
  'later',
  'my_booking',
  'why',
  'refuse',
  'abuse',
  'price_list',
  'decline',
  'thanks',
  'bring',
];
const TURNS_AWAY: readonly Intent[] = ['no', 'later', 'decline', 'cancel', 'thanks', 'move', 'refuse'];
/** Questions in between: what we had asked stays open. */
export const DIGRESSIONS: readonly Intent[] = OTHER_TOPICS.filter((topic) => !TURNS_AWAY.includes(topic));
export const isDigression = (intents: ReadonlySet<Intent>): boolean => hasAny(intents, ...DIGRESSIONS) && !hasAny(intents, ...TURNS_AWAY);
export const asksSomethingElse = (intents: ReadonlySet<Intent>): boolean => hasAny(intents, ...OTHER_TOPICS);

const NO_NAME_THEN: readonly Intent[] = [...OTHER_TOPICS, 'price', 'booking', 'yes', 'unsure', 'any_time'];

type Context = Readonly<{ memory: Memory; intents: ReadonlySet<Intent>; phones: readonly string[] }>;

const readName = (text: string, { memory, intents, phones }: Context): string | undefined => {
  if (memory.asked === 'name') return hasAny(intents, ...NO_NAME_THEN) ? findName(text) : nameFromAnswer(text);
  const expectsName =
    intents.has('booking') ||
    memory.collecting ||
    memory.asked === 'offer' ||
    phones.length > 0 ||
    /зовут|зовите|имя|(?<!\p{L})(?:я|это)(?!\p{L})/u.test(normalise(text));
  return expectsName ? findName(text) : undefined;
};

const unknownService = (text: string): readonly Asked[] => [leftoverService(text) ?? []].flat().map((service) => ({ words: service, car: undefined }));

/** Words we know no service by, when the customer was clearly naming one. */
const readUnknown = (text: string, { memory, intents }: Context): readonly Asked[] => {
  if (intents.has('price')) return intents.has('total') || /во сколько/u.test(normalise(text)) ? [] : unknownService(text);
  if (memory.asked !== 'service' || findName(text) !== undefined) return [];
  if (memory.collecting && intents.has('unsure')) return [{ words: 'осмотр', car: undefined }];
  return memory.collecting || memory.priceOpen ? unknownService(text) : [];
};

const LIKEWISE = words('тоже|то же|так же|также');

/** «только дверь» after «покрасить дверь», «тоже бампер» after a booking for one: the work that was spoken of. */
const knownWork = (service: Asked, text: string, { wanted, collecting, booked }: Memory): Asked => {
  const likewise = LIKEWISE.test(normalise(text));
  if ((collecting && !likewise) || !isPartOnly(service.words)) return service;
  const spoken = [...wanted, ...(likewise ? (booked?.wanted ?? []) : [])];
  const known = spoken.find(({ words: work }) => work.includes(partOf(service.words) ?? '?') && !isPartOnly(work));
  return known ? { words: known.words, car: service.car } : service;
};

/** «вместо крыла»: what is no longer wanted. */
const INSTEAD_OF = /вместо (?:(?:по)?крас\p{L}+ |полиров\p{L}+ )?\p{L}+/giu;
const DROPPED = [
  /(?<!\p{L})(?:без|кроме|уберите|убери) (?:(?:по)?крас\p{L}+ |полиров\p{L}+ |антикор\p{L}+ )?(\p{L}{3,})/giu,
  /(?<!\p{L})а не (?:на |по)?(\p{L}{3,})/giu,
  /(?<!\p{L})не (\p{L}{3,}),? а /giu,
  /(?<!\p{L})(\p{L}{3,}) (?:пока |уже |все-таки )?не (?:надо|нужно|нужен|нужна|будем)/giu,
];

/** «Капот, а не бампер» after «покрасить бампер»: the same is to be done to another part. */
const inPlaceOf = (service: Asked, dropped: readonly string[], { wanted }: Memory): Asked => {
  const old = isPartOnly(service.words) ? wanted.find(({ words: work }) => !isPartOnly(work) && dropped.some((stem) => work.includes(stem))) : undefined;
  return old ? { ...service, words: `${old.words.split(' ')[0] ?? ''} ${service.words}` } : service;
};

/** Of works that were spoken of: others may be meant by the same words. */
const readDropped = (text: string, { wanted }: Memory): readonly string[] => {
  const named = DROPPED.flatMap((pattern) => [...normalise(text).matchAll(pattern)]).map(([, word = '']) => word.slice(0, 4));
  return [...new Set(named)].filter((stem) => wanted.some(({ words: work }) => work.includes(stem)));
};

/** «А если два элемента, скидка будет?» names no work. */
const isAboutDiscount = (intents: ReadonlySet<Intent>): boolean => intents.has('discount') && !hasAny(intents, 'price', 'booking', 'add');

const readServices = (text: string, context: Context): readonly Asked[] => {
  if (isVague(text) || isAboutDiscount(context.intents)) return [];
  const { memory } = context;
  const dropped = readDropped(text, memory);
  const rest = dropped.length > 0 ? DROPPED.reduce((part, pattern) => part.replaceAll(pattern, ' '), normalise(text)) : text;
  const services = findAsked(rest.replaceAll(INSTEAD_OF, ' '));
  if (services.length > 0) return services.map((service) => knownWork(inPlaceOf(service, dropped, memory), text, memory));
  if (dropped.length > 0) return [];
  return asksSomethingElse(context.intents) ? [] : readUnknown(text, context);
};

const ORDINALS = [words('перв\\p{L}+'), words('втор\\p{L}+'), words('трет\\p{L}+')];
/** «Второй», «с первой»: one of several things we asked to choose from. */
export const chosenByWord = <Thing>(
  things: readonly Thing[],
  { text, intents }: Readonly<{ text: string; intents: ReadonlySet<Intent> }>,
): Thing | undefined => {
  const plain = normalise(text);
  const index = ORDINALS.findIndex((ordinal) => ordinal.test(plain));
  if (index >= 0) return things[index];
  return hasAny(intents, 'yes', 'any_time', 'unsure') ? things[0] : undefined;
};

const readCars = (text: string, { memory, intents }: Context): readonly Car[] => {
  const found = findCars(text);
  if (memory.asked === 'which_car' && found.length === 0) return [chosenByWord(memory.rivals, { text, intents }) ?? []].flat();
  if (memory.asked !== 'car' || found.length > 1 || intents.has('price') || asksSomethingElse(intents)) return found;
  return [carFromAnswer(text) ?? []].flat();
};

type Phones = Pick<Parts, 'phones' | 'phonePieces'>;

const readPhones = (text: string, { memory, intents, phones }: Context): Phones => {
  const none = { phones, phonePieces: '' };
  if (phones.length > 0) return none;
  if (memory.asked === 'which_phone') return { ...none, phones: [chosenByWord(memory.phones, { text, intents }) ?? []].flat() };
  const piece = memory.asked === 'phone' ? phonePiece(text) : '';
  if (piece === '') return { ...none, phonePieces: memory.phonePieces };
  const { phone, pieces } = joinPieces(memory.phonePieces, piece);
  return { phones: [phone ?? []].flat(), phonePieces: pieces };
};

/** The moment of a booking under way or made, which «на полчаса позже» moves. */
const spokenMoment = ({ collecting, date, time, booked }: Memory): When =>
  collecting || (date ?? time) !== undefined ? { date, time } : { date: booked?.date, time: booked?.time };

const readWhen = (text: string, memory: Memory): When => {
  const bareHour = asksTime(memory.asked) && memory.asked !== 'day';
  const said = findWhen(withoutShift(normalise(text)), memory.now, { bareHour });
  const shift = findShift(text);
  return shift === undefined || (said.date ?? said.time) !== undefined ? said : shifted(spokenMoment(memory), shift);
};

/** Everything a message names. */
export const readParts = (text: string, memory: Memory): Parts => {
  const intents = findIntents(text);
  const context: Context = { memory, intents, phones: findPhones(text) };
  const whenProblem = findWhenProblem(text);
  const cars = readCars(text, context);
  return {
    intents,
    whenProblem,
    cars,
    services: readServices(text, context),
    car: cars.length === 1 ? cars[0] : undefined,
    ...readPhones(text, context),
    dropped: readDropped(text, memory),
    name: readName(text, context),
    when: whenProblem ? { date: undefined, time: undefined } : readWhen(text, memory),
  };
};
