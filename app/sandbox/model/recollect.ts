import type { Conversation, Turn } from './conversation.ts';
import { learn } from './learn.ts';
import { emptyMemory, type Memory, pricedKey } from './memory.ts';
import { CONFUSED, UNLISTED } from './phrases.ts';
import { askedIn, isSameQuestion, type Question } from './questions.ts';
import type { LocalNow } from './slots/calendar.ts';
import { findWhen } from './slots/when.ts';
import { readBooking } from './tool-results.ts';
import { type Said, understand } from './understand.ts';
import { consentOf, openingHoursOf } from './workshop-facts.ts';

const BOOKED = /заявк\p{L}* №\s?(\d+)/iu;
const QUOTED_WORDS = /«([^»]+)»/gu;

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
  when: { date: undefined, time: undefined, part: undefined },
  other_time: { date: undefined, time: undefined, part: undefined },
  move: { date: undefined, time: undefined, part: undefined },
};

/** What was booked, kept for questions about it; a new booking starts from the same person and car. */
const afterBooking = (memory: Memory, number: number | undefined): Partial<Memory> => {
  if (number === undefined) return {};
  const { car, name, phone, date, time, booked } = memory;
  // Only mentioned: of a booking that has left the history nothing but the number is known.
  if (!memory.collecting && !memory.moving) return { booked: booked ?? { number, car, name, phone, date: undefined, time: undefined, wanted: [] } };
  const made = memory.moving && booked ? { ...booked, date, time } : { number, car, name, phone, date, time, wanted: memory.wanted };
  return {
    booked: { ...made, number },
    collecting: false,
    moving: false,
    paused: false,
    wanted: [],
    topic: [],
    unlisted: [],
    priced: [],
    date: undefined,
    time: undefined,
    anyTime: false,
  };
};

const unlistedIn = (answer: string): readonly string[] => {
  const sentence = answer.split(UNLISTED)[1]?.split('. ')[0] ?? '';
  return [...sentence.matchAll(QUOTED_WORDS)].flatMap(([, words]) => words ?? []);
};

/** Prices we named, and words the list does not have: those are no wish any more unless a booking was asked for them. */
const afterPrices = (memory: Memory, answer: string): Partial<Memory> => {
  if (!memory.pricing) return {};
  const unlisted = unlistedIn(answer);
  const named = answer.includes('₽') ? memory.topic.filter(({ words }) => !unlisted.includes(words)) : [];
  return {
    unlisted: [...new Set([...memory.unlisted, ...unlisted])],
    wanted: memory.wanted.filter(({ words, requested }) => requested || !unlisted.includes(words)),
    topic: memory.topic.filter(({ words }) => !unlisted.includes(words)),
    priced: [...new Set([...memory.priced, ...named.map((work) => pricedKey(work, memory))])],
  };
};

/** The memory with what we answered. */
const answered = (memory: Memory, turn: Turn): Memory => {
  const answer = turn.answer ?? '';
  const asked = askedIn(answer) ?? (memory.digresses ? memory.asked : undefined);
  return {
    ...memory,
    ...afterPrices(memory, answer),
    ...(asked && FORGOTTEN[asked]),
    ...afterBooking(memory, bookedIn(turn)),
    asked,
    misses: isSameQuestion(asked, memory.asked) ? memory.misses : 0,
    issue: undefined,
    greeted: true,
    consentSaid: memory.consentSaid || answer.includes(memory.consent),
    offered: asked === 'other_time' ? offeredIn(answer, memory.now) : [],
    confusedTimes: answer.includes(CONFUSED) ? memory.confusedTimes + 1 : 0,
  };
};

export type Recollection = Readonly<{ memory: Memory; said: Said; before: Memory; turn: Turn }>;

const NOTHING: Turn = { customer: '', calls: [], answer: undefined };

/** Replays the dialogue; `memory` includes the open last turn, `before` is the state it started from. */
export const recollect = ({ turns, now, system }: Conversation): Recollection => {
  const last = turns.at(-1);
  const open = last?.answer === undefined ? (last ?? NOTHING) : NOTHING;
  let before = emptyMemory({ now, consent: consentOf(system), hours: openingHoursOf(system) });
  for (const turn of turns) {
    if (turn === open) break;
    before = answered(learn(before, understand(turn.customer, before)), turn);
  }
  const said = understand(open.customer, before);
  return { memory: learn(before, said), said, before, turn: open };
};
