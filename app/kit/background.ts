import { AppError } from './errors.ts';

/** `work` handles its errors itself and ends soon after its signal aborts. */
export type Background = Readonly<{
  /** Begins work that nobody waits for; does nothing while work under the same key is under way, or once the process stops. */
  begin: (key: string, work: (signal: AbortSignal) => Promise<void>) => void;
  /** Aborts what is under way; resolves when all of it has ended. */
  stop: () => Promise<void>;
}>;

/** Work beside the loops: it may outlive the turn that began it, and never the process. */
export const createBackground = (): Background => {
  const running = new Map<string, Readonly<{ abort: () => void; ended: Promise<void> }>>();
  let stopped = false;
  return {
    begin: (key, work) => {
      if (stopped || running.has(key)) return;
      const own = new AbortController(); // one for all would gather the listeners of everything that ever ran
      const ended = work(own.signal)
        .catch(() => undefined)
        .finally(() => running.delete(key));
      running.set(key, { abort: () => own.abort(new AppError('STOPPED', 'the process stops')), ended });
    },
    stop: async () => {
      stopped = true;
      for (const { abort } of running.values()) abort();
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
};
