import { findAmounts } from '../workshop/amounts.ts';
import type { Books } from './books.ts';
import type { AnswerFacts } from './check-answer.ts';
import { claimsIn, type Done } from './claims.ts';
import type { HistoryMessage } from './history.ts';
import { LIMIT_TEXTS } from './limited.ts';
import { PASSED_ON } from './manager-texts.ts';
import { TEXTS } from './texts.ts';

type Sources = Readonly<{
  books: Books;
  history: readonly HistoryMessage[];
  /** The customer's words of this turn. */
  texts: readonly string[];
  /** Results of this turn's effects. */
  effects: readonly unknown[];
  /** What this turn's tools returned. */
  toolResults: readonly unknown[];
}>;

type Effect = Readonly<{ ok?: unknown; did?: Done; number?: unknown }>;

// release 0.1.0 stored bookings without `did`
const didOf = ({ ok, did }: Effect): Done[] => (ok === true ? [did ?? 'booked'] : []);

const isOpen = ({ status, over }: Books['bookings'][number]): boolean => (status === 'new' || status === 'confirmed') && !over;

const OWN_TEXTS: ReadonlySet<string> = new Set([TEXTS.modelFailed, TEXTS.modelStillFailing, TEXTS.unsureAnswer, LIMIT_TEXTS.budget, PASSED_ON]);
/** Messages after which what was done is no news any more. */
const RECENT = 10;

/** What a person of the workshop said, and our own fixed texts, which are said when it is so. */
const saidTruly = (history: readonly HistoryMessage[]): readonly Done[] =>
  history
    .slice(-RECENT)
    .filter(({ role, author, text }) => role === 'assistant' && (author === 'manager' || OWN_TEXTS.has(text)))
    .flatMap(({ text }) => claimsIn(text));

const ofBooking = (booking: Books['bookings'][number]): Done[] => {
  if (booking.status === 'cancelled') return booking.over ? [] : ['cancelled'];
  if (!isOpen(booking)) return [];
  return booking.changed ? ['booked', 'changed'] : ['booked'];
};

/**
 * What an answer may say was done: in this turn, or before and still so. What was done once is no ground for ever: a booking of last year must
 * not let «вы записаны» pass. An effect of this turn tells the managers whatever it is.
 */
const doneBy = ({ books, history, effects }: Pick<Sources, 'books' | 'history'> & { effects: readonly Effect[] }): ReadonlySet<Done> => {
  const now = effects.flatMap(didOf);
  const told = books.handedOver || now.length > 0;
  return new Set([...now, ...(told ? (['handed_over'] as const) : []), ...books.bookings.flatMap(ofBooking), ...saidTruly(history)]);
};

/** Sums that the customer said before any answer did; what a customer repeats after us is ours. */
const namedFirst = (history: readonly HistoryMessage[], texts: readonly string[]): ReadonlySet<number> => {
  const ours = new Set<number>();
  const his = new Set<number>();
  for (const { role, text } of [...history, ...texts.map((said) => ({ role: 'user' as const, text: said }))]) {
    for (const value of findAmounts(text).flatMap(({ values }) => values)) {
      if (role === 'assistant') ours.add(value);
      else if (!ours.has(value)) his.add(value);
    }
  }
  return his;
};

/** What an answer may rest on, from everywhere it is known. */
export const collectFacts = ({ books, history, texts, effects, toolResults }: Sources): AnswerFacts => {
  const textsOf = (role: HistoryMessage['role'], author?: 'manager'): string[] =>
    history.filter((message) => message.role === role && message.author === author).map(({ text }) => text);
  const own = effects as readonly Effect[];
  return {
    toolResults: [...books.toolResults, ...toolResults],
    vehicleClasses: books.vehicleClasses,
    bookingNumbers: [...books.bookings, ...own].flatMap(({ number }) => (typeof number === 'number' ? [number] : [])),
    done: doneBy({ books, history, effects: own }),
    namedFirst: namedFirst(history, texts),
    customerTexts: [...textsOf('user'), ...texts],
    managerTexts: textsOf('assistant', 'manager'),
  };
};
