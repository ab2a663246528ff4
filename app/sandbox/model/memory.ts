import type { Question } from './questions.ts';
import type { LocalNow } from './slots/calendar.ts';
import type { Car } from './slots/car.ts';

/** What is known after the turns so far. Rebuilt from the messages of every request. */
export type Memory = Readonly<{
  now: LocalNow;
  asked: Question | undefined;
  greeted: boolean;
  /** What is said once before a name or a phone is asked for, and whether it was. */
  consent: string;
  consentSaid: boolean;
  car: Car | undefined;
  name: string | undefined;
  phone: string | undefined;
  date: string | undefined;
  time: string | undefined;
  anyTime: boolean;
  /** Services of the last price question, and everything asked about since the last booking. */
  topic: readonly string[];
  wanted: readonly string[];
  /** A price was asked for without saying of what. */
  priceOpen: boolean;
  collecting: boolean;
  bookingNumber: number | undefined;
  /** Moments we offered instead, local ISO. */
  offered: readonly string[];
  quoted: number | undefined;
  confusedTimes: number;
}>;

export const emptyMemory = ({ now, consent }: Pick<Memory, 'now' | 'consent'>): Memory => ({
  now,
  consent,
  consentSaid: false,
  asked: undefined,
  greeted: false,
  car: undefined,
  name: undefined,
  phone: undefined,
  date: undefined,
  time: undefined,
  anyTime: false,
  topic: [],
  wanted: [],
  priceOpen: false,
  collecting: false,
  bookingNumber: undefined,
  offered: [],
  quoted: undefined,
  confusedTimes: 0,
});
