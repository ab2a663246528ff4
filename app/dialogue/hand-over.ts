import { rowsOf, type Database, type Transaction } from '../db/connect.ts';
import { inLane } from '../lanes/lane.ts';
import type { Steps } from '../lanes/steps.ts';
import type { Turn } from '../lanes/turn.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { AppendOutbox } from '../outbox/append.ts';
import { noManagerCame } from './manager-texts.ts';
import type { Customer } from './reply.ts';

/** A dialogue that is a manager's at present. */
export type Handover = Readonly<{ id: number; turnId: string; startedAt: Date; managerWrote: boolean }>;

type Deps = Readonly<{
  db: Database;
  botId: number;
  managerChatId: number;
  returnMs: number;
  appendOutbox: AppendOutbox;
  metrics: Pick<Metrics, 'handedOver'>;
}>;
type Open = Handover & Readonly<{ inForce: boolean }>;
type Reason = Parameters<Metrics['handedOver']>[0];

// GREATEST ignores NULL: from the manager's last word, or from the beginning when there was none
const ENDS = `greatest(started_at, last_manager_at) + :returnMs * interval '1 millisecond'`;
const COLUMNS = `id, turn_id AS "turnId", started_at AS "startedAt", coalesce(last_manager_at >= started_at, false) AS "managerWrote"`;

const FIND = `SELECT ${COLUMNS}, ${ENDS} > :receivedAt AS "inForce" FROM handover WHERE lane_key = :laneKey AND ended_at IS NULL`;
const CLOSE = `
UPDATE handover SET ended_at = clock_timestamp() WHERE id = :id AND ended_at IS NULL AND ${ENDS} <= :receivedAt RETURNING ${COLUMNS}`;

// Of another turn, and still open: no turn begins under one that is in force and lets the bot answer. Or a manager wrote while the turn itself
// was handing over.
const TAKEN = `
SELECT ${COLUMNS} FROM handover WHERE lane_key = :laneKey AND ended_at IS NULL AND ${ENDS} > :receivedAt AND (turn_id <> :turnId OR EXISTS (
  SELECT 1 FROM message WHERE lane_key = :laneKey AND author = 'manager' AND id > :historyUpTo))`;

const THREAD = `
SELECT message_id AS "messageId" FROM outbox
WHERE bot_id = :botId AND chat_id = :managerChatId AND kind = 'notice' AND turn_id = :turnId AND message_id IS NOT NULL ORDER BY seq LIMIT 1`;

// a second one within the same turn changes nothing; a later one begins anew
const BEGIN = `
INSERT INTO handover AS h (lane_key, turn_id, reason) VALUES (:laneKey, :turnId, :reason)
ON CONFLICT (lane_key) WHERE ended_at IS NULL
DO UPDATE SET turn_id = excluded.turn_id, reason = excluded.reason, started_at = clock_timestamp() WHERE h.turn_id <> excluded.turn_id
RETURNING id`;
const MANAGER_WROTE = `
INSERT INTO handover (lane_key, turn_id, reason, started_at, last_manager_at)
SELECT :laneKey, :turnId, 'manager_wrote', t, t FROM (SELECT clock_timestamp() AS t) AS now
ON CONFLICT (lane_key) WHERE ended_at IS NULL DO UPDATE SET last_manager_at = excluded.last_manager_at
RETURNING last_manager_at = started_at AS "isNew"`;
const END = `UPDATE handover SET ended_at = clock_timestamp() WHERE lane_key = :laneKey AND ended_at IS NULL RETURNING id`;

/**
 * Who leads a dialogue, bot or manager, as the rows of `handover` say it. Nothing runs by a timer: each message of the customer is judged by
 * when it was received. A row of `handover` is locked after its lane and before any chat of the outbox; only the managers' lane locks several.
 */
export const createHandovers = ({ db, botId, managerChatId, returnMs, appendOutbox, metrics }: Deps) => {
  const receivedAtOf = (turn: Turn): Date => turn.inputs.at(-1)?.receivedAt ?? new Date(0);

  const threadOf = async ({ turnId }: Handover, reader: Database = db): Promise<number | undefined> =>
    (await rowsOf<{ messageId: number }>(reader.raw(THREAD, { botId, managerChatId, turnId })))[0]?.messageId;

  const closeExpired = async (turn: Turn, { sender }: Customer, { id }: Open): Promise<boolean> =>
    inLane(db, turn.lane, async (trx) => {
      const [closed] = await rowsOf<Handover>(trx.raw(CLOSE, { id, returnMs, receivedAt: receivedAtOf(turn) }));
      if (!closed) return false;
      if (closed.managerWrote) return true;
      const replyTo = await threadOf(closed, trx);
      const notice = { chatId: managerChatId, kind: 'notice', text: noManagerCame(returnMs, sender), replyTo } as const;
      await appendOutbox(trx, [notice], { turnId: turn.id, traceparent: turn.inputs.at(-1)?.traceparent });
      return true;
    });

  return {
    /**
     * The hand-over under which a turn stands; undefined = the bot answers. One whose time was over when the customer wrote is closed here,
     * before a model is asked, so that whoever continues the turn decides the same.
     */
    inForce: async (turn: Turn, customer: Customer, steps: Steps): Promise<Handover | undefined> => {
      if (steps.all().length > 0) return undefined; // the bot has begun to answer, or it was this turn that handed over
      const [open] = await rowsOf<Open>(db.raw(FIND, { laneKey: turn.lane.key, returnMs, receivedAt: receivedAtOf(turn) }));
      if (!open || open.inForce) return open;
      // a manager who wrote in between has prolonged it
      return (await closeExpired(turn, customer, open)) ? undefined : open;
    },
    /** The hand-over by which a manager took the dialogue while the turn was answering. Under the lane's lock, which a manager's word takes too. */
    takenOver: async (trx: Transaction, turn: Turn): Promise<Handover | undefined> => {
      const { id: turnId, historyUpTo } = turn;
      const [taken] = await rowsOf<Handover>(trx.raw(TAKEN, { laneKey: turn.lane.key, turnId, historyUpTo, returnMs, receivedAt: receivedAtOf(turn) }));
      return taken && { ...taken, managerWrote: true };
    },
    /** The message of the group that a hand-over began with, as soon as Telegram has numbered it. */
    threadOf,
    /** False when this turn has handed over already. */
    begin: async (trx: Transaction, handover: Readonly<{ laneKey: string; turnId: string; reason: Reason }>): Promise<boolean> => {
      const begun = (await rowsOf(trx.raw(BEGIN, handover))).length > 0;
      if (begun) metrics.handedOver(handover.reason);
      return begun;
    },
    /** A manager spoke to the customer, whose lane is locked: the dialogue is the manager's from now on. */
    managerWrote: async (trx: Transaction, from: Readonly<{ laneKey: string; turnId: string }>): Promise<void> => {
      const [handover] = await rowsOf<{ isNew: boolean }>(trx.raw(MANAGER_WROTE, from));
      if (handover?.isNew) metrics.handedOver('manager_wrote');
    },
    /** False when no hand-over was open. */
    end: async (trx: Transaction, laneKey: string): Promise<boolean> => (await rowsOf(trx.raw(END, { laneKey }))).length > 0,
  };
};

export type Handovers = ReturnType<typeof createHandovers>;
