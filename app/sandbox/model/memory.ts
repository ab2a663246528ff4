import type { DayPart, OpeningHours, WishIssue } from './opening-hours.ts';
import type { Question } from './questions.ts';
import type { LocalNow } from './slots/calendar.ts';
import { type Car, carName } from './slots/car.ts';

/** A work in the customer's words. `car` when the message named several; `requested` when it was asked for in a booking, not only priced. */
export type Wanted = Readonly<{ words: string; car: string | undefined; requested: boolean }>;
type Booked = Readonly<{ number: number; wanted: readonly Wanted[] } & Pick<Memory, 'car' | 'name' | 'phone' | 'date' | 'time'>>;

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
  /** Moments we offered instead, local ISO. */
  offered: readonly string[];
  confusedTimes: number;
}>;

export const emptyMemory = ({ now, consent, hours }: Pick<Memory, 'now' | 'consent' | 'hours'>): Memory => ({
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
  date: undefined,
  time: undefined,
  anyTime: false,
  part: undefined,
  issue: undefined,
  topic: [],
  wanted: [],
  unlisted: [],
  priced: [],
  pricing: false,
  digresses: false,
  priceOpen: false,
  collecting: false,
  paused: false,
  approved: false,
  moving: false,
  booked: undefined,
  offered: [],
  confusedTimes: 0,
});

/** Names a work together with the car its price was named for. */
export const pricedKey = (work: Wanted, { car }: Pick<Memory, 'car'>): string => `${work.words}|${work.car ?? (car ? carName(car) : '')}`;
