import { rowsOf, type Database, type Transaction } from '../db/connect.ts';
import { inLane } from '../lanes/lane.ts';
import type { Steps } from '../lanes/steps.ts';
import type { Turn } from '../lanes/turn.ts';
import type { AppendOutbox } from '../outbox/append.ts';
import { noManagerCame } from './manager-texts.ts';

/** A dialogue that is a manager's at present. */
export type Handover = Readonly<{ id: number; turnId: string; startedAt: Date; managerWrote: boolean }>;

type Deps = Readonly<{ db: Database; managerChatId: number; returnMs: number; appendOutbox: AppendOutbox }>;
type Open = Handover & Readonly<{ inForce: boolean }>;

// GREATEST ignores NULL: from the manager's last word, or from the beginning when there was none
const ENDS = `greatest(started_at, last_manager_at) + :returnMs * interval '1 millisecond'`;
const COLUMNS = `id, turn_id AS "turnId", started_at AS "startedAt", coalesce(last_manager_at >= started_at, false) AS "managerWrote"`;

const FIND = `SELECT ${COLUMNS}, ${ENDS} > :receivedAt AS "inForce" FROM handover WHERE lane_key = :laneKey AND ended_at IS NULL`;
const CLOSE = `
UPDATE handover SET ended_at = clock_timestamp() WHERE id = :id AND ended_at IS NULL AND ${ENDS} <= :receivedAt RETURNING ${COLUMNS}`;

// a second one within the same turn changes nothing; a later one begins anew
const BEGIN = `
INSERT INTO handover AS h (lane_key, turn_id, reason) VALUES (:laneKey, :turnId, :reason)
ON CONFLICT (lane_key) WHERE ended_at IS NULL
DO UPDATE SET turn_id = excluded.turn_id, reason = excluded.reason, started_at = clock_timestamp() WHERE h.turn_id <> excluded.turn_id
RETURNING id`;
const MANAGER_WROTE = `
INSERT INTO handover (lane_key, turn_id, reason, started_at, last_manager_at)
SELECT :laneKey, :turnId, 'manager_wrote', t, t FROM (SELECT clock_timestamp() AS t) AS now
ON CONFLICT (lane_key) WHERE ended_at IS NULL DO UPDATE SET last_manager_at = excluded.last_manager_at`;
const END = `UPDATE handover SET ended_at = clock_timestamp() WHERE lane_key = :laneKey AND ended_at IS NULL RETURNING id`;

/**
 * Who leads a dialogue, bot or manager, as the rows of `handover` say it. Nothing runs by a timer: each message of the customer is judged by
 * when it was received. A row of `handover` is locked after its lane and before any chat of the outbox; only the managers' lane locks several.
 */
export const createHandovers = ({ db, managerChatId, returnMs, appendOutbox }: Deps) => {
  const closeExpired = async (turn: Turn, { id }: Open, receivedAt: Date): Promise<boolean> =>
    inLane(db, turn.lane, async (trx) => {
      const [closed] = await rowsOf<Handover>(trx.raw(CLOSE, { id, returnMs, receivedAt }));
      if (!closed) return false;
      if (closed.managerWrote) return true;
      const notice = { chatId: managerChatId, kind: 'notice', text: noManagerCame(returnMs) } as const;
      await appendOutbox(trx, [notice], { turnId: turn.id, traceparent: turn.inputs.at(-1)?.traceparent });
      return true;
    });

  return {
    /**
     * The hand-over under which a turn stands; undefined = the bot answers. One whose time was over when the customer wrote is closed here,
     * before a model is asked, so that whoever continues the turn decides the same.
     */
    inForce: async (turn: Turn, steps: Steps): Promise<Handover | undefined> => {
      if (steps.all().length > 0) return undefined; // the bot has begun to answer, or it was this turn that handed over
      const receivedAt = turn.inputs.at(-1)?.receivedAt ?? new Date(0);
      const [open] = await rowsOf<Open>(db.raw(FIND, { laneKey: turn.lane.key, returnMs, receivedAt }));
      if (!open || open.inForce) return open;
      // a manager who wrote in between has prolonged it
      return (await closeExpired(turn, open, receivedAt)) ? undefined : open;
    },
    /** False when this turn has handed over already. */
    begin: async (trx: Transaction, handover: Readonly<{ laneKey: string; turnId: string; reason: string }>): Promise<boolean> =>
      (await rowsOf(trx.raw(BEGIN, handover))).length > 0,
    /** A manager spoke to the customer: the dialogue is theirs from now on. */
    managerWrote: async (trx: Transaction, from: Readonly<{ laneKey: string; turnId: string }>): Promise<void> => {
      await trx.raw(MANAGER_WROTE, from);
    },
    /** False when no hand-over was open. */
    end: async (trx: Transaction, laneKey: string): Promise<boolean> => (await rowsOf(trx.raw(END, { laneKey }))).length > 0,
  };
};

export type Handovers = ReturnType<typeof createHandovers>;
