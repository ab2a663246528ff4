import type { Conversation, Turn } from './conversation.ts';
import { emptyMemory, type Memory } from './memory.ts';
import { CONFUSED } from './phrases.ts';
import { askedIn, type Question } from './questions.ts';
import type { LocalNow } from './slots/calendar.ts';
import { findWhen } from './slots/when.ts';
import { readBooking, readPrices } from './tool-results.ts';
import { type Said, understand } from './understand.ts';
import { learnWish } from './wish.ts';
import { consentOf } from './workshop-facts.ts';

const MAX_WANTED = 4;
const BOOKED = /заявк\p{L}* №\s?(\d+)/iu;
const AMOUNT = /(?<!\d)(\d{1,3}(?:[ \u00a0\u202f]?\d{3})+|\d{3,})[ \u00a0\u202f]?₽/gu;

const lastOf = (services: readonly string[]): readonly string[] => [...new Set(services)].slice(-MAX_WANTED);

/** The memory with what the customer has just said. */
const learn = (memory: Memory, said: Said): Memory => {
  const collecting = said.stopsBooking ? false : memory.collecting || said.wantsBooking;
  const wish = collecting ? learnWish(memory, said) : {};
  return {
    ...memory,
    collecting,
    car: said.car ?? memory.car,
    name: said.name ?? memory.name,
    phone: said.phone ?? memory.phone,
    topic: said.services.length > 0 ? said.services : memory.topic,
    wanted: lastOf([...memory.wanted, ...said.services]),
    priceOpen: said.isPrice && said.services.length === 0 && memory.topic.length === 0,
    ...wish,
  };
};

const quotedIn = (turn: Turn): number | undefined => {
  const fromTools = turn.calls.filter(({ name }) => name === 'find_prices').flatMap((call) => readPrices(call)?.matches.slice(0, 1) ?? []);
  const amounts =
    fromTools.length > 0
      ? fromTools.flatMap(({ price }) => price ?? [])
      : [...(turn.answer ?? '').matchAll(AMOUNT)].map(([, digits = '']) => Number(digits.replaceAll(/\D/g, '')));
  return amounts.length === 1 ? amounts[0] : undefined;
};

const bookedIn = (turn: Turn): number | undefined => {
  for (const call of turn.calls) {
    const result = call.name === 'create_booking' ? readBooking(call) : null;
    if (result?.ok) return result.number;
  }
  const match = BOOKED.exec(turn.answer ?? '');
  return match ? Number(match[1]) : undefined;
};

const offeredIn = (answer: string, now: LocalNow): readonly string[] =>
  answer.split('\n').flatMap((line) => {
    const { date, time } = /^\s*(?:[-*•–]|\d+[.)])\s/u.test(line) ? findWhen(line, now) : { date: undefined, time: undefined };
    return date && time ? [`${date}T${time}`] : [];
  });

/** Asking again means that the former value was no good. */
const FORGOTTEN: Partial<Record<Question, Partial<Memory>>> = {
  name: { name: undefined },
  phone: { phone: undefined },
  day: { date: undefined },
  time: { time: undefined },
  when: { date: undefined, time: undefined },
  other_time: { date: undefined, time: undefined },
};

const afterBooking = (number: number | undefined): Partial<Memory> =>
  number === undefined ? {} : { bookingNumber: number, collecting: false, wanted: [], topic: [], date: undefined, time: undefined, anyTime: false };

/** The memory with what we answered. */
const answered = (memory: Memory, turn: Turn): Memory => {
  const answer = turn.answer ?? '';
  const asked = askedIn(answer);
  return {
    ...memory,
    ...(asked && FORGOTTEN[asked]),
    ...afterBooking(bookedIn(turn)),
    asked,
    greeted: true,
    consentSaid: memory.consentSaid || answer.includes(memory.consent),
    offered: asked === 'other_time' ? offeredIn(answer, memory.now) : [],
    quoted: quotedIn(turn) ?? memory.quoted,
    confusedTimes: answer.includes(CONFUSED) ? memory.confusedTimes + 1 : 0,
  };
};

export type Recollection = Readonly<{ memory: Memory; said: Said; before: Memory; turn: Turn }>;

/** Replays the dialogue; `memory` includes the open last turn, `before` is the state it started from. */
export const recollect = ({ turns, now, system }: Conversation): Recollection => {
  const open: Turn =
    turns.at(-1)?.answer === undefined ? (turns.at(-1) ?? { customer: '', calls: [], answer: undefined }) : { customer: '', calls: [], answer: undefined };
  let before = emptyMemory({ now, consent: consentOf(system) });
  for (const turn of turns) {
    if (turn === open) break;
    before = answered(learn(before, understand(turn.customer, before)), turn);
  }
  const said = understand(open.customer, before);
  const learnt = learn(before, said);
  return { memory: { ...learnt, quoted: quotedIn(open) ?? learnt.quoted }, said, before, turn: open };
};
