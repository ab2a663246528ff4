import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../kit/logger.ts';

const INTERVAL_MS = 60_000;

type Entry = Readonly<{ level: 'warn' | 'error'; key: string; message: string; fields: Record<string, unknown> }>;

/** Logs the first event of a key at once, then one line a minute with the number left out: whoever floods the webhook must not flood the log. */
export const createSeldom = ({ logger, clock }: { logger: Logger; clock: Clock }) => {
  const seen = new Map<string, { loggedAtMs: number; skipped: number }>();
  return ({ level, key, message, fields }: Entry): void => {
    const now = clock.monotonicMs();
    const last = seen.get(key);
    if (last && now - last.loggedAtMs < INTERVAL_MS) {
      last.skipped += 1;
      return;
    }
    seen.set(key, { loggedAtMs: now, skipped: 0 });
    logger[level]({ ...fields, ...(last && last.skipped > 0 ? { left_out: last.skipped } : {}) }, message);
  };
};
