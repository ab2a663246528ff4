import type { Conversation, Turn } from './conversation.ts';
import { learn } from './learn.ts';
import { emptyMemory, type Listed, type Memory, pricedKey } from './memory.ts';
import { CONFUSED, UNLISTED } from './phrases.ts';
import { askedIn, isSameQuestion, type Question } from './questions.ts';
import type { LocalNow } from './slots/calendar.ts';
import { findCars } from './slots/car.ts';
import { findWhen } from './slots/when.ts';
import { readBooking } from './tool-results.ts';
import { passedOn, toldIn } from './told-prices.ts';
import { type Said, understand } from './understand.ts';
import { consentOf, openingHoursOf } from './workshop-facts.ts';

const BOOKED = /заявк\p{L}* №\s?(\d+)/iu;
const CANCELLED = /заявк\p{L}* №\s?(\d+) (?:уже )?отменена/iu;
const CHANGED = /изменил заявку №\s?(\d+)/iu;
const LINE = /№\s?(\d+): ([^\n]*)/gu;
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

const listedIn = (answer: string): readonly Listed[] => [...answer.matchAll(LINE)].map(([line, number]) => ({ number: Number(number), line }));

/** Of a booking that has left the history only what our own line about it says is known. */
const mentioned = ({ booked, car, name, phone, now }: Memory, number: number, answer: string): Memory['booked'] => {
  if (booked?.number === number) return booked;
  const line = listedIn(answer).find((listed) => listed.number === number)?.line ?? '';
  const { date, time } = findWhen(line, now);
  return { number, car: findCars(line)[0] ?? car, name, phone, date, time, wanted: [] };
};

/** A change that was made is part of the booking and wanted no more. */
const afterChange = ({ booked, change, moving, date, time }: Memory): Partial<Memory> => {
  const moved = moving ? { date, time } : {};
  const known = booked && { ...booked, ...moved, phone: change?.phone ?? booked.phone, name: change?.name ?? booked.name, car: change?.car ?? booked.car };
  return { booked: known, change: undefined, moving: false, wanted: [], topic: [], priced: [], date: undefined, time: undefined, anyTime: false };
};

/** What was booked, kept for questions about it; a new booking starts from the same person and car. */
const afterBooking = (memory: Memory, turn: Turn): Partial<Memory> => {
  const answer = turn.answer ?? '';
  if (CANCELLED.test(answer)) return { booked: undefined, change: undefined, moving: false };
  if (CHANGED.test(answer)) return afterChange(memory);
  const number = bookedIn(turn);
  if (number === undefined) return {};
  if (!memory.collecting) return { booked: mentioned(memory, number, answer) };
  const { car, name, phone, date, time, later } = memory;
  const [next, ...rest] = later;
  return {
    booked: { number, car, name, phone, date, time, wanted: memory.wanted },
    collecting: false,
    moving: false,
    paused: false,
    change: undefined,
    later: rest,
    ...(next ? { car: next.car } : {}),
    wanted: (next?.works ?? []).map((work) => ({ ...work, car: undefined, requested: true })),
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
  const topicWords = new Set(memory.topic.map(({ words }) => words));
  const named = answer.includes('₽') ? memory.topic.filter(({ words }) => !unlisted.includes(words)) : [];
  return {
    unlisted: [...new Set([...memory.unlisted, ...unlisted])],
    wanted: memory.wanted
      .filter(({ words, requested }) => requested || !unlisted.includes(words))
      .map((work) => (passedOn(answer) && topicWords.has(work.words) ? { ...work, requested: true } : work)),
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
    ...afterBooking(memory, turn),
    asked,
    told: [...memory.told, ...toldIn(turn)],
    misses: isSameQuestion(asked, memory.asked) ? memory.misses : 0,
    issue: undefined,
    greeted: true,
    consentSaid: memory.consentSaid || answer.includes(memory.consent),
    listed: listedIn(answer),
    offered: asked === 'other_time' ? offeredIn(answer, memory.now) : [],
    confusedTimes: answer.includes(CONFUSED) ? memory.confusedTimes + 1 : 0,
  };
};

export type Recollection = Readonly<{ memory: Memory; said: Said; before: Memory; turn: Turn }>;

const NOTHING: Turn = { customer: '', calls: [], answer: undefined };

/** Replays the dialogue; `memory` includes the open last turn, `before` is the state it started from. */
export const recollect = ({ turns, now, system, kept }: Conversation): Recollection => {
  const last = turns.at(-1);
  const open = last?.answer === undefined ? (last ?? NOTHING) : NOTHING;
  let before = emptyMemory({ now, consent: consentOf(system), hours: openingHoursOf(system), kept });
  for (const turn of turns) {
    if (turn === open) break;
    before = answered(learn(before, understand(turn.customer, before)), turn);
  }
  const said = understand(open.customer, before);
  return { memory: learn(before, said), said, before, turn: open };
};
