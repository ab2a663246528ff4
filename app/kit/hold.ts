import type { Clock } from './clock.ts';
import { AppError } from './errors.ts';

export type HoldOptions = Readonly<{
  leaseMs: number;
  leaseRenewMs: number;
  leaseMarginMs: number;
  /** Monotonic time from before the query that took the lease. */
  takenAtMs: number;
  clock: Clock;
}>;

export type Hold = Readonly<{
  /** Aborts when the lease is lost, or a margin before it could end without a renewal. */
  signal: AbortSignal;
  /** Throws unless the lease is surely held at this moment: a process that was stopped notices here, before its timers do. */
  assertHeld: () => void;
  abort: (reason: AppError) => void;
  end: () => void;
}>;

/**
 * Keeps a lease alive while work runs. The lease is measured with the monotonic clock from before each query, so neither clock steps nor a
 * slow answer lengthen it; a renewal that never answers does not keep the work from being stopped.
 */
export const holdLease = (renew: () => Promise<boolean>, { leaseMs, leaseRenewMs, leaseMarginMs, takenAtMs, clock }: HoldOptions): Hold => {
  const work = new AbortController();
  const ended = new AbortController();
  let until = takenAtMs + leaseMs - leaseMarginMs;
  const lose = (message: string): void => work.abort(new AppError('FENCE_LOST', message));
  const isOver = (): boolean => ended.signal.aborted || work.signal.aborted;

  const check = (): void => {
    if (!isOver() && clock.monotonicMs() >= until) lose('the lease could not be renewed in time');
  };

  const renewOnce = async (): Promise<void> => {
    const beforeMs = clock.monotonicMs();
    const held = await renew().catch(() => undefined); // the database is away: try again until the margin
    if (held === false) lose('the lease was taken over');
    if (held) until = Math.max(until, beforeMs + leaseMs - leaseMarginMs);
  };

  const keepRenewing = async (): Promise<void> => {
    while (!isOver()) {
      await clock.sleep(leaseRenewMs, ended.signal);
      if (!isOver()) await renewOnce();
    }
  };

  const watchTheEnd = async (): Promise<void> => {
    while (!isOver()) {
      await clock.sleep(Math.max(0, until - clock.monotonicMs()), ended.signal);
      check();
    }
  };
  void keepRenewing();
  void watchTheEnd();

  return {
    signal: work.signal,
    assertHeld: () => {
      check();
      work.signal.throwIfAborted();
    },
    abort: (reason) => work.abort(reason),
    end: () => ended.abort(),
  };
};
