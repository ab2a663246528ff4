import type { SandboxDurations } from '../settings.ts';

/** How often an update failed, and the delay its back-off has come to. */
export type Retry = Readonly<{ failures: number; delayMs: number }>;
type Delays = Pick<SandboxDurations, 'retryBaseMs' | 'retryCapMs' | 'retryAfterCapMs'>;

export const freshRetry = ({ retryBaseMs }: Delays): Retry => ({ failures: 0, delayMs: retryBaseMs / 2 });

/**
 * WebhookActor::on_update_error: the first repeat at once, then the doubled delay, at most a limit drawn between the cap and twice that.
 * A Retry-After is waited for instead and leaves the delay as it is.
 */
export const afterFailure = (retry: Retry, retryAfterMs: number, { random, ...delays }: Delays & { random: () => number }): Retry & { waitMs: number } => {
  const failures = retry.failures + 1;
  const askedMs = Math.min(retryAfterMs, delays.retryAfterCapMs);
  if (askedMs > 0 || retry.failures === 0) return { failures, delayMs: retry.delayMs, waitMs: askedMs };
  const limitMs = delays.retryCapMs * (1 + random());
  const delayMs = Math.min(limitMs, retry.delayMs * 2);
  return { failures, delayMs, waitMs: delayMs };
};
