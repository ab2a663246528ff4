import { backoffMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import { messageOf } from './errors.ts';
import type { Logger } from './logger.ts';

export type LoopOptions<Item> = Readonly<{
  name: string;
  concurrency: number;
  pollMinMs: number;
  pollMaxMs: number;
  /** Takes up to `free` items. */
  claim: (free: number) => Promise<readonly Item[]>;
  work: (item: Item, stopping: AbortSignal) => Promise<void>;
  /** An item during which nothing else is claimed. */
  alone?: (item: Item) => boolean;
  mayWork: () => boolean;
  clock: Clock;
  logger: Logger;
}>;

const COMPLAIN_EVERY_MS = 60_000;
const LONGEST_PAUSE_MS = 2_000;

/** A claim-and-work loop: woken in memory, otherwise polling with jitter; it never throws and stops gracefully. */
export const createLoop = <Item>({ name, concurrency, pollMinMs, pollMaxMs, claim, work, alone = () => false, mayWork, clock, logger }: LoopOptions<Item>) => {
  const running = new Map<Promise<void>, Item>();
  const stopClaiming = new AbortController();
  const stopWork = new AbortController();
  let woken = new AbortController();
  let wakes = 0;
  let failures = 0;
  let quietUntilMs = 0;
  let finished: Promise<void> = Promise.resolve();

  const wake = (): void => {
    wakes++;
    woken.abort();
  };

  const launch = (item: Item): void => {
    const task: Promise<void> = work(item, stopWork.signal)
      .catch((error: unknown) => logger.error({ loop: name, error: messageOf(error) }, 'work ended with an unexpected error'))
      .finally(() => {
        running.delete(task);
        wake(); // a place is free, and what it left may be ready again
      });
    running.set(task, item);
  };

  // an outage is told once a minute, not at every poll
  const complain = (error: unknown): void => {
    failures++;
    if (clock.monotonicMs() < quietUntilMs) return;
    quietUntilMs = clock.monotonicMs() + COMPLAIN_EVERY_MS;
    logger.warn({ loop: name, error: messageOf(error), failures }, 'claim failed; trying again');
  };

  const claimSome = async (): Promise<number> => {
    const free = [...running.values()].some(alone) ? 0 : concurrency - running.size;
    if (free <= 0 || !mayWork()) return 0;
    try {
      const items = await claim(free);
      failures = 0;
      items.forEach(launch);
      return items.length;
    } catch (error) {
      complain(error);
      return 0;
    }
  };

  const idle = async (seen: number): Promise<void> => {
    if ((seen !== wakes && failures === 0) || stopClaiming.signal.aborted) return; // woken during the claim: look again at once
    woken = new AbortController();
    const pauseMs = failures > 0 ? backoffMs(failures, { baseMs: pollMaxMs, capMs: LONGEST_PAUSE_MS }) : pollMinMs + Math.random() * (pollMaxMs - pollMinMs);
    await clock.sleep(pauseMs, failures > 0 ? stopClaiming.signal : woken.signal);
  };

  const loop = async (): Promise<void> => {
    while (!stopClaiming.signal.aborted) {
      const seen = wakes;
      if ((await claimSome()) === 0) await idle(seen);
    }
  };

  return {
    start: (): void => {
      finished = loop();
    },
    /** There may be work now. */
    wake,
    inFlight: (): number => running.size,
    /** Claims nothing more, lets work finish for `drainMs`, then aborts it; resolves when all of it has ended. */
    stop: async (drainMs: number): Promise<void> => {
      stopClaiming.abort();
      wake();
      await finished;
      const done = Promise.allSettled(running.keys());
      const timer = setTimeout(() => stopWork.abort(), drainMs);
      await done;
      clearTimeout(timer);
    },
  };
};
