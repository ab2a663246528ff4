import { bookingArguments, describeBooking, nextQuestion } from './booking-answer.ts';
import { readConversation, type ToolCall } from './conversation.ts';
import { collectingParts, infoParts, offTopicText } from './parts.ts';
import { recollect, type Recollection } from './recollect.ts';
import { PHRASES } from './phrases.ts';
import { describePrices } from './price-answer.ts';
import { QUESTIONS } from './questions.ts';
import type { ChatRequest } from './request.ts';
import { carName } from './slots/car.ts';
import { readBooking, readPrices } from './tool-results.ts';

type PlannedCall = Readonly<{ name: 'find_prices' | 'create_booking'; args: Readonly<Record<string, unknown>> }>;
export type Decision = Readonly<{ kind: 'call'; calls: readonly PlannedCall[] }> | Readonly<{ kind: 'say'; text: string }>;

const made = (calls: readonly ToolCall[], name: PlannedCall['name']): readonly ToolCall[] => calls.filter((call) => call.name === name);

const serviceOf = ({ args }: ToolCall): string => (typeof args['service'] === 'string' ? args['service'] : '');

const planCalls = ({ memory, said, turn }: Recollection, offered: ReadonlySet<string>): readonly PlannedCall[] => {
  const canCall = (name: PlannedCall['name']): boolean => offered.has(name) && made(turn.calls, name).length === 0;
  if (said.isPrice && memory.topic.length > 0 && canCall('find_prices')) {
    const car = memory.car ? { car: carName(memory.car) } : {};
    return memory.topic.map((service) => ({ name: 'find_prices', args: { service, ...car } }));
  }
  if (memory.collecting && nextQuestion(memory) === undefined && canCall('create_booking')) return [{ name: 'create_booking', args: bookingArguments(memory) }];
  return [];
};

const priceText = ({ memory, said, turn }: Recollection): string | undefined => {
  if (!said.isPrice || memory.topic.length === 0) return undefined;
  const answers = made(turn.calls, 'find_prices').map((call) => ({ asked: serviceOf(call), result: readPrices(call) }));
  return answers.length > 0 ? describePrices(answers, { car: memory.car && carName(memory.car) }) : PHRASES.pricesUnavailable;
};

/** What follows a price: which car, when that is unknown and matters; else the offer to come. One question per message. */
const afterPrice = ({ memory, turn }: Recollection): string => {
  const results = made(turn.calls, 'find_prices').map(readPrices);
  const carMatters = !memory.car && results.some((result) => result !== null && result.matches.length > 0);
  return carMatters ? QUESTIONS.car : QUESTIONS.offer;
};

const bookingText = (recollection: Recollection, alreadySaid: boolean): string | undefined => {
  const { memory, turn } = recollection;
  if (!memory.collecting) return undefined;
  const call = made(turn.calls, 'create_booking').at(-1);
  if (call) return describeBooking(readBooking(call), memory);
  return nextQuestion(memory) === undefined ? PHRASES.bookingFailed : collectingParts(recollection, alreadySaid);
};

const compose = (recollection: Recollection, system: string): string => {
  const { memory, before, said } = recollection;
  const price = priceText(recollection);
  const info = infoParts(recollection, system);
  const booking = bookingText(recollection, price !== undefined || info.length > 0);
  const body = [price, ...info, booking].filter((part) => part !== undefined);
  if (price !== undefined && !memory.collecting) body.push(afterPrice(recollection));
  if (body.length === 0) body.push(offTopicText(recollection));
  if (!before.greeted) body.unshift(PHRASES.hello);
  return body.join(price !== undefined && (said.services.length > 1 || price.includes('\n')) ? '\n\n' : ' ').replaceAll(/ ?\n /g, '\n');
};

/** The script: the next step of the dialogue, from the messages alone. Pure: equal requests get equal decisions. */
export const decide = ({ messages, tools, tool_choice }: Pick<ChatRequest, 'messages' | 'tools' | 'tool_choice'>): Decision => {
  const conversation = readConversation(messages);
  const recollection = recollect(conversation);
  const offered = new Set(tool_choice === 'none' ? [] : tools.map((tool) => tool.function.name));
  const calls = planCalls(recollection, offered);
  return calls.length > 0 ? { kind: 'call', calls } : { kind: 'say', text: compose(recollection, conversation.system) };
};
