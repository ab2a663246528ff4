import type { Database } from '../db/connect.ts';
import { translateDbError } from '../db/errors.ts';
import { backoffMs } from '../kit/backoff.ts';
import type { Clock } from '../kit/clock.ts';
import { AppError, isAppError, messageOf } from '../kit/errors.ts';
import { holdLease } from '../kit/hold.ts';
import type { Logger } from '../kit/logger.ts';
import { createLoop } from '../kit/loop.ts';
import type { Metrics } from '../observability/metrics.ts';
import { isNobodysFault } from './fault.ts';
import { claimLanes, inLane, releaseLane, renewLane, type Lane } from './lane.ts';

type LaneWorkerOptions = Readonly<{
  concurrency: number;
  leaseMs: number;
  leaseRenewMs: number;
  leaseMarginMs: number;
  pollMinMs: number;
  pollMaxMs: number;
  maxAttempts: number;
  retryBaseMs: number;
  retryCapMs: number;
}>;

// One crash takes all turns of its process with it, so the innocent among them are at 2 and go on side by side.
// Who is here a third time may be what kills the process. docs/adr/0007.
const SUSPECT_FROM = 3;

type Claimed = Readonly<{ lane: Lane; takenAtMs: number }>;

type Deps = Readonly<{
  db: Database;
  botId: number;
  owner: string;
  options: LaneWorkerOptions;
  /** One turn of the lane, ending with the lane released. */
  run: (lane: Lane, signal: AbortSignal) => Promise<void>;
  deadLetter: (lane: Lane) => Promise<void>;
  mayWork: () => boolean;
  metrics: Metrics;
  clock: Clock;
  logger: Logger;
}>;

const isSuspect = ({ lane }: Claimed): boolean => lane.attempts >= SUSPECT_FROM;

/**
 * Claims ready lanes and runs their turns, each lane by one turn at a time in the whole cluster. A lane that keeps failing runs alone in
 * its process, one such lane at a time, so that it takes no innocent neighbour with it.
 */
export const createLaneWorker = ({ db, botId, owner, options, run, deadLetter, mayWork, metrics, clock, logger }: Deps) => {
  const innocents = new Set<Promise<void>>();
  let suspectWasLast = false;

  /** Until it is given back, or somebody else has it, or the process must end: an outage is no attempt, however long it is. */
  const giveBack = async (lane: Lane, how: { attempts: number; waitMs?: number }, stopping: AbortSignal): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        await inLane(db, lane, async (trx) => releaseLane(trx, lane, how));
        return;
      } catch (thrown) {
        const error = translateDbError(thrown);
        if (isAppError(error, 'FENCE_LOST')) return;
        if (!isAppError(error, 'DATABASE_UNAVAILABLE') || stopping.aborted) {
          logger.warn({ lane_fence: lane.fence, error: error.message }, 'lane could not be given back; its lease will run out');
          return;
        }
        await clock.sleep(backoffMs(attempt, { baseMs: options.retryBaseMs, capMs: options.retryCapMs }), stopping);
      }
    }
  };

  const failed = async (lane: Lane, error: unknown, stopping: AbortSignal): Promise<void> => {
    if (isNobodysFault(error)) {
      metrics.turnFinished(0, 'lost');
      logger.info({ lane_fence: lane.fence, reason: messageOf(error) }, 'turn interrupted; it will be continued');
      return giveBack(lane, { attempts: lane.attempts - 1, ...(isAppError(error, 'DATABASE_UNAVAILABLE') ? { waitMs: options.retryBaseMs } : {}) }, stopping);
    }
    const waitMs = backoffMs(lane.attempts, { baseMs: options.retryBaseMs, capMs: options.retryCapMs });
    metrics.turnFinished(0, 'failed');
    logger.warn({ error: messageOf(error), attempts: lane.attempts, retry_ms: waitMs }, 'turn failed; it will be tried again');
    return giveBack(lane, { attempts: lane.attempts, waitMs }, stopping);
  };

  const turn = async (lane: Lane, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    // the role can change while a claim waits for its connection
    if (!mayWork()) throw new AppError('STOPPED', 'this process may not work any more');
    if (lane.attempts >= options.maxAttempts) return deadLetter(lane);
    return run(lane, signal);
  };

  // while a suspect is under way nothing is claimed (`alone`), so those it waits for become fewer
  const inTurn = async (claimed: Claimed, signal: AbortSignal): Promise<void> => {
    if (isSuspect(claimed)) {
      await Promise.allSettled(innocents);
      return turn(claimed.lane, signal);
    }
    const mine = turn(claimed.lane, signal);
    innocents.add(mine);
    return mine.finally(() => innocents.delete(mine));
  };

  const work = async (claimed: Claimed, stopping: AbortSignal): Promise<void> => {
    const { lane, takenAtMs } = claimed;
    const hold = holdLease(() => renewLane(db, lane, options.leaseMs), { ...options, takenAtMs, clock });
    const stop = (): void => hold.abort(new AppError('STOPPED', 'the process stops'));
    stopping.addEventListener('abort', stop, { once: true });
    try {
      await inTurn(claimed, hold.signal);
    } catch (error) {
      await failed(lane, hold.signal.aborted ? hold.signal.reason : error, stopping);
    } finally {
      stopping.removeEventListener('abort', stop);
      hold.end();
    }
  };

  const take = async (limit: number, attempts: { attemptsFrom?: number; attemptsTo?: number }): Promise<Claimed[]> => {
    const takenAtMs = clock.monotonicMs();
    const lanes = await claimLanes(db, { prefix: `${botId}:`, owner, limit, leaseMs: options.leaseMs, ...attempts });
    return lanes.map((lane) => ({ lane, takenAtMs }));
  };

  return createLoop<Claimed>({
    name: 'lanes',
    concurrency: options.concurrency,
    pollMinMs: options.pollMinMs,
    pollMaxMs: options.pollMaxMs,
    claim: async (free) => {
      // one suspect, then a round of the others: neither keeps the other waiting for ever
      const suspects = suspectWasLast ? [] : await take(1, { attemptsFrom: SUSPECT_FROM - 1 });
      suspectWasLast = suspects.length > 0;
      return suspectWasLast || !mayWork() ? suspects : take(free, { attemptsTo: SUSPECT_FROM - 2 });
    },
    alone: isSuspect,
    work,
    mayWork,
    clock,
    logger,
  });
};
