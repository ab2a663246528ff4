import { countPhotos, withoutPhotos } from './marks.ts';
import { hasAny, type Intent } from './intents.ts';
import type { Later, Memory } from './memory.ts';
import { normalise, words } from './lexicon/words.ts';
import { asksSomethingElse, type Parts, readParts } from './read-parts.ts';
import { type Car, carName, withoutCar } from './slots/car.ts';
import { isVague } from './slots/service.ts';

/** What one message of the customer says. */
export type Said = Parts &
  Readonly<{
    text: string;
    isVague: boolean;
    isEnglish: boolean;
    isPrice: boolean;
    wantsBooking: boolean;
    stopsBooking: boolean;
    /** Another time for the booking that was made. */
    moves: boolean;
    /** One more car, named while the first is being booked. */
    second: Later | undefined;
    /** Pictures that came with it; what they show nobody here can see. */
    photos: number;
  }>;

const HEAD = 4_000;
const TAIL = 1_000;
/** A novel is read at its beginning and end: every rule stays cheap, and a request is rarely in the middle. */
const shorten = (text: string): string => (text.length > HEAD + TAIL ? `${text.slice(0, HEAD)}\n${text.slice(-TAIL)}` : text);

const NOT_ABOUT_PRICE: readonly Intent[] = ['booking', 'duration', 'guarantee', 'hours', 'human', 'complaint', 'my_booking', 'cancel', 'move'];

/** Of a short «а на Камри?» or «Камри» alone: nothing but a car is said. */
const isOnlyAboutCar = (text: string): boolean => {
  const plain = normalise(text);
  return !/\p{L}{2}/u.test(withoutCar(plain)) || (text.length < 60 && /^а\s/u.test(plain));
};

const NAMES_A_THING: readonly (Memory['asked'] | 'none')[] = ['which_car', 'which_cancel', 'which_change'];

/** «Камри» after «какая у вас машина?», «а на Камри?» after a price, and «не знаю» to the question of the car: the last price again. */
const asksForOtherCar = (text: string, { intents, car }: Parts, memory: Memory): boolean => {
  if (memory.topic.length === 0 || memory.collecting || memory.moving || NAMES_A_THING.includes(memory.asked)) return false;
  if (hasAny(intents, 'booking', 'fix', 'cancel', 'move')) return false;
  if (!car) return memory.asked === 'car' && intents.has('unsure');
  return memory.asked === 'car' || isOnlyAboutCar(text);
};

const isOtherCar = (said: Car | undefined, booked: Car | undefined): boolean => said !== undefined && carName(said) !== (booked && carName(booked));

/** «И ещё вторую машину, Солярис»: not the car that is spoken of or booked, but one more. */
export const namesSecondCar = ({ intents, car }: Pick<Parts, 'intents' | 'car'>, { collecting, booked, car: current }: Memory): boolean => {
  const isUnderWay = collecting || booked !== undefined;
  if (!isUnderWay || hasAny(intents, 'fix', 'cancel', 'move', 'instead', 'price', 'my_booking')) return false;
  if (car === undefined) return intents.has('second_car');
  const first = collecting ? current : booked?.car;
  return first !== undefined && isOtherCar(car, first) && hasAny(intents, 'second_car', 'add');
};

/** «Добавьте ещё полировку фар», «вместо бампера капот»: of a booking that was made. */
export const changesWorks = (parts: Pick<Parts, 'intents' | 'services' | 'car'>, memory: Memory): boolean => {
  const { booked, collecting, unlisted } = memory;
  const isOfBooked = booked !== undefined && !collecting && unlisted.length === 0 && !namesSecondCar(parts, memory);
  return isOfBooked && parts.services.length > 0 && hasAny(parts.intents, 'add', 'instead') && !parts.intents.has('price');
};

/** «Итого?», «ну хоть примерно»: the works spoken of once more. */
const asksSamePrices = ({ intents }: Parts, { topic, unlisted, wanted, collecting }: Memory): boolean =>
  (intents.has('insists') && topic.length > 0 && unlisted.length === 0) || (intents.has('total') && wanted.length > 0 && !collecting);

/** «А если без порога?» after prices: the rest of them again. */
const asksForLess = ({ dropped, services }: Parts, { wanted, collecting, booked }: Memory): boolean =>
  dropped.length > 0 && services.length === 0 && !collecting && booked === undefined && wanted.length > dropped.length;

const asksForPrice = (parts: Parts, memory: Memory): boolean => parts.intents.has('price') || asksSamePrices(parts, memory) || asksForLess(parts, memory);

const isPriceQuestion = (text: string, parts: Parts, memory: Memory): boolean => {
  if (parts.intents.has('price_list') && parts.services.length === 0) return false;
  if (changesWorks(parts, memory)) return false;
  if (asksForPrice(parts, memory)) return true;
  if (memory.asked === 'offer' && acceptsOffer(parts)) return false;
  if (parts.services.length === 0) return asksForOtherCar(text, parts, memory);
  return !memory.collecting && !hasAny(parts.intents, ...NOT_ABOUT_PRICE);
};

export const saysWhen = ({ when, whenProblem }: Pick<Said, 'when' | 'whenProblem'>): boolean => (when.date ?? when.time ?? whenProblem) !== undefined;

const isBookingWish = (parts: Parts, memory: Memory): boolean => {
  const { intents, phones } = parts;
  if (changesWorks(parts, memory) || memory.asked === 'cancel_sure') return false;
  if (intents.has('booking') || (memory.paused && phones.length > 0) || namesSecondCar(parts, memory)) return true;
  return memory.asked === 'offer' && !asksSomethingElse(intents) && acceptsOffer(parts);
};

const acceptsOffer = (parts: Parts): boolean => parts.intents.has('yes') || saysWhen(parts) || parts.name !== undefined || parts.phones.length > 0;

const saysAnything = (parts: Parts): boolean => saysThings(parts) || parts.dropped.length > 0 || parts.intents.has('booking');

const isRefusal = (parts: Parts, memory: Memory): boolean => {
  const { intents } = parts;
  if (!memory.collecting && !memory.moving) return false;
  if (intents.has('cancel') || intents.has('later')) return true;
  if (intents.has('no') && memory.asked === 'other_time' && !saysWhen(parts)) return true;
  return (intents.has('bye') || intents.has('decline')) && !saysAnything(parts);
};

/** «Нет, лучше в пятницу», «можно перенести на 12?» after a booking; with another work or car it is a new booking. */
const isMove = (parts: Parts, memory: Memory): boolean => {
  const { intents, services, car } = parts;
  if (memory.collecting || hasAny(intents, 'hours', 'my_booking', 'cancel', 'bye')) return false;
  if (intents.has('move')) return true;
  if (!memory.booked || memory.asked === 'offer') return false; // «да, в субботу» to the offer for another car is no move
  return saysWhen(parts) && services.length === 0 && !isOtherCar(car, memory.booked.car);
};

const ENGLISH = words('how|much|price|cost|paint|repair|car|you|speak|english|can|need|want|please|hello|the|my|book|appointment|what|is|do|for|a|to', 'gu');
const isEnglish = (text: string): boolean => !/\p{Script=Cyrillic}/u.test(text) && (normalise(text).match(ENGLISH)?.length ?? 0) >= 2;

const NOTHING_SAID: Omit<Parts, 'intents'> = {
  whenProblem: undefined,
  cars: [],
  services: [],
  car: undefined,
  phones: [],
  phonePieces: '',
  dropped: [],
  name: undefined,
  when: { date: undefined, time: undefined },
};

/** «да, запишите» once more after a booking: what is asked for is there already. */
const asksAgain = (parts: Parts, { booked, collecting, wanted, asked }: Memory): boolean =>
  booked !== undefined &&
  !collecting &&
  asked === undefined &&
  wanted.length === 0 &&
  hasAny(parts.intents, 'booking') &&
  parts.intents.has('yes') &&
  !saysThings(parts);

const saysThings = (parts: Parts): boolean => saysWhen(parts) || parts.services.length > 0 || parts.cars.length > 0 || parts.phones.length > 0;

/** «И ещё Солярис, тоже бампер» while the first is being booked: the first goes on, the second waits for its turn. */
const secondOf = (parts: Parts, memory: Memory): Later | undefined => {
  const { car, services } = parts;
  if (!memory.collecting || car === undefined || !namesSecondCar(parts, memory)) return undefined;
  const works = services.length > 0 ? services.map((service) => ({ ...service, requested: true })) : memory.wanted;
  return { car, works };
};

/** What of a message counts, by what kind of message it is. */
const settle = (parts: Parts, memory: Memory, photos: number): Parts => {
  if (secondOf(parts, memory)) return { ...parts, cars: [], services: [], car: undefined, when: { date: undefined, time: undefined } };
  if (parts.intents.has('injection')) return { ...parts, ...NOTHING_SAID }; // an attempt to give orders tells nothing about a car
  if (asksAgain(parts, memory)) return { ...parts, intents: new Set<Intent>(['my_booking']) };
  // «вот дверь» under a photo says what is to be seen, not what is to be done
  if (photos > 0 && !hasAny(parts.intents, 'price', 'booking')) return { ...parts, services: [] };
  return parts;
};

export const understand = (raw: string, memory: Memory): Said => {
  const text = shorten(withoutPhotos(raw));
  const photos = countPhotos(raw);
  const read = readParts(text, memory);
  const parts = settle(read, memory, photos);
  const stopsBooking = isRefusal(parts, memory);
  const moves = !stopsBooking && isMove(parts, memory);
  return {
    text,
    ...parts,
    isVague: isVague(text),
    isEnglish: parts.cars.length === 0 && !parts.intents.has('injection') && isEnglish(text),
    isPrice: isPriceQuestion(text, parts, memory),
    wantsBooking: !stopsBooking && !moves && isBookingWish(parts, memory),
    stopsBooking,
    moves,
    photos,
    second: secondOf(read, memory),
  };
};
