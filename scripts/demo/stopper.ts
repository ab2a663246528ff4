import { AppError } from '../../app/kit/errors.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const FORCED_EXIT = 130;
/** The one part that is held and not started. */
export const LOCK = 'the lock';

type Part = Readonly<{ name: string; stop: () => Promise<unknown> }>;

export type Stopper = Readonly<{
  /** Remembers how to stop a part; parts are stopped in reverse order. Throws AppError STOPPED when a stop was asked for meanwhile. */
  add: (name: string, stop: () => Promise<unknown>) => void;
  /** Resolves with the reason when a person, the death of `npm start` or a part asks for the end. */
  requested: Promise<string>;
  request: (reason: string) => void;
  /** Stops everything; a part that fails to stop does not keep the others. Resolves with what it stopped. */
  stopAll: () => Promise<readonly string[]>;
}>;

/**
 * The end of `npm start`: Ctrl-C, SIGTERM, SIGHUP and the death of the wrapper (`disconnect`) ask for an orderly stop once; a second signal ends the process at
 * once, and PostgreSQL, which watches it, after it. Before the first part is added there is nothing to stop in order, and perhaps something that never returns
 * (a dead network folder, an earlier run that does not end): then the first one ends the process.
 */
export const createStopper = ({ say, process: self }: { say: (line: string) => void; process: NodeJS.Process }): Stopper => {
  const parts: Part[] = [];
  const { promise: requested, resolve } = Promise.withResolvers<string>();
  let asked: string | undefined;
  let begun = false;

  // Not by exit(): it waits for file operations under way, and one that hangs may be why the person wants the end.
  const endEarly = (signal: NodeJS.Signals): void => {
    say('Stopped before anything was started.');
    self.removeAllListeners(signal);
    self.kill(self.pid, signal);
  };

  const request = (reason: string): void => {
    asked ??= reason;
    resolve(asked);
  };

  for (const signal of SIGNALS) {
    self.on(signal, () => {
      if (!begun) {
        endEarly(signal);
        return;
      }
      if (asked === undefined) {
        say('Stopping: finishing what is under way. Ctrl-C again stops at once.');
        request(signal);
        return;
      }
      say('Stopped at once; what was under way is taken up at the next start.');
      self.exit(FORCED_EXIT);
    });
  }
  self.once('disconnect', () => (begun ? request('npm start is gone') : endEarly('SIGTERM')));

  return {
    requested,
    request,
    add: (name, stop) => {
      begun = true;
      parts.push({ name, stop });
      if (asked !== undefined) throw new AppError('STOPPED', asked);
    },
    stopAll: async () => {
      const stopping = parts.splice(0).reverse();
      for (const { name, stop } of stopping) {
        await stop().catch((error: unknown) => {
          say(`${name} did not stop cleanly: ${error instanceof Error ? error.message : String(error)}`);
        });
      }
      return stopping.map(({ name }) => name);
    },
  };
};
