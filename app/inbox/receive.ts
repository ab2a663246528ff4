import { rowsOf, type Database } from '../db/connect.ts';
import { isDataRefused, translateDbError } from '../db/errors.ts';
import { sha256Hex } from '../kit/ids.ts';
import type { Logger } from '../kit/logger.ts';
import { routeUpdate } from './route.ts';

export type ReceiveInput = Readonly<{ body: Buffer; requestId: string; traceparent: string | undefined }>;
export type ReceiveResult = Readonly<{ outcome: 'stored' | 'duplicate' | 'poison' }>;

// One statement, one commit: the update is on disk and its lane is ready, or neither is. LEAST ignores NULL.
const STORE = `
WITH stored AS (
  INSERT INTO inbox (bot_id, update_key, lane_key, body, request_id, traceparent)
  VALUES (:botId, :updateKey, :laneKey, :body, :requestId, :traceparent)
  ON CONFLICT DO NOTHING RETURNING seq, lane_key
), woken AS (
  INSERT INTO lane (key, ready_at) SELECT lane_key, clock_timestamp() FROM stored
  ON CONFLICT (key) DO UPDATE SET ready_at = least(lane.ready_at, excluded.ready_at)
)
SELECT seq FROM stored`;

const STORE_POISON = `
INSERT INTO inbox (bot_id, update_key, body, request_id, traceparent, outcome, done_at)
VALUES (:botId, :updateKey, :body, :requestId, :traceparent, 'poison', clock_timestamp())
ON CONFLICT DO NOTHING RETURNING seq`;

type Deps = Readonly<{ db: Database; botId: number; wake: () => void; logger: Logger }>;

/**
 * Stores a raw webhook body; when it resolves the update is committed and will be worked on (or is poison, kept for a person).
 * Throws AppError DATABASE_UNAVAILABLE when nothing is known to be stored: the caller must ask Telegram to try again.
 */
export const createReceive = ({ db, botId, wake, logger }: Deps) => {
  const store = async (sql: string, input: ReceiveInput, keys: { updateKey: string; laneKey?: string }): Promise<boolean> => {
    const bindings = { botId, body: input.body, requestId: input.requestId, traceparent: input.traceparent ?? null, laneKey: null, ...keys };
    return (await rowsOf<{ seq: number }>(db.raw(sql, bindings))).length > 0;
  };

  const storePoison = async (input: ReceiveInput, updateKey: string, reason: string): Promise<ReceiveResult> => {
    const fresh = await store(STORE_POISON, input, { updateKey });
    logger.warn({ request_id: input.requestId, update_key: updateKey, bytes: input.body.length, reason }, 'update stored as poison');
    return { outcome: fresh ? 'poison' : 'duplicate' };
  };

  const storeUpdate = async (input: ReceiveInput): Promise<ReceiveResult> => {
    const route = routeUpdate(input.body, botId);
    if (route.kind === 'poison') return storePoison(input, route.updateKey, route.reason);
    try {
      if (!(await store(STORE, input, { updateKey: route.updateKey, laneKey: route.laneKey }))) return { outcome: 'duplicate' };
    } catch (error) {
      if (!isDataRefused(error)) throw error;
      return storePoison(input, sha256Hex(input.body), 'refused by the database');
    }
    wake();
    return { outcome: 'stored' };
  };

  return async (input: ReceiveInput): Promise<ReceiveResult> => {
    try {
      const result = await storeUpdate(input);
      logger.debug({ request_id: input.requestId, outcome: result.outcome }, 'update received');
      return result;
    } catch (error) {
      throw translateDbError(error);
    }
  };
};

export type Receive = ReturnType<typeof createReceive>;
