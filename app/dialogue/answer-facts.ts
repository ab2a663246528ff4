import type { Books } from './books.ts';
import type { AnswerFacts } from './check-answer.ts';
import { claimsIn, type Done } from './claims.ts';
import type { HistoryMessage } from './history.ts';

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

/** Everything done so far; whatever it was, the managers know of it. An earlier answer that says so was checked then, or was written by us. */
const doneBy = ({ bookings }: Books, history: readonly HistoryMessage[], effects: readonly Effect[]): ReadonlySet<Done> => {
  const said = history.flatMap(({ role, text }) => (role === 'assistant' ? claimsIn(text) : []));
  const known = bookings.flatMap(({ cancelled, changed }): Done[] => [
    'booked',
    ...(cancelled ? ['cancelled' as const] : []),
    ...(changed ? ['changed' as const] : []),
  ]);
  const done = new Set([...said, ...known, ...effects.flatMap(didOf)]);
  return done.size > 0 ? done.add('handed_over') : done;
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
    done: doneBy(books, history, own),
    customerTexts: [...textsOf('user'), ...texts],
    managerTexts: textsOf('assistant', 'manager'),
  };
};
