import type { Database } from '../db/connect.ts';
import type { Clock } from '../kit/clock.ts';
import { backoffMs } from '../kit/backoff.ts';
import { AppError, isAppError, messageOf } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import { createLoop } from '../kit/loop.ts';
import { holdLease } from '../kit/hold.ts';
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

const isSuspect = (lane: Lane): boolean => lane.attempts >= 2;

type Deps = Readonly<{
  db: Database;
  owner: string;
  options: LaneWorkerOptions;
  /** One turn of the lane, ending with the lane released. */
  run: (lane: Lane, signal: AbortSignal) => Promise<void>;
  deadLetter: (lane: Lane) => Promise<void>;
  mayWork: () => boolean;
  clock: Clock;
  logger: Logger;
}>;

/**
 * Claims ready lanes and runs their turns, each lane by one turn at a time in the whole cluster.
 * A lane that has crashed or failed before runs alone in its process, so that it takes no innocent neighbour with it.
 */
export const createLaneWorker = ({ db, owner, options, run, deadLetter, mayWork, clock, logger }: Deps) => {
  const innocents = new Set<Promise<void>>();
  let lastSuspect: Promise<unknown> = Promise.resolve();

  // Gives the lane back for another try. When the database is away the lease runs out by itself.
  const giveBack = async (lane: Lane, attempts: number, waitMs?: number): Promise<void> => {
    await inLane(db, lane, async (trx) => releaseLane(trx, lane, { attempts, waitMs })).catch((error: unknown) => {
      logger.warn({ lane_fence: lane.fence, error: messageOf(error) }, 'lane could not be given back; its lease will run out');
    });
  };

  const failed = async (lane: Lane, error: unknown): Promise<void> => {
    if (isAppError(error, 'FENCE_LOST')) {
      logger.info({ lane_fence: lane.fence, reason: error.message }, 'lane lost; its new owner goes on');
      return;
    }
    // neither a stop nor a database outage is the batch's fault
    if (isAppError(error, 'STOPPED')) return giveBack(lane, lane.attempts - 1);
    if (isAppError(error, 'DATABASE_UNAVAILABLE')) return giveBack(lane, lane.attempts - 1, options.retryBaseMs);
    const waitMs = backoffMs(lane.attempts, { baseMs: options.retryBaseMs, capMs: options.retryCapMs });
    logger.warn({ error: messageOf(error), attempts: lane.attempts, retry_ms: waitMs }, 'turn failed; it will be tried again');
    return giveBack(lane, lane.attempts, waitMs);
  };

  const turn = async (lane: Lane, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) throw signal.reason;
    if (lane.attempts >= options.maxAttempts) return deadLetter(lane);
    return run(lane, signal);
  };

  // while a suspect is under way nothing is claimed (`alone`), so those it waits for become fewer
  const inTurn = async (lane: Lane, signal: AbortSignal): Promise<void> => {
    if (isSuspect(lane)) {
      const mine = lastSuspect.then(() => Promise.allSettled(innocents)).then(() => turn(lane, signal));
      lastSuspect = mine.catch(() => undefined);
      return mine;
    }
    const mine = turn(lane, signal);
    innocents.add(mine);
    return mine.finally(() => innocents.delete(mine));
  };

  const work = async (lane: Lane, stopping: AbortSignal): Promise<void> => {
    const hold = holdLease(() => renewLane(db, lane, options.leaseMs), { ...options, clock });
    const stop = (): void => hold.abort(new AppError('STOPPED', 'the process stops'));
    stopping.addEventListener('abort', stop, { once: true });
    try {
      await inTurn(lane, hold.signal);
    } catch (error) {
      await failed(lane, hold.signal.aborted ? hold.signal.reason : error);
    } finally {
      stopping.removeEventListener('abort', stop);
      hold.end();
    }
  };

  return createLoop<Lane>({
    name: 'lanes',
    concurrency: options.concurrency,
    pollMinMs: options.pollMinMs,
    pollMaxMs: options.pollMaxMs,
    claim: (free) => claimLanes(db, { owner, limit: free, leaseMs: options.leaseMs }),
    alone: isSuspect,
    work,
    mayWork,
    clock,
    logger,
  });
};
