import { rowsOf, type Database } from '../db/connect.ts';
import { translateDbError } from '../db/errors.ts';
import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../kit/logger.ts';
import type { Metrics } from '../observability/metrics.ts';

type ReaperOptions = Readonly<{ intervalMs: number; clockSkewMs: number; retentionIntervalMs: number; bodyRetentionMs: number; keyRetentionMs: number }>;

type Deps = Readonly<{ db: Database; options: ReaperOptions; mayWork: () => boolean; wake: () => void; metrics: Metrics; clock: Clock; logger: Logger }>;

const AHEAD = `clock_timestamp() + :skewMs * interval '1 millisecond'`;

// A database whose clock stepped back would otherwise leave a lane or chat shut for as long as the step. ready_at and not_before of a chat,
// and not_before of a lane within its longest back-off, may lie far ahead for good reasons.
const UNFREEZE = [
  `UPDATE lane SET
     lease_until = CASE WHEN lease_until > ${AHEAD} THEN clock_timestamp() ELSE lease_until END,
     not_before = CASE WHEN not_before > ${AHEAD} THEN NULL ELSE not_before END,
     ready_at = least(ready_at, clock_timestamp())
   WHERE key IN (SELECT key FROM lane WHERE lease_until > ${AHEAD} OR ready_at > ${AHEAD} OR not_before > ${AHEAD} ORDER BY key FOR UPDATE SKIP LOCKED)`,
  `UPDATE outbox_chat SET lease_until = clock_timestamp()
   WHERE (bot_id, chat_id) IN (SELECT bot_id, chat_id FROM outbox_chat WHERE lease_until > ${AHEAD} ORDER BY bot_id, chat_id FOR UPDATE SKIP LOCKED)`,
];

const UNREADY_LANES = `
SELECT key FROM lane WHERE ready_at IS NULL AND EXISTS (SELECT 1 FROM inbox WHERE lane_key = lane.key AND done_at IS NULL) LIMIT 100`;
const WAKE_LANE = `
UPDATE lane SET ready_at = clock_timestamp()
WHERE key = :key AND ready_at IS NULL AND EXISTS (SELECT 1 FROM inbox WHERE lane_key = :key AND done_at IS NULL) RETURNING key`;

const CHUNK = 2_000; // bounded statements: one that outgrows its time-out would never succeed again
// one time for the whole statement, as an index condition
const BEFORE = (ms: string): string => `(SELECT clock_timestamp() - :${ms} * interval '1 millisecond')`;
export const EXPIRE = [
  `UPDATE inbox SET body = NULL WHERE seq = ANY(ARRAY(
     SELECT seq FROM inbox WHERE done_at IS NOT NULL AND received_at < ${BEFORE('bodyMs')} AND body IS NOT NULL ORDER BY received_at LIMIT ${CHUNK}))`,
  // steps never change, so their ctid is theirs for the length of a statement
  `DELETE FROM step WHERE ctid = ANY(ARRAY(SELECT ctid FROM step WHERE created_at < ${BEFORE('keyMs')} ORDER BY created_at LIMIT ${CHUNK}))`,
  `WITH old AS (DELETE FROM inbox WHERE seq = ANY(ARRAY(
     SELECT seq FROM inbox WHERE done_at IS NOT NULL AND received_at < ${BEFORE('keyMs')} ORDER BY received_at LIMIT ${CHUNK})) RETURNING seq)
   DELETE FROM turn_input WHERE inbox_seq IN (SELECT seq FROM old)`,
  `DELETE FROM outbox WHERE id = ANY(ARRAY(SELECT id FROM outbox WHERE done_at < ${BEFORE('keyMs')} AND state IN ('sent', 'dead') ORDER BY done_at LIMIT ${CHUNK}))`,
  `DELETE FROM llm_call WHERE id = ANY(ARRAY(SELECT id FROM llm_call WHERE at < ${BEFORE('keyMs')} ORDER BY at LIMIT ${CHUNK}))`,
  // Calls of a dialogue that its customer has had erased since: /reset leaves the last day his, for his budget. A call is never older than
  // the oldest message of its dialogue otherwise.
  `UPDATE llm_call SET lane_key = '', turn_id = '' WHERE id = ANY(ARRAY(
     SELECT id FROM llm_call AS call WHERE at < ${BEFORE('dayMs')} AND at > ${BEFORE('weekMs')} AND lane_key <> ''
       AND coalesce((SELECT created_at FROM message WHERE lane_key = call.lane_key ORDER BY id LIMIT 1) > call.at, true)
     ORDER BY at LIMIT ${CHUNK}))`,
  `DELETE FROM process_presence WHERE at < ${BEFORE('dayMs')}`,
  // what a killed smoke test left: no worker takes its lane
  `WITH old AS (DELETE FROM inbox WHERE lane_key LIKE 'smoke:%' AND done_at IS NULL AND received_at < ${BEFORE('hourMs')} RETURNING lane_key)
   DELETE FROM lane WHERE key IN (SELECT lane_key FROM old)`,
];

const GAUGES = `
SELECT
  coalesce((SELECT extract(epoch FROM clock_timestamp() - min(received_at)) FROM inbox
    WHERE done_at IS NULL AND starts_with(lane_key, :prefix)), 0)::float8 AS "oldestOpenSeconds",
  (SELECT count(*) FROM lane WHERE ready_at IS NOT NULL AND starts_with(key, :prefix))::int AS "laneDepth",
  coalesce((SELECT extract(epoch FROM clock_timestamp() - min(created_at)) FROM outbox
    WHERE bot_id = :botId AND state IN ('pending', 'sending', 'unknown', 'held')), 0)::float8 AS "outboxOldestSeconds",
  coalesce((SELECT extract(epoch FROM clock_timestamp() - min(created_at)) FROM outbox
    WHERE bot_id = :botId AND state IN ('pending', 'sending', 'unknown', 'held') AND kind = 'notice'), 0)::float8 AS "bookingNoticeAgeSeconds"`;

export type QueueGauges = Readonly<{ oldestOpenSeconds: number; laneDepth: number; outboxOldestSeconds: number; bookingNoticeAgeSeconds: number }>;

/** Age and depth of a bot's queues as they stand; lanes of smoke tests and of other bots are nobody's concern here. */
export const readQueueGauges = async (db: Database, botId: number): Promise<QueueGauges> => {
  const [gauges] = await rowsOf<QueueGauges>(db.raw(GAUGES, { botId, prefix: `${botId}:` }));
  return gauges ?? { oldestOpenSeconds: 0, laneDepth: 0, outboxOldestSeconds: 0, bookingNoticeAgeSeconds: 0 };
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

  const repair = async (): Promise<void> => {
    for (const sql of UNFREEZE) await db.raw(sql, { skewMs: options.clockSkewMs });
    await repairLanes();
  };

  const forget = async (): Promise<void> => {
    const ages = { bodyMs: options.bodyRetentionMs, keyMs: options.keyRetentionMs, dayMs: 86_400_000, weekMs: 7 * 86_400_000, hourMs: 3_600_000 };
    for (const [index, sql] of EXPIRE.entries()) {
      // one that fails must not keep the others from ever being reached
      await db.raw(sql, ages).then(
        () => undefined,
        (error: unknown) => logger.warn({ statement: index, error: translateDbError(error).message }, 'retention failed; trying again later'),
      );
    }
  };

  const sweep = async (): Promise<void> => {
    await repair();
    await forget();
  };

  const ended = new AbortController();
  let finished: Promise<void> = Promise.resolve();
  const loop = async (): Promise<void> => {
    let forgetAtMs = clock.monotonicMs();
    while (!ended.signal.aborted) {
      if (mayWork()) await repair().catch((error: unknown) => logger.warn({ error: translateDbError(error).message }, 'repair failed; trying again later'));
      if (mayWork() && clock.monotonicMs() >= forgetAtMs) {
        await forget();
        forgetAtMs = clock.monotonicMs() + options.retentionIntervalMs;
      }
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
