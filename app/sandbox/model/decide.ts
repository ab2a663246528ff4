import { bookingArguments, describeBooking } from './booking-answer.ts';
import { bookingsText, cancelText, changeText, planCancel, planChange, planFind } from './booking-changes.ts';
import { readConversation, type ToolCall } from './conversation.ts';
import { handOverText, planHandOver } from './hand-over.ts';
import type { Memory, Wanted } from './memory.ts';
import { nextQuestion } from './next-question.ts';
import { collectingParts, infoParts, isLost, offTopicText, openQuestion } from './parts.ts';
import { recollect, type Recollection } from './recollect.ts';
import { PHRASES } from './phrases.ts';
import { describePrices } from './price-answer.ts';
import { QUESTIONS } from './questions.ts';
import { withoutAmounts, withoutRefused } from './repair.ts';
import type { ChatRequest } from './request.ts';
import { carName } from './slots/car.ts';
import { isSummaryRequest, summarise } from './summary.ts';
import { readBooking, readPrices } from './tool-results.ts';
import { toldAbout, toldText } from './told-prices.ts';
import { isInspection, lookedUp, worksOf } from './works.ts';

type PlannedCall = Readonly<{ name: string; args: Readonly<Record<string, unknown>> }>;
export type Decision = Readonly<{ kind: 'call'; calls: readonly PlannedCall[] }> | Readonly<{ kind: 'say'; text: string }>;

const made = (calls: readonly ToolCall[], name: PlannedCall['name']): readonly ToolCall[] => calls.filter((call) => call.name === name);

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const carOf = ({ memory }: Recollection, work: Wanted): string | undefined => {
  const { car } = memory;
  return work.car ?? (car && carName(car));
};

const lookUp = (recollection: Recollection, works: readonly Wanted[]): readonly PlannedCall[] =>
  works
    .filter((work) => lookedUp(work, recollection.turn.calls) === undefined)
    .map((work) => {
      const car = carOf(recollection, work);
      return { name: 'find_prices', args: { service: work.words, ...(car ? { car } : {}) } };
    });

const isComplete = ({ memory }: Recollection): boolean => memory.collecting && memory.issue === undefined && nextQuestion(memory) === undefined;

/** The names of the list come first, then the booking, once the customer has agreed to what was repeated. */
const planBooking = (recollection: Recollection, offered: ReadonlySet<string>): readonly PlannedCall[] => {
  const { memory, turn } = recollection;
  const works = memory.wanted.filter((work) => !isInspection(work));
  const lookUps = offered.has('find_prices') ? lookUp(recollection, works) : [];
  if (lookUps.length > 0) return lookUps;
  if (!memory.approved || !offered.has('create_booking') || made(turn.calls, 'create_booking').length > 0) return [];
  return [{ name: 'create_booking', args: bookingArguments(memory, worksOf(memory, turn.calls)) }];
};

type Plan = (recollection: Recollection, offered: ReadonlySet<string>) => readonly PlannedCall[];

const planPrices: Plan = (recollection) =>
  recollection.memory.pricing && made(recollection.turn.calls, 'create_booking').length === 0 ? lookUp(recollection, recollection.memory.topic) : [];

/** In this order; the first that has something to call is the next step. */
const PLANS: readonly Plan[] = [
  (recollection) => planHandOver(recollection, isLost(recollection)),
  planPrices,
  planCancel,
  planFind,
  planChange,
  (recollection, offered) => (isComplete(recollection) ? planBooking(recollection, offered) : []),
];

const planCalls = (recollection: Recollection, offered: ReadonlySet<string>): readonly PlannedCall[] => {
  if (made(recollection.turn.calls, 'hand_over').length > 0) return []; // the rest is for a person
  for (const plan of PLANS) {
    const calls = plan(recollection, offered).filter(({ name }) => offered.has(name));
    if (calls.length > 0) return calls;
  }
  return [];
};

const priceText = ({ memory, said, turn }: Recollection): string | undefined => {
  if (!memory.pricing) return undefined;
  const topic = new Set(memory.topic.map(({ words }) => words));
  const answers = made(turn.calls, 'find_prices')
    .map((call) => ({ asked: textOf(call.args['service']) ?? '', car: textOf(call.args['car']), result: readPrices(call) }))
    .filter(({ asked }) => topic.has(asked));
  if (answers.length === 0) return PHRASES.pricesUnavailable;
  // what the list does not have and a person has named a price for is told as his word
  const told = answers.filter(({ result }) => result?.matches.length === 0).map((answer) => ({ answer, text: toldAbout(answer.asked, memory) }));
  const byManager = new Set(told.flatMap(({ answer, text }) => (text === undefined ? [] : answer)));
  const ours = answers.filter((answer) => !byManager.has(answer));
  const listed = ours.length > 0 ? describePrices(ours, { total: said.intents.has('total') }) : '';
  return [listed, toldText(told.flatMap(({ text }) => text ?? []))].filter(Boolean).join(' ');
};

const isOfBookedCar = ({ booked, car }: Memory): boolean => booked?.car !== undefined && car !== undefined && carName(booked.car) === carName(car);

/** What follows a price: which car, when that is unknown and matters; else the offer to come. One question per message. */
const afterPrice = ({ memory, turn }: Recollection): string => {
  if (memory.rivals.length > 0) return QUESTIONS.which_car;
  if (isOfBookedCar(memory)) return QUESTIONS.add;
  const results = made(turn.calls, 'find_prices').map(readPrices);
  const carMatters = !memory.car && !memory.carSkipped && results.some((result) => result !== null && result.matches.length > 0);
  return carMatters ? QUESTIONS.car : QUESTIONS.offer;
};

const bookingText = (recollection: Recollection, alreadySaid: boolean): string | undefined => {
  const { memory, turn } = recollection;
  if (!memory.collecting) return undefined;
  const call = made(turn.calls, 'create_booking').at(-1);
  const works = worksOf(memory, turn.calls);
  if (call) return describeBooking(readBooking(call), memory, works);
  return isComplete(recollection) && memory.approved ? PHRASES.bookingFailed : collectingParts(recollection, { alreadySaid, works });
};

/** Of a booking that was made: what became of a change, or the moment it still needs. */
const movingText = (recollection: Recollection, alreadySaid: boolean): string | undefined => {
  const { memory, turn } = recollection;
  const changed = changeText(recollection);
  if (changed !== undefined || memory.collecting) return changed;
  if (!memory.moving) return memory.change && !recollection.said.isPrice ? PHRASES.changeFailed : undefined;
  return collectingParts(recollection, { alreadySaid, works: worksOf(memory, turn.calls) });
};

const bodyOf = (recollection: Recollection, system: string): readonly string[] => {
  const { memory } = recollection;
  const handedOver = handOverText(recollection, isLost(recollection));
  if (handedOver !== undefined) return [handedOver];
  const price = priceText(recollection);
  const info = [...[cancelText(recollection), bookingsText(recollection)].flatMap((part) => part ?? []), ...infoParts(recollection, system)];
  const alreadySaid = price !== undefined || info.length > 0;
  const body = [price, ...info, bookingText(recollection, alreadySaid), movingText(recollection, alreadySaid)].filter((part) => part !== undefined);
  if (price !== undefined && !memory.collecting && !memory.moving) body.push(afterPrice(recollection));
  return body.length > 0 ? [...body, ...openQuestion(recollection, body)] : [offTopicText(recollection, system)];
};

const compose = (recollection: Recollection, system: string): string => {
  if (recollection.said.isEnglish) return offTopicText(recollection, system);
  const parts = bodyOf(recollection, system);
  const body = recollection.before.greeted ? parts : [PHRASES.hello, ...parts];
  const hasList = parts[0]?.includes('\n') === true && recollection.memory.pricing;
  return body.join(hasList ? '\n\n' : ' ').replaceAll(/ ?\n /g, '\n');
};

/** The script: the next step of the dialogue, from the messages alone. Pure: equal requests get equal decisions. */
export const decide = ({ messages: all, tools, tool_choice }: Pick<ChatRequest, 'messages' | 'tools' | 'tool_choice'>): Decision => {
  if (isSummaryRequest(all)) return { kind: 'say', text: summarise(all) };
  const { messages, refused } = withoutRefused(all);
  const conversation = readConversation(messages);
  const recollection = recollect(conversation);
  const offered = new Set(tool_choice === 'none' ? [] : tools.map((tool) => tool.function.name));
  const calls = planCalls(recollection, offered);
  return calls.length > 0 ? { kind: 'call', calls } : { kind: 'say', text: withoutAmounts(compose(recollection, conversation.system), refused) };
};
