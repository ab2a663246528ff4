import { rowsOf, type Database } from '../db/connect.ts';
import type { Clock } from '../kit/clock.ts';
import { messageOf } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import type { Metrics } from '../observability/metrics.ts';

type ReaperOptions = Readonly<{ intervalMs: number; clockSkewMs: number; bodyRetentionMs: number; keyRetentionMs: number }>;

type Deps = Readonly<{ db: Database; options: ReaperOptions; mayWork: () => boolean; wake: () => void; metrics: Metrics; clock: Clock; logger: Logger }>;

const AHEAD = `clock_timestamp() + :skewMs * interval '1 millisecond'`;

// a database whose clock stepped back would otherwise leave a lane or chat shut for as long as the step
const unfreeze = (table: 'lane' | 'outbox_chat', key: string): string => `
UPDATE ${table} SET
  lease_until = CASE WHEN lease_until > ${AHEAD} THEN clock_timestamp() ELSE lease_until END,
  ready_at = least(ready_at, clock_timestamp())
WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE lease_until > ${AHEAD} OR ready_at > ${AHEAD} ORDER BY ${key} FOR UPDATE SKIP LOCKED)`;

const UNREADY_LANES = `
SELECT key FROM lane WHERE ready_at IS NULL AND EXISTS (SELECT 1 FROM inbox WHERE lane_key = lane.key AND done_at IS NULL) LIMIT 100`;
const WAKE_LANE = `
UPDATE lane SET ready_at = clock_timestamp()
WHERE key = :key AND ready_at IS NULL AND EXISTS (SELECT 1 FROM inbox WHERE lane_key = :key AND done_at IS NULL) RETURNING key`;

const EXPIRE = [
  `UPDATE inbox SET body = NULL WHERE seq IN (
     SELECT seq FROM inbox WHERE body IS NOT NULL AND done_at IS NOT NULL AND received_at < clock_timestamp() - :bodyMs * interval '1 millisecond' LIMIT 5000)`,
  `DELETE FROM step WHERE created_at < clock_timestamp() - :keyMs * interval '1 millisecond'`,
  `DELETE FROM turn_input WHERE inbox_seq IN (
     SELECT seq FROM inbox WHERE done_at IS NOT NULL AND received_at < clock_timestamp() - :keyMs * interval '1 millisecond' LIMIT 5000)`,
  `DELETE FROM inbox WHERE seq IN (
     SELECT seq FROM inbox WHERE done_at IS NOT NULL AND received_at < clock_timestamp() - :keyMs * interval '1 millisecond'
       AND NOT EXISTS (SELECT 1 FROM turn_input WHERE inbox_seq = inbox.seq) LIMIT 5000)`,
  `DELETE FROM outbox WHERE state IN ('sent', 'dead') AND done_at < clock_timestamp() - :keyMs * interval '1 millisecond'`,
];

const GAUGES = `
SELECT
  coalesce((SELECT extract(epoch FROM clock_timestamp() - min(received_at)) FROM inbox WHERE done_at IS NULL), 0)::float8 AS "oldestOpenSeconds",
  (SELECT count(*) FROM lane WHERE ready_at IS NOT NULL)::int AS "laneDepth",
  coalesce((SELECT extract(epoch FROM clock_timestamp() - min(created_at)) FROM outbox WHERE state IN ('pending', 'sending', 'unknown', 'held')), 0)::float8 AS "outboxOldestSeconds"`;

export type QueueGauges = Readonly<{ oldestOpenSeconds: number; laneDepth: number; outboxOldestSeconds: number }>;

/** Age and depth of the queues as they stand. */
export const readQueueGauges = async (db: Database): Promise<QueueGauges> => {
  const [gauges] = await rowsOf<QueueGauges>(db.raw(GAUGES));
  return gauges ?? { oldestOpenSeconds: 0, laneDepth: 0, outboxOldestSeconds: 0 };
};

/** Repairs what no running code should leave behind, and forgets what is past its retention. */
export const createReaper = ({ db, options, mayWork, wake, metrics, clock, logger }: Deps) => {
  const repairLanes = async (): Promise<void> => {
    for (const { key } of await rowsOf<{ key: string }>(db.raw(UNREADY_LANES))) {
      await db.transaction(async (trx) => {
        await trx.raw('SELECT 1 FROM lane WHERE key = ? FOR UPDATE', [key]);
        // asked again by a later statement: the wake-up may just have been under way
        if ((await rowsOf(trx.raw(WAKE_LANE, { key }))).length === 0) return;
        metrics.laneRepaired();
        logger.error({}, 'a lane with open updates was not ready; repaired (this is a defect, please report it)');
      });
      wake();
    }
  };

  const sweep = async (): Promise<void> => {
    const skew = { skewMs: options.clockSkewMs };
    await db.raw(unfreeze('lane', 'key'), skew);
    await db.raw(unfreeze('outbox_chat', 'bot_id, chat_id'), skew);
    await repairLanes();
    for (const sql of EXPIRE) await db.raw(sql, { bodyMs: options.bodyRetentionMs, keyMs: options.keyRetentionMs });
  };

  const ended = new AbortController();
  let finished: Promise<void> = Promise.resolve();
  const loop = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      if (mayWork()) await sweep().catch((error: unknown) => logger.warn({ error: messageOf(error) }, 'sweep failed; trying again later'));
      await clock.sleep(options.intervalMs, ended.signal);
    }
  };
  return {
    sweep,
    start: (): void => {
      finished = loop();
    },
    stop: async (): Promise<void> => {
      ended.abort();
      await finished;
    },
  };
};
