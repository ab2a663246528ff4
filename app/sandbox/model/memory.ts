import type { DayPart, OpeningHours, WishIssue } from './opening-hours.ts';
import type { Question } from './questions.ts';
import type { LocalNow } from './slots/calendar.ts';
import { type Car, carName } from './slots/car.ts';
import type { Kept } from './summary.ts';

/** A work in the customer's words. `car` when the message named several; `requested` when it was asked for in a booking, not only priced. */
export type Wanted = Readonly<{ words: string; car: string | undefined; requested: boolean }>;
type Booked = Readonly<{ number: number; wanted: readonly Wanted[] } & Pick<Memory, 'car' | 'name' | 'phone' | 'date' | 'time'>>;

/** Another car of the same message, whose turn comes after the first is booked. */
export type Later = Readonly<{ car: Car; works: readonly Wanted[] }>;
/** What a person of the workshop said of a price, with the customer's words before it. */
export type Told = Readonly<{ text: string; about: string }>;
/** A booking that an answer of ours listed, with its line. */
export type Listed = Readonly<{ number: number; line: string }>;
/** What a customer wants changed in a booking that was made, its time apart. `works` are added, or put in place of all others. */
export type Change = Readonly<{
  phone?: string | undefined;
  name?: string | undefined;
  car?: Car | undefined;
  works?: Readonly<{ words: readonly string[]; instead: boolean }> | undefined;
}>;

/** What is known after the turns so far. Rebuilt from the messages of every request. */
export type Memory = Readonly<{
  now: LocalNow;
  hours: OpeningHours | undefined;
  asked: Question | undefined;
  /** How often in a row the open question was answered with nothing we can read. */
  misses: number;
  greeted: boolean;
  /** What is said once before a name or a phone is kept, and whether it was. */
  consent: string;
  consentSaid: boolean;
  car: Car | undefined;
  /** Several cars of one message, until the customer says which comes first. */
  rivals: readonly Car[];
  carSkipped: boolean;
  name: string | undefined;
  nameSkipped: boolean;
  phone: string | undefined;
  /** Several numbers of one message, until the customer says which one to keep. */
  phones: readonly string[];
  /** Digits of a number that is being sent in pieces. */
  phonePieces: string;
  date: string | undefined;
  time: string | undefined;
  anyTime: boolean;
  /** «С утра», «как можно скорее»: a wish that concrete times are offered for. */
  part: DayPart | undefined;
  /** Why the moment said in this very message cannot be. */
  issue: WishIssue | undefined;
  /** Works of the last price question, and everything asked about since the last booking. */
  topic: readonly Wanted[];
  wanted: readonly Wanted[];
  /** Words that the price list does not have. */
  unlisted: readonly string[];
  /** Prices a person of the workshop named: the words, and what they are about. */
  told: readonly Told[];
  /** Works whose price we named, each with its car: `pricedKey`. */
  priced: readonly string[];
  pricing: boolean;
  /** The customer asked something in between: the open question stays open. */
  digresses: boolean;
  /** A price was asked for without saying of what. */
  priceOpen: boolean;
  collecting: boolean;
  /** The customer would not leave a number; a number that comes later goes on. */
  paused: boolean;
  /** Everything was repeated and the customer said yes, or asked for the booking with everything in one message. */
  approved: boolean;
  /** Another time for a booking that was made. */
  moving: boolean;
  booked: Booked | undefined;
  /** Asked for and not done yet; with `moving` it is one change. */
  change: Change | undefined;
  later: readonly Later[];
  listed: readonly Listed[];
  /** How often the customer swore at us. */
  abused: number;
  /** Moments we offered instead, local ISO. */
  offered: readonly string[];
  confusedTimes: number;
}>;

const bookedBefore = ({ booking, car, name, phone }: Kept): Booked | undefined =>
  booking === undefined ? undefined : { number: booking, car, name, phone, date: undefined, time: undefined, wanted: [] };

/** What a summary keeps is known from the start. */
const rememberKept = (kept: Kept): Partial<Memory> => {
  const wanted = kept.works.map((words) => ({ words, car: undefined, requested: false }));
  return { car: kept.car, name: kept.name, phone: kept.phone, wanted, topic: wanted, booked: bookedBefore(kept), greeted: true };
};

type Start = Pick<Memory, 'now' | 'consent' | 'hours'> & Readonly<{ kept: Kept | undefined }>;

export const emptyMemory = ({ kept, ...start }: Start): Memory => ({ ...blankMemory(start), ...(kept && rememberKept(kept)) });

const blankMemory = ({ now, consent, hours }: Omit<Start, 'kept'>): Memory => ({
  now,
  consent,
  hours,
  consentSaid: false,
  asked: undefined,
  misses: 0,
  greeted: false,
  car: undefined,
  rivals: [],
  carSkipped: false,
  name: undefined,
  nameSkipped: false,
  phone: undefined,
  phones: [],
  phonePieces: '',
  date: undefined,
  time: undefined,
  anyTime: false,
  part: undefined,
  issue: undefined,
  topic: [],
  wanted: [],
  unlisted: [],
  told: [],
  priced: [],
  pricing: false,
  digresses: false,
  priceOpen: false,
  collecting: false,
  paused: false,
  approved: false,
  moving: false,
  booked: undefined,
  change: undefined,
  later: [],
  listed: [],
  abused: 0,
  offered: [],
  confusedTimes: 0,
});

/** Names a work together with the car its price was named for. */
export const pricedKey = (work: Wanted, { car }: Pick<Memory, 'car'>): string => `${work.words}|${work.car ?? (car ? carName(car) : '')}`;
