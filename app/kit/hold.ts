import type { Clock } from './clock.ts';
import { AppError } from './errors.ts';

export type HoldOptions = Readonly<{ leaseMs: number; leaseRenewMs: number; leaseMarginMs: number; clock: Clock }>;

export type Hold = Readonly<{ signal: AbortSignal; abort: (reason: AppError) => void; end: () => void }>;

/**
 * Keeps a lease alive while work runs, and aborts the work a margin before the lease could end without a renewal.
 * The lease is measured with the monotonic clock from before each renewal query, so neither clock steps nor a slow answer lengthen it.
 */
export const holdLease = (renew: () => Promise<boolean>, { leaseMs, leaseRenewMs, leaseMarginMs, clock }: HoldOptions): Hold => {
  const work = new AbortController();
  const ended = new AbortController();
  let until = clock.monotonicMs() + leaseMs - leaseMarginMs;
  const lost = (message: string): void => work.abort(new AppError('FENCE_LOST', message));

  const renewOnce = async (): Promise<void> => {
    const before = clock.monotonicMs();
    if (await renew()) until = before + leaseMs - leaseMarginMs;
    else lost('the lease was taken over');
  };

  const isOver = (): boolean => ended.signal.aborted || work.signal.aborted;

  const watch = async (): Promise<void> => {
    while (!isOver()) {
      await clock.sleep(Math.max(0, Math.min(leaseRenewMs, until - clock.monotonicMs())), ended.signal);
      if (isOver()) return;
      if (clock.monotonicMs() >= until) lost('the lease could not be renewed in time');
      else await renewOnce().catch(() => undefined); // the database is away: try again until the margin
    }
  };
  void watch();
  return { signal: work.signal, abort: (reason) => work.abort(reason), end: () => ended.abort() };
};
