import { findIntents, hasAny, type Intent } from './intents.ts';
import type { Memory } from './memory.ts';
import { normalise, words } from './lexicon/words.ts';
import { asksTime } from './questions.ts';
import { type Car, carFromAnswer, carName, findCars, withoutCar } from './slots/car.ts';
import { findName, nameFromAnswer } from './slots/name.ts';
import { findPhones } from './slots/phone.ts';
import { type Asked, findAsked, isVague, leftoverService } from './slots/service.ts';
import { findWhen, findWhenProblem, type When } from './slots/when.ts';

/** What one message of the customer says, read in the light of what we had asked. */
export type Said = Readonly<{
  text: string;
  intents: ReadonlySet<Intent>;
  services: readonly Asked[];
  cars: readonly Car[];
  car: Car | undefined;
  name: string | undefined;
  phones: readonly string[];
  when: When;
  /** Why the moment that was said cannot be, as a sentence. */
  whenProblem: string | undefined;
  isVague: boolean;
  isEnglish: boolean;
  isPrice: boolean;
  wantsBooking: boolean;
  stopsBooking: boolean;
  /** Another time for the booking that was made. */
  moves: boolean;
}>;

const HEAD = 4_000;
const TAIL = 1_000;
/** A novel is read at its beginning and end: every rule stays cheap, and a request is rarely in the middle. */
const shorten = (text: string): string => (text.length > HEAD + TAIL ? `${text.slice(0, HEAD)}\n${text.slice(-TAIL)}` : text);

const OTHER_TOPICS: readonly Intent[] = [
  'address',
  'hours',
  'contact',
  'human',
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
];
const TURNS_AWAY: readonly Intent[] = ['no', 'later', 'decline', 'cancel', 'thanks', 'move', 'refuse'];
/** A question in between: what we had asked stays open. */
export const isDigression = (intents: ReadonlySet<Intent>): boolean =>
  OTHER_TOPICS.some((topic) => intents.has(topic) && !TURNS_AWAY.includes(topic)) && !hasAny(intents, ...TURNS_AWAY);
export const asksSomethingElse = (intents: ReadonlySet<Intent>): boolean => hasAny(intents, ...OTHER_TOPICS);

const NO_NAME_THEN: readonly Intent[] = [...OTHER_TOPICS, 'price', 'booking', 'yes', 'unsure', 'any_time'];

type Context = Readonly<{ memory: Memory; intents: ReadonlySet<Intent>; phones: readonly string[] }>;

const readName = (text: string, { memory, intents, phones }: Context): string | undefined => {
  if (memory.asked === 'name') return hasAny(intents, ...NO_NAME_THEN) ? findName(text) : nameFromAnswer(text);
  const expectsName =
    intents.has('booking') || memory.collecting || phones.length > 0 || /зовут|зовите|имя|(?<!\p{L})(?:я|это)(?!\p{L})/u.test(normalise(text));
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

const readServices = (text: string, context: Context): readonly Asked[] => {
  if (isVague(text)) return [];
  const services = findAsked(text);
  if (services.length > 0) return services;
  return asksSomethingElse(context.intents) ? [] : readUnknown(text, context);
};

const ORDINALS = [words('перв\\p{L}+'), words('втор\\p{L}+'), words('трет\\p{L}+')];
/** «Второй», «с первой»: one of several things we asked to choose from. */
export const chosenByWord = <Thing>(things: readonly Thing[], { text, intents }: Pick<Said, 'text' | 'intents'>): Thing | undefined => {
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

type Parts = Pick<Said, 'intents' | 'services' | 'cars' | 'car' | 'name' | 'phones' | 'when' | 'whenProblem'>;

const NOT_ABOUT_PRICE: readonly Intent[] = ['booking', 'duration', 'guarantee', 'hours', 'human', 'my_booking'];

/** Of a short «а на Камри?» or «Камри» alone: nothing but a car is said. */
const isOnlyAboutCar = (text: string): boolean => {
  const plain = normalise(text);
  return !/\p{L}{2}/u.test(withoutCar(plain)) || (text.length < 60 && /^а\s/u.test(plain));
};

/** «Камри» after «какая у вас машина?», «а на Камри?» after a price, and «не знаю» to the question of the car: the last price again. */
const asksForOtherCar = (text: string, { intents, car }: Parts, memory: Memory): boolean => {
  if (memory.topic.length === 0 || memory.collecting || memory.asked === 'which_car' || intents.has('booking')) return false;
  if (!car) return memory.asked === 'car' && intents.has('unsure');
  return memory.asked === 'car' || isOnlyAboutCar(text);
};

const isPriceQuestion = (text: string, parts: Parts, memory: Memory): boolean => {
  if (parts.intents.has('price_list') && parts.services.length === 0) return false;
  if (parts.intents.has('price') || (parts.intents.has('total') && memory.wanted.length > 0 && !memory.collecting)) return true;
  if (parts.services.length === 0) return asksForOtherCar(text, parts, memory);
  return !memory.collecting && !hasAny(parts.intents, ...NOT_ABOUT_PRICE);
};

export const saysWhen = ({ when, whenProblem }: Pick<Said, 'when' | 'whenProblem'>): boolean => (when.date ?? when.time ?? whenProblem) !== undefined;

const isBookingWish = (parts: Parts, memory: Memory): boolean => {
  const { intents, name, phones } = parts;
  if (intents.has('booking') || (memory.paused && phones.length > 0)) return true;
  if (memory.asked !== 'offer' || asksSomethingElse(intents)) return false;
  return intents.has('yes') || saysWhen(parts) || name !== undefined || phones.length > 0;
};

const saysAnything = (parts: Parts): boolean =>
  saysWhen(parts) || parts.services.length > 0 || parts.cars.length > 0 || parts.phones.length > 0 || parts.intents.has('booking');

const isRefusal = (parts: Parts, memory: Memory): boolean => {
  const { intents } = parts;
  if (!memory.collecting && !memory.moving) return false;
  if (intents.has('cancel') || intents.has('later')) return true;
  if (intents.has('no') && memory.asked === 'other_time' && !saysWhen(parts)) return true;
  return (intents.has('bye') || intents.has('decline')) && !saysAnything(parts);
};

const isOtherCar = (said: Car | undefined, booked: Car | undefined): boolean => said !== undefined && carName(said) !== (booked && carName(booked));

/** «Нет, лучше в пятницу», «можно перенести на 12?» after a booking; with another work or car it is a new booking. */
const isMove = (parts: Parts, memory: Memory): boolean => {
  const { intents, services, car } = parts;
  if (!memory.booked || memory.collecting || hasAny(intents, 'hours', 'my_booking', 'cancel')) return false;
  return intents.has('move') || (saysWhen(parts) && services.length === 0 && !isOtherCar(car, memory.booked.car));
};

const ENGLISH = words('how|much|price|cost|paint|repair|car|you|speak|english|can|need|want|please|hello|the|my|book|appointment|what|is|do|for|a|to', 'gu');
const isEnglish = (text: string): boolean => !/\p{Script=Cyrillic}/u.test(text) && (normalise(text).match(ENGLISH)?.length ?? 0) >= 2;

const readPhones = (text: string, { memory, intents, phones }: Context): readonly string[] => {
  const isChoice = memory.asked === 'which_phone' && phones.length === 0;
  return isChoice ? [chosenByWord(memory.phones, { text, intents }) ?? []].flat() : phones;
};

const readParts = (text: string, memory: Memory): Parts => {
  const intents = findIntents(text);
  const context: Context = { memory, intents, phones: findPhones(text) };
  const whenProblem = findWhenProblem(text);
  const cars = readCars(text, context);
  const bareHour = asksTime(memory.asked) && memory.asked !== 'day';
  return {
    intents,
    whenProblem,
    cars,
    services: readServices(text, context),
    car: cars.length === 1 ? cars[0] : undefined,
    phones: readPhones(text, context),
    name: readName(text, context),
    when: whenProblem ? { date: undefined, time: undefined } : findWhen(text, memory.now, { bareHour }),
  };
};

export const understand = (raw: string, memory: Memory): Said => {
  const text = shorten(raw);
  const parts = readParts(text, memory);
  const stopsBooking = isRefusal(parts, memory);
  const moves = !stopsBooking && isMove(parts, memory);
  return {
    text,
    ...parts,
    isVague: isVague(text),
    isEnglish: parts.cars.length === 0 && isEnglish(text),
    isPrice: isPriceQuestion(text, parts, memory),
    wantsBooking: !stopsBooking && !moves && isBookingWish(parts, memory),
    stopsBooking,
    moves,
  };
};
