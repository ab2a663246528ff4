import { setTimeout as delay } from 'node:timers/promises';

/** Time as everything in the app sees it; tests pass their own. */
export type Clock = Readonly<{
  /** Wall clock, UTC. May step; never used to measure a duration. */
  now: () => Date;
  /** Milliseconds of a clock that never steps; only differences mean something. */
  monotonicMs: () => number;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}>;

export const systemClock: Clock = Object.freeze({
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: async (ms: number, signal?: AbortSignal) => {
    await delay(ms, undefined, signal ? { signal } : undefined).catch(() => undefined);
  },
});
