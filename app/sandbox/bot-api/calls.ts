import type { Arguments } from './arguments.ts';

/** One call of the bot, as it came. */
export type Call = Readonly<{ id: number; at: string; method: string; arguments: Arguments; status: number | null; fault: string | null }>;

const KEPT = 500;

/** The last calls of the bot, in memory: for the page, and for tests that hold our requests against another client's models. */
export const createCalls = () => {
  let calls: Call[] = [];
  let lastId = 0;
  return {
    add: (call: Omit<Call, 'id'>): void => {
      lastId += 1;
      calls = [...calls.slice(1 - KEPT), { id: lastId, ...call }];
    },
    after: (id: number): readonly Call[] => calls.filter((call) => call.id > id),
  };
};
export type Calls = ReturnType<typeof createCalls>;
