import { setTimeout as delay } from 'node:timers/promises';
import { rowsOf } from '../../app/db/connect.ts';
import { MANAGERS, type World } from './world.ts';

type Awaiting = Readonly<{ keys: readonly string[]; chatIds: readonly number[] }>;
type Waiter = Awaiting & Readonly<{ resolve: () => void; reject: (error: unknown) => void }>;
type Snapshot = Readonly<{ done: readonly string[] | null; busy: readonly number[] | null; lanes: readonly string[] | null; told: readonly string[] | null }>;

const LOOK_EVERY_MS = 20;

// one statement for everybody who waits: what is answered, who has unsent messages, whose updates are open, about whom the managers have yet to read
const LOOK = `SELECT
  (SELECT array_agg(update_key) FROM inbox WHERE bot_id = :botId AND update_key = ANY(:keys) AND done_at IS NOT NULL) AS done,
  (SELECT array_agg(DISTINCT chat_id::float8) FROM outbox WHERE state IN ('pending', 'sending', 'unknown')) AS busy,
  (SELECT array_agg(DISTINCT lane_key) FROM inbox WHERE done_at IS NULL) AS lanes,
  (SELECT array_agg(DISTINCT split_part(turn_id, '#', 1)) FROM outbox WHERE chat_id = :managers AND state IN ('pending', 'sending', 'unknown')) AS told`;

/** Waits until the world has dealt with what was written: updates done, answers and notices sent. Knows no time limit: the caller's is the limit. */
export const createQuiet = ({ db, botId }: Pick<World, 'db' | 'botId'>) => {
  const waiting = new Set<Waiter>();
  let looking: Promise<void> | undefined;

  const isQuiet = ({ keys, chatIds }: Awaiting, { done, busy, lanes, told }: Snapshot): boolean =>
    keys.every((key) => done?.includes(key)) &&
    chatIds.every((id) => !lanes?.includes(`${botId}:${id}`) && !told?.includes(`${botId}:${id}`) && (id === MANAGERS || !busy?.includes(id)));

  const look = async (): Promise<void> => {
    const keys = [...waiting].flatMap((waiter) => waiter.keys);
    const [snapshot] = await rowsOf<Snapshot>(db.raw(LOOK, { botId, keys, managers: MANAGERS }));
    if (!snapshot) return;
    for (const waiter of waiting) {
      if (!isQuiet(waiter, snapshot)) continue;
      waiting.delete(waiter);
      waiter.resolve();
    }
  };

  const run = async (): Promise<void> => {
    while (waiting.size > 0) {
      await look();
      await delay(LOOK_EVERY_MS);
    }
  };

  const start = (): void => {
    looking ??= run()
      .catch((error: unknown) => {
        for (const waiter of waiting) waiter.reject(error);
        waiting.clear();
      })
      .finally(() => {
        looking = undefined;
        if (waiting.size > 0) start();
      });
  };

  return (awaited: Awaiting): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.add({ ...awaited, resolve, reject });
      start();
    });
};

export type Quiet = ReturnType<typeof createQuiet>;
