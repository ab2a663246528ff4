import { hasAny } from './intents.ts';
import type { Change, Later, Memory, Wanted } from './memory.ts';
import type { Question } from './questions.ts';
import { type Car, carName } from './slots/car.ts';
import { normalise, words } from './lexicon/words.ts';
import { asksSomethingElse, DIGRESSIONS, isDigression } from './read-parts.ts';
import { changesWorks, namesSecondCar, type Said, saysWhen } from './understand.ts';
import { learnWish } from './wish.ts';

const MAX_WANTED = 6;
const MISSES_BEFORE_SKIP = 2;

const keyOf = ({ words, car }: Wanted): string => `${words}|${car ?? ''}`;
const lastOf = (works: readonly Wanted[]): readonly Wanted[] => [...new Map(works.map((work) => [keyOf(work), work])).values()].slice(-MAX_WANTED);

/** Nothing in the message is an answer to anything, nor a question of its own. */
const saysNothing = (said: Said): boolean =>
  ![said.services, said.cars, said.phones].some((found) => found.length > 0) &&
  [said.name, said.when.date, said.when.time, said.whenProblem].every((value) => value === undefined) &&
  !said.isPrice &&
  !asksSomethingElse(said.intents) &&
  !hasAny(said.intents, 'any_time', 'soon', 'morning', 'afternoon', 'evening', 'booking', 'bye', 'greeting');

const READABLE_BY_WORD: readonly Question[] = ['offer', 'confirm', 'fix', 'which_car', 'which_phone', 'other_time', 'cancel_sure', 'add'];

const isVain = (memory: Memory, said: Said): boolean => {
  if (memory.asked === undefined || said.photos > 0 || !saysNothing(said)) return false;
  return !(said.intents.has('yes') && READABLE_BY_WORD.includes(memory.asked)) && !(said.intents.has('unsure') && memory.asked !== 'phone');
};

/** «И вторую машину тоже»: one more, not named yet. */
const beginsSecond = (memory: Memory, said: Said): boolean => said.car === undefined && !memory.collecting && namesSecondCar(said, memory);

const learnCars = (memory: Memory, said: Said): Pick<Memory, 'car' | 'rivals' | 'carSkipped'> => {
  const skipped = memory.asked === 'car' && said.car === undefined && (said.intents.has('unsure') || memory.misses >= MISSES_BEFORE_SKIP);
  if (said.cars.length > 1) return { car: undefined, rivals: said.cars, carSkipped: false };
  const car = beginsSecond(memory, said) ? undefined : (said.car ?? memory.car);
  return { car, rivals: said.car ? [] : memory.rivals, carSkipped: car === undefined && (memory.carSkipped || skipped) };
};

const learnContact = (memory: Memory, said: Said): Pick<Memory, 'name' | 'nameSkipped' | 'phone' | 'phones' | 'phonePieces'> => {
  const gaveUp = memory.asked === 'name' && (hasAny(said.intents, 'refuse', 'any_time', 'unsure') || memory.misses >= MISSES_BEFORE_SKIP);
  const name = said.name ?? memory.name;
  const [phone, ...others] = said.phones;
  const contact = { name, nameSkipped: name === undefined && (memory.nameSkipped || gaveUp), phonePieces: said.phonePieces };
  if (phone === undefined) return { ...contact, phone: memory.phone, phones: memory.phones };
  return others.length > 0 ? { ...contact, phone: undefined, phones: said.phones } : { ...contact, phone, phones: [] };
};

/** The other cars of one message, each with its works, when the customer says which comes first. */
const learnLater = ({ rivals, later, wanted }: Memory, said: Said): readonly Later[] => {
  const { car, second } = said;
  if (second !== undefined) return [...later.filter((other) => carName(other.car) !== carName(second.car)), second];
  if (rivals.length === 0 || car === undefined) return later;
  const worksOf = (name: string): readonly Wanted[] => wanted.filter((work) => work.car === undefined || work.car === name);
  return rivals.filter((rival) => carName(rival) !== carName(car)).map((rival) => ({ car: rival, works: worksOf(carName(rival)) }));
};

const NOT_BUT = /(?<!\p{L})не [^,.]{1,30}[, ]+а /u;
const corrects = (said: Said): boolean => said.intents.has('fix') || NOT_BUT.test(normalise(said.text));

const contactChange = ({ booked }: Memory, said: Said): Change => {
  const [phone] = said.phones;
  const isName = said.name !== undefined && said.name !== booked?.name && (corrects(said) || /зовут|имя/u.test(normalise(said.text)));
  return { ...(phone !== undefined && phone !== booked?.phone ? { phone } : {}), ...(isName ? { name: said.name } : {}) };
};

const worksChange = (memory: Memory, said: Said): Change => {
  if (memory.asked === 'add' && said.intents.has('yes') && memory.wanted.length > 0)
    return { works: { words: memory.wanted.map(({ words }) => words), instead: false } };
  return changesWorks(said, memory) ? { works: { words: said.services.map(({ words }) => words), instead: said.intents.has('instead') } } : {};
};

/** What the message wants changed in a booking that was made; a change that waits for «какую из заявок» stays. */
const learnChange = (memory: Memory, said: Said): Change | undefined => {
  if (memory.collecting || said.stopsBooking || (memory.booked === undefined && !said.intents.has('fix'))) return memory.change;
  if (said.isPrice || hasAny(said.intents, 'my_booking', 'cancel')) return undefined;
  const change: Change = {
    ...memory.change,
    ...contactChange(memory, said),
    ...(said.car !== undefined && corrects(said) ? { car: said.car } : {}),
    ...worksChange(memory, said),
  };
  return Object.keys(change).length > 0 ? change : undefined;
};

const ofCar = (works: readonly Wanted[], car: Car | undefined): readonly Wanted[] => {
  const own = car && works.some((work) => work.car !== undefined) ? works.filter((work) => work.car === undefined || work.car === carName(car)) : works;
  return own.length > 0 ? own : works;
};

const withoutDropped = (works: readonly Wanted[], { dropped }: Said): readonly Wanted[] =>
  works.filter(({ words }) => !dropped.some((stem) => words.includes(stem)));

type Stage = Readonly<{ collecting: boolean; car: Car | undefined; misses: number }>;

/** What the booking is to be for; «осмотр» when the list has nothing of it, or the customer does not say. */
const learnWanted = (memory: Memory, said: Said, { collecting, car, misses }: Stage): readonly Wanted[] => {
  const requested = said.intents.has('booking') || (collecting && memory.asked === 'service');
  const works = said.services.map((service) => ({ ...service, requested }));
  const all = lastOf([...withoutDropped(ofCar(memory.wanted, said.car ? car : undefined), said), ...works]);
  const needsInspection =
    all.length === 0 &&
    collecting &&
    ((memory.asked === 'offer' && memory.unlisted.length > 0) || (memory.asked === 'service' && misses >= MISSES_BEFORE_SKIP));
  return needsInspection ? [{ words: 'осмотр', car: undefined, requested: true }] : all;
};

const topicOf = (memory: Memory, said: Said): readonly Wanted[] => {
  if (said.services.length > 0) return said.services.map((service) => ({ ...service, requested: false }));
  if (memory.asked === 'which_car' && said.car) return ofCar(memory.topic, said.car);
  if (said.dropped.length > 0) return withoutDropped(memory.wanted, said);
  if (said.intents.has('total') && memory.wanted.length > 0) return memory.wanted;
  // «а на Весту?» asks the same works for another car
  return said.car ? memory.topic.map((work) => ({ ...work, car: undefined })) : memory.topic;
};

export const changesDetails = (said: Said): boolean =>
  [said.services, said.cars, said.phones, said.dropped].some((found) => found.length > 0) ||
  [said.name, said.when.date, said.when.time, said.whenProblem, said.second].some(Boolean);

const CLEARLY = words('да|ага|угу|верно|правильно|точно|подтверждаю|записывай(?:те)?|запиши(?:те)?|соглас(?:ен|на)|все так|\\+');

/** Agrees to what was repeated: «можно картой?», «хорошо бы дешевле» and «можно приехать с ребёнком?» do not. */
const agrees = ({ intents, text }: Said): boolean => {
  if (!hasAny(intents, 'yes', 'booking') || hasAny(intents, 'no', 'move')) return false;
  const isPlain = !text.includes('?') && !hasAny(intents, ...DIGRESSIONS);
  return isPlain || CLEARLY.test(normalise(text));
};

/** Said «да» to everything repeated, or asked for the booking with everything in the same message. */
const isApproved = (memory: Memory, said: Said, fresh: Memory): boolean => {
  if (fresh.moving) return true;
  if (memory.asked === 'confirm') return agrees(said) && !changesDetails(said);
  const holdsAll = [said.services.length > 0, said.car, said.name, said.phones.length === 1, said.when.date, said.when.time].every(Boolean);
  return said.intents.has('booking') && holdsAll;
};

const stageOf = (memory: Memory, said: Said): Pick<Memory, 'collecting' | 'paused' | 'moving'> => {
  const isAboutPhone = memory.collecting && memory.asked === 'phone';
  if (said.stopsBooking) return { collecting: false, paused: memory.paused || (isAboutPhone && said.intents.has('later')), moving: false };
  const refusesPhone = isAboutPhone && said.intents.has('refuse');
  if (refusesPhone) return { collecting: false, paused: true, moving: false };
  if (memory.collecting || said.wantsBooking) return { collecting: true, paused: false, moving: false };
  return { collecting: false, paused: memory.paused, moving: memory.moving || said.moves };
};

/** A change of half a moment keeps the other half of the booking. */
const fromBooked = (memory: Memory): Memory => ({ ...memory, date: memory.date ?? memory.booked?.date, time: memory.time ?? memory.booked?.time });

/** «Попозже можно?», «другой день»: the moment that was said is no good, and another is not said yet. */
const openAgain = ({ text }: Said): Partial<Memory> => (/день|дату/u.test(normalise(text)) ? { date: undefined, time: undefined } : { time: undefined });

const wishOf = (memory: Memory, said: Said, { collecting, moving }: Pick<Memory, 'collecting' | 'moving'>): Partial<Memory> => {
  if (moving && saysWhen(said)) return learnWish(fromBooked(memory), said);
  if (collecting && said.intents.has('move') && !saysWhen(said)) return { ...openAgain(said), anyTime: false, part: undefined, issue: undefined };
  const isWish = collecting || moving || (saysWhen(said) && !asksSomethingElse(said.intents));
  return isWish ? learnWish(memory, said) : { issue: undefined };
};

/** The memory with what the customer has just said. */
export const learn = (before: Memory, said: Said): Memory => {
  const memory = { ...before, misses: isVain(before, said) ? before.misses + 1 : before.misses };
  const stage = stageOf(memory, said);
  const cars = learnCars(memory, said);
  const topic = topicOf(memory, said);
  const fresh: Memory = {
    ...memory,
    ...stage,
    ...cars,
    ...learnContact(memory, said),
    ...wishOf(memory, said, stage),
    topic,
    wanted: learnWanted(memory, said, { collecting: stage.collecting, car: cars.car, misses: memory.misses }),
    later: learnLater(memory, said),
    change: stage.collecting ? undefined : learnChange(memory, said),
    abused: memory.abused + (said.intents.has('abuse') ? 1 : 0),
    digresses: isDigression(said.intents) || (said.photos > 0 && saysNothing(said)),
    priceOpen: said.isPrice && topic.length === 0,
    pricing: said.isPrice && topic.length > 0,
  };
  return { ...fresh, approved: isApproved(memory, said, fresh) };
};
