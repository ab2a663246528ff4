import assert from 'node:assert/strict';
import { type Answered, createBookings, findPricesTool, type Made, startTalk } from './talk.ts';

/** What the customer writes, what the answer must and must not say, and the cars or works of the calls. */
type Step = Readonly<{
  says: string;
  hears?: RegExp;
  not?: RegExp;
  asksFor?: readonly string[];
  books?: Readonly<Record<string, unknown>>;
  /** Name and arguments of every other call. */
  does?: readonly (readonly [name: string, args: Readonly<Record<string, unknown>>])[];
}>;
export type Story = readonly [name: string, steps: readonly Step[]];

const priceCalls = (calls: readonly Made[]): string[] =>
  calls.filter(({ name }) => name === 'find_prices').map(({ args }) => [args['service'], args['car']].join(' | '));

const check = ({ text, calls }: Answered, { says, hears, not, asksFor, books, does }: Step): void => {
  const context = `«${says}» → ${text}`;
  if (hears) assert.match(text, hears, context);
  if (not) assert.doesNotMatch(text, not, context);
  if (asksFor) assert.deepEqual(priceCalls(calls), asksFor, context);
  const booking = calls.find(({ name }) => name === 'create_booking')?.args;
  if (books)
    for (const [field, value] of Object.entries(books)) assert.deepEqual(booking?.[field], value, `${field} in ${JSON.stringify(booking)}: ${context}`);
  else assert.equal(booking, undefined, context);
  const others = calls.filter(({ name }) => name !== 'find_prices' && name !== 'create_booking');
  if (does)
    assert.deepEqual(
      others.map(({ name, args }) => [name, args]),
      does,
      context,
    );
  assert.ok((text.match(/\?/g)?.length ?? 0) <= 1, `one question: ${context}`);
};

const DIRECT = 'Запишите меня на антикор, Веста, Анна, +7 912 345-67-89, послезавтра в 10:00';
export const READY = 'Запишите на антикор, Веста, завтра в 10';
export const BOOKED: Step = { says: DIRECT, hears: /Заявка №3.*вы соглашаетесь/s, books: { services: ['Антикор днища'], wished_at: '2026-11-26T10:00' } };

/** Each told twice, with a server that keeps bookings: tool calls kept in the history, and texts only. */
export const tellAll = (title: string, stories: readonly Story[]): void => {
  for (const keepCalls of [true, false]) {
    describe(`scripted model: ${title}, ${keepCalls ? 'tool calls kept in the history' : 'texts only in the history'}`, () => {
      for (const [name, steps] of stories) {
        it(name, async () => {
          const talk = startTalk({ keepCalls, tools: { find_prices: findPricesTool, ...createBookings() } });
          for (const step of steps) check(await talk(step.says), step);
        });
      }
    });
  }
};
