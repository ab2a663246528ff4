import { bookingArguments, describeBooking } from './booking-answer.ts';
import { readConversation, type ToolCall } from './conversation.ts';
import type { Wanted } from './memory.ts';
import { nextQuestion } from './next-question.ts';
import { collectingParts, infoParts, offTopicText } from './parts.ts';
import { recollect, type Recollection } from './recollect.ts';
import { PHRASES } from './phrases.ts';
import { describePrices } from './price-answer.ts';
import { QUESTIONS } from './questions.ts';
import type { ChatRequest } from './request.ts';
import { carName } from './slots/car.ts';
import { readBooking, readPrices } from './tool-results.ts';
import { isInspection, lookedUp, worksOf } from './works.ts';

type PlannedCall = Readonly<{ name: 'find_prices' | 'create_booking'; args: Readonly<Record<string, unknown>> }>;
export type Decision = Readonly<{ kind: 'call'; calls: readonly PlannedCall[] }> | Readonly<{ kind: 'say'; text: string }>;

const made = (calls: readonly ToolCall[], name: PlannedCall['name']): readonly ToolCall[] => calls.filter((call) => call.name === name);

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const carOf = ({ memory }: Recollection, work: Wanted): string | undefined => {
  const car = memory.moving ? memory.booked?.car : memory.car;
  return work.car ?? (car && carName(car));
};

const lookUp = (recollection: Recollection, works: readonly Wanted[]): readonly PlannedCall[] =>
  works
    .filter((work) => lookedUp(work, recollection.turn.calls) === undefined)
    .map((work) => {
      const car = carOf(recollection, work);
      return { name: 'find_prices', args: { service: work.words, ...(car ? { car } : {}) } };
    });

const isComplete = ({ memory }: Recollection): boolean =>
  (memory.collecting || memory.moving) && memory.issue === undefined && nextQuestion(memory) === undefined;

/** The names of the list come first, then the booking, once the customer has agreed to what was repeated. */
const planBooking = (recollection: Recollection, offered: ReadonlySet<string>): readonly PlannedCall[] => {
  const { memory, turn } = recollection;
  const works = (memory.moving ? (memory.booked?.wanted ?? []) : memory.wanted).filter((work) => !isInspection(work));
  const lookUps = offered.has('find_prices') ? lookUp(recollection, works) : [];
  if (lookUps.length > 0) return lookUps;
  if (!memory.approved || !offered.has('create_booking') || made(turn.calls, 'create_booking').length > 0) return [];
  return [{ name: 'create_booking', args: bookingArguments(memory, worksOf(memory, turn.calls)) }];
};

const planCalls = (recollection: Recollection, offered: ReadonlySet<string>): readonly PlannedCall[] => {
  const { memory, turn } = recollection;
  const prices = memory.pricing && offered.has('find_prices') && made(turn.calls, 'create_booking').length === 0 ? lookUp(recollection, memory.topic) : [];
  if (prices.length > 0) return prices;
  return isComplete(recollection) ? planBooking(recollection, offered) : [];
};

const priceText = ({ memory, said, turn }: Recollection): string | undefined => {
  if (!memory.pricing) return undefined;
  const topic = new Set(memory.topic.map(({ words }) => words));
  const answers = made(turn.calls, 'find_prices')
    .map((call) => ({ asked: textOf(call.args['service']) ?? '', car: textOf(call.args['car']), result: readPrices(call) }))
    .filter(({ asked }) => topic.has(asked));
  return answers.length > 0 ? describePrices(answers, { total: said.intents.has('total') }) : PHRASES.pricesUnavailable;
};

/** What follows a price: which car, when that is unknown and matters; else the offer to come. One question per message. */
const afterPrice = ({ memory, turn }: Recollection): string => {
  if (memory.rivals.length > 0) return QUESTIONS.which_car;
  const results = made(turn.calls, 'find_prices').map(readPrices);
  const carMatters = !memory.car && !memory.carSkipped && results.some((result) => result !== null && result.matches.length > 0);
  return carMatters ? QUESTIONS.car : QUESTIONS.offer;
};

const bookingText = (recollection: Recollection, alreadySaid: boolean): string | undefined => {
  const { memory, turn } = recollection;
  if (!memory.collecting && !memory.moving) return undefined;
  const call = made(turn.calls, 'create_booking').at(-1);
  const works = worksOf(memory, turn.calls);
  if (call) return describeBooking(readBooking(call), memory, works);
  return isComplete(recollection) && memory.approved ? PHRASES.bookingFailed : collectingParts(recollection, { alreadySaid, works });
};

const compose = (recollection: Recollection, system: string): string => {
  const { memory, before, said } = recollection;
  if (said.isEnglish) return offTopicText(recollection, system);
  const price = priceText(recollection);
  const info = infoParts(recollection, system);
  const booking = bookingText(recollection, price !== undefined || info.length > 0);
  const body = [price, ...info, booking].filter((part) => part !== undefined);
  if (price !== undefined && !memory.collecting) body.push(afterPrice(recollection));
  if (body.length === 0) body.push(offTopicText(recollection, system));
  if (!before.greeted) body.unshift(PHRASES.hello);
  return body.join(price?.includes('\n') ? '\n\n' : ' ').replaceAll(/ ?\n /g, '\n');
};

/** The script: the next step of the dialogue, from the messages alone. Pure: equal requests get equal decisions. */
export const decide = ({ messages, tools, tool_choice }: Pick<ChatRequest, 'messages' | 'tools' | 'tool_choice'>): Decision => {
  const conversation = readConversation(messages);
  const recollection = recollect(conversation);
  const offered = new Set(tool_choice === 'none' ? [] : tools.map((tool) => tool.function.name));
  const calls = planCalls(recollection, offered);
  return calls.length > 0 ? { kind: 'call', calls } : { kind: 'say', text: compose(recollection, conversation.system) };
};
