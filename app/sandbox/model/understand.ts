import { findIntents, type Intent } from './intents.ts';
import type { Memory } from './memory.ts';
import { normalise } from './lexicon/words.ts';
import { type Car, carFromAnswer, findCar, withoutCar } from './slots/car.ts';
import { findName, nameFromAnswer } from './slots/name.ts';
import { findPhone } from './slots/phone.ts';
import { findServices, leftoverService } from './slots/service.ts';
import { findWhen, type When } from './slots/when.ts';

/** What one message of the customer says, read in the light of what we had asked. */
export type Said = Readonly<{
  text: string;
  intents: ReadonlySet<Intent>;
  services: readonly string[];
  car: Car | undefined;
  name: string | undefined;
  phone: string | undefined;
  when: When;
  isPrice: boolean;
  wantsBooking: boolean;
  stopsBooking: boolean;
}>;

const HEAD = 4_000;
const TAIL = 1_000;
/** A novel is read at its beginning and end: every rule stays cheap, and a request is rarely in the middle. */
const shorten = (text: string): string => (text.length > HEAD + TAIL ? `${text.slice(0, HEAD)}\n${text.slice(-TAIL)}` : text);

const TIME_QUESTIONS: ReadonlySet<string> = new Set(['when', 'time', 'other_time']);
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
];

const readName = (text: string, { memory, booking, phone }: { memory: Memory; booking: boolean; phone: string | undefined }): string | undefined => {
  if (memory.asked === 'name') return nameFromAnswer(text);
  return booking || memory.collecting || phone !== undefined || /зовут|имя/u.test(normalise(text)) ? findName(text) : undefined;
};

const unknownService = (text: string): readonly string[] => [leftoverService(text) ?? []].flat();

/** Services by our lexicon; without one, whatever words are left when the customer was clearly naming a service. */
const readServices = (text: string, { memory, intents }: { memory: Memory; intents: ReadonlySet<Intent> }): readonly string[] => {
  const services = findServices(text);
  if (services.length > 0) return services;
  if (OTHER_TOPICS.some((topic) => intents.has(topic))) return [];
  if (intents.has('price')) return /во сколько/u.test(normalise(text)) ? [] : unknownService(text);
  if (memory.asked !== 'service') return [];
  if (memory.collecting && intents.has('unsure')) return ['осмотр'];
  return memory.collecting || memory.priceOpen ? unknownService(text) : [];
};

type Parts = Pick<Said, 'intents' | 'services' | 'car' | 'name' | 'phone' | 'when'>;

const NOT_ABOUT_PRICE: readonly Intent[] = ['booking', 'duration', 'guarantee', 'hours', 'human'];

/** «Камри» after «какая у вас машина?», and «а на Камри?» after a price, ask the last price for that car. */
const asksForOtherCar = (text: string, { intents, car }: Parts, memory: Memory): boolean => {
  if (!car || memory.topic.length === 0 || memory.collecting || intents.has('booking')) return false;
  const plain = normalise(text);
  const isOnlyCar = !/\p{L}{2}/u.test(withoutCar(plain));
  return memory.asked === 'car' || isOnlyCar || (text.length < 60 && /^а\s/u.test(plain));
};

const isPriceQuestion = (text: string, parts: Parts, memory: Memory): boolean => {
  if (parts.intents.has('price')) return true;
  if (parts.services.length === 0) return asksForOtherCar(text, parts, memory);
  return !memory.collecting && !NOT_ABOUT_PRICE.some((topic) => parts.intents.has(topic));
};

const isBookingWish = ({ intents, when, name, phone }: Parts, memory: Memory): boolean => {
  if (intents.has('booking')) return true;
  if (memory.asked !== 'offer' || intents.has('no') || intents.has('later')) return false;
  return intents.has('yes') || [when.date, when.time, name, phone].some((value) => value !== undefined);
};

const isRefusal = ({ intents }: Parts, memory: Memory): boolean =>
  memory.collecting && (intents.has('cancel') || intents.has('later') || (intents.has('no') && memory.asked === 'other_time'));

export const understand = (raw: string, memory: Memory): Said => {
  const text = shorten(raw);
  const intents = findIntents(text);
  const phone = findPhone(text);
  const parts: Parts = {
    intents,
    phone,
    services: readServices(text, { memory, intents }),
    car: memory.asked === 'car' && !intents.has('price') && !OTHER_TOPICS.some((topic) => intents.has(topic)) ? carFromAnswer(text) : findCar(text),
    name: readName(text, { memory, booking: intents.has('booking'), phone }),
    when: findWhen(text, memory.now, { bareHour: TIME_QUESTIONS.has(memory.asked ?? '') }),
  };
  const stopsBooking = isRefusal(parts, memory);
  return { text, ...parts, isPrice: isPriceQuestion(text, parts, memory), wantsBooking: !stopsBooking && isBookingWish(parts, memory), stopsBooking };
};
