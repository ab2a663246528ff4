import { findIntents, hasAny, type Intent } from './intents.ts';
import type { Memory } from './memory.ts';
import { normalise, words } from './lexicon/words.ts';
import { asksTime } from './questions.ts';
import { type Car, carFromAnswer, findCars } from './slots/car.ts';
import { findName, nameFromAnswer } from './slots/name.ts';
import { findPhones } from './slots/phone.ts';
import { type Asked, findAsked, isPartOnly, isVague, leftoverService, partOf } from './slots/service.ts';
import { findWhen, findWhenProblem, type When } from './slots/when.ts';

/** What is found in one message, read in the light of what we had asked; what it means is `understand.ts`. */
export type Parts = Readonly<{
  intents: ReadonlySet<Intent>;
  services: readonly Asked[];
  cars: readonly Car[];
  car: Car | undefined;
  name: string | undefined;
  phones: readonly string[];
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

/** «только дверь» after «покрасить дверь»: the work that was spoken of. */
const knownWork = (service: Asked, { wanted, collecting }: Memory): Asked => {
  const known =
    !collecting && isPartOnly(service.words) ? wanted.find(({ words }) => words.includes(partOf(service.words) ?? '?') && !isPartOnly(words)) : undefined;
  return known ? { words: known.words, car: service.car } : service;
};

/** «вместо крыла»: what is no longer wanted. */
const INSTEAD_OF = /вместо (?:(?:по)?крас\p{L}+ |полиров\p{L}+ )?\p{L}+/giu;

const readServices = (text: string, context: Context): readonly Asked[] => {
  if (isVague(text)) return [];
  const services = findAsked(text.replaceAll(INSTEAD_OF, ' '));
  if (services.length > 0) return services.map((service) => knownWork(service, context.memory));
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

const readPhones = (text: string, { memory, intents, phones }: Context): readonly string[] => {
  const isChoice = memory.asked === 'which_phone' && phones.length === 0;
  return isChoice ? [chosenByWord(memory.phones, { text, intents }) ?? []].flat() : phones;
};

/** Everything a message names. */
export const readParts = (text: string, memory: Memory): Parts => {
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
