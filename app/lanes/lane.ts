import { rowsOf, type Database, type Transaction } from '../db/connect.ts';
import { AppError } from '../kit/errors.ts';

/** A lane this process holds: valid while `fence` is the row's. `attempts` counts claims since the last finished turn, this one included. */
export type Lane = Readonly<{ key: string; fence: number; attempts: number }>;

// Materialised so that one consistent time is an index condition, and LIMIT is taken before the update sees the rows.
export const CLAIM = `
WITH t AS MATERIALIZED (SELECT clock_timestamp() AS t),
c AS MATERIALIZED (
  SELECT key FROM lane
  WHERE ready_at <= (SELECT t FROM t)
    AND (not_before IS NULL OR not_before <= (SELECT t FROM t))
    AND (lease_until IS NULL OR lease_until < (SELECT t FROM t))
    AND starts_with(key, :prefix) AND attempts BETWEEN :attemptsFrom AND :attemptsTo
  ORDER BY ready_at FOR UPDATE SKIP LOCKED LIMIT :limit
)
UPDATE lane SET lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond', owner = :owner, fence = fence + 1, attempts = attempts + 1
FROM c WHERE lane.key = c.key
RETURNING lane.key, lane.fence, lane.attempts`;

export type ClaimOptions = Readonly<{
  /** `<bot id>:` takes the lanes of that bot alone: a chat id means nothing to another one. A whole key takes that lane. */
  prefix: string;
  owner: string;
  limit: number;
  leaseMs: number;
  /** Bounds of the crash counter before this claim. */
  attemptsFrom?: number;
  attemptsTo?: number;
}>;

const ANY_ATTEMPTS = 2_147_483_647;

/** Takes up to `limit` lanes that have work and no living owner, the longest ready first. */
export const claimLanes = async (db: Database, options: ClaimOptions): Promise<Lane[]> =>
  rowsOf<Lane>(db.raw(CLAIM, { attemptsFrom: 0, attemptsTo: ANY_ATTEMPTS, ...options }));

/**
 * False when the lane is not ours any more. A renewal that waited for the release of its own turn must find nothing to renew:
 * the lane would be held by nobody until that lease ran out.
 */
export const renewLane = async (db: Database, lane: Lane, leaseMs: number): Promise<boolean> => {
  const sql = `UPDATE lane SET lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond' WHERE key = :key AND fence = :fence AND lease_until IS NOT NULL RETURNING key`;
  return (await rowsOf(db.raw(sql, { key: lane.key, fence: lane.fence, leaseMs }))).length > 0;
};

/**
 * A transaction of a turn. It locks the lane first and stops with FENCE_LOST when the lane has a newer owner:
 * a fence compared anywhere later would be compared against an old snapshot, and a step of a dead owner would be committed.
 */
export const inLane = async <T>(db: Database, lane: Lane, work: (trx: Transaction) => Promise<T>): Promise<T> =>
  db.transaction(async (trx) => {
    const held = await rowsOf(trx.raw('SELECT 1 FROM lane WHERE key = :key AND fence = :fence FOR UPDATE', { key: lane.key, fence: lane.fence }));
    if (held.length === 0) throw new AppError('FENCE_LOST', 'the lane was taken over by another process');
    return work(trx);
  });

// Runs as a later statement of a transaction that holds the lane's lock, so its snapshot has every update received before the lock;
// one received after waits for the lock and sets ready_at itself. In a statement that waits for the lock, that wake-up is lost.
const RELEASE = `
UPDATE lane SET lease_until = NULL, owner = NULL, attempts = :attempts,
  not_before = CASE WHEN :waitMs::int IS NULL THEN NULL ELSE clock_timestamp() + :waitMs::int * interval '1 millisecond' END,
  ready_at = CASE WHEN EXISTS (SELECT 1 FROM inbox WHERE lane_key = :key AND done_at IS NULL) THEN least(ready_at, clock_timestamp()) END
WHERE key = :key AND fence = :fence`;

/**
 * Gives the lane back inside an `inLane` transaction. `attempts` is what the crash counter becomes;
 * `waitMs` keeps the lane from being claimed for that long (albums, back-off).
 */
export const releaseLane = async (trx: Transaction, lane: Lane, { attempts, waitMs }: { attempts: number; waitMs?: number | undefined }): Promise<void> => {
  await trx.raw(RELEASE, { key: lane.key, fence: lane.fence, attempts, waitMs: waitMs === undefined ? null : Math.round(waitMs) });
};

/** The chat a lane answers to; 0 for what belongs to no chat. Smoke lanes answer to chat 0. */
export const chatOfLane = (key: string): number => (key.startsWith('smoke:') ? 0 : Number(key.slice(key.indexOf(':') + 1)));
