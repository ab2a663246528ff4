import type { Database } from './db/connect.ts';
import type { Clock } from './kit/clock.ts';
import type { Logger } from './kit/logger.ts';
import { messageOf } from './kit/errors.ts';

type Facts = Readonly<{ owner: string; version: string; revision: string | undefined; target: number }>;
type Deps = Readonly<{ db: Database; facts: Facts; role: () => string; intervalMs: number; clock: Clock; logger: Logger }>;

const BEAT = `
INSERT INTO process_presence (owner, version, revision, role, target, at) VALUES (:owner, :version, :revision, :role, :target, clock_timestamp())
ON CONFLICT (owner) DO UPDATE SET role = excluded.role, at = excluded.at`;

/** A row that says which release lives here: a contract migration must know who can still read the schema. Removed by a graceful stop. */
export const createPresence = ({ db, facts, role, intervalMs, clock, logger }: Deps) => {
  const ended = new AbortController();
  let finished: Promise<void> = Promise.resolve();

  const follow = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const bindings = { ...facts, revision: facts.revision ?? null, role: role() };
      await db.raw(BEAT, bindings).then(
        () => undefined,
        (error: unknown) => logger.debug({ error: messageOf(error) }, 'heartbeat not written'),
      );
      await clock.sleep(intervalMs, ended.signal);
    }
  };

  return {
    start: (): void => {
      finished = follow();
    },
    stop: async (): Promise<void> => {
      ended.abort();
      await finished;
      await db('process_presence')
        .where({ owner: facts.owner })
        .delete()
        .catch(() => undefined);
    },
  };
};
