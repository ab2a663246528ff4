import { errorEvent, failureOf } from '../analytics/errors.ts';
import { storeEvents } from '../analytics/events.ts';
import type { Database } from '../db/connect.ts';
import type { Clock } from '../kit/clock.ts';
import type { Metrics } from '../observability/metrics.ts';
import { isNobodysFault } from './fault.ts';
import { chatOfLane, type Lane } from './lane.ts';

type Run = (lane: Lane, signal: AbortSignal) => Promise<void>;
type Deps = Readonly<{ db: Database; metrics: Metrics; clock: Clock; redact: (text: string) => string }>;

/** Tells analytics of turns that failed, in a transaction of its own: the turn's was rolled back. The failure itself goes on to the worker. */
export const createTellFailures = ({ db, metrics, clock, redact }: Deps) => {
  const tell = async ({ key, fence }: Lane, error: unknown): Promise<void> => {
    const chatId = chatOfLane(key);
    const telegramUserId = chatId > 0 ? chatId : undefined; // a private chat has its person's number
    const event = errorEvent({ failure: failureOf(error, redact), context: 'turn', telegramUserId, key: `error:turn:${key}:${fence}`, at: clock.now() });
    await db.transaction((trx) => storeEvents(trx, [event], metrics)).catch(() => metrics.eventFailed());
  };

  return (run: Run): Run =>
    async (lane, signal) => {
      try {
        await run(lane, signal);
      } catch (error) {
        if (!signal.aborted && !isNobodysFault(error)) await tell(lane, error);
        throw error;
      }
    };
};
