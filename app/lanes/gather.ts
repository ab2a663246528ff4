import { rowsOf, type Database, type Transaction } from '../db/connect.ts';
import type { Incoming } from '../telegram/incoming.ts';
import { decideBatch, type AlbumTimes, type OpenUpdate } from './batch.ts';
import { inLane, releaseLane, type Lane } from './lane.ts';
import type { Turn, TurnInput } from './turn.ts';

type Row = Readonly<{ seq: number; body: Buffer | null; request_id: string | null; traceparent: string | null; received_at: Date; age_ms: number }>;
type Read = TurnInput & Readonly<{ ageMs: number }>;

type Deps = Readonly<{ db: Database; read: (body: Uint8Array) => Incoming; times: AlbumTimes }>;

const MAX_BATCH = 50; // bounds one prompt and one transaction; the rest is the next turn

const COLUMNS = 'seq, body, request_id, traceparent, received_at, extract(epoch FROM clock_timestamp() - received_at)::float8 * 1000 AS age_ms';
const OPEN = `SELECT ${COLUMNS} FROM inbox WHERE lane_key = :key AND done_at IS NULL ORDER BY seq LIMIT ${MAX_BATCH}`;

/**
 * The turn of a lane that was frozen and not finished. It goes before anything else: an update with an older number can be
 * committed late, and a turn named after it would answer the frozen one's updates a second time.
 */
export const FROZEN = `
SELECT turn_id AS "turnId" FROM inbox JOIN turn_input ON inbox_seq = seq
WHERE inbox.lane_key = :key AND done_at IS NULL ORDER BY seq LIMIT 1`;
const MEMBERS = `SELECT ${COLUMNS} FROM inbox JOIN turn_input ON inbox_seq = seq WHERE turn_id = :turnId ORDER BY seq`;

type UserText = Readonly<{ messageId: number; text: string }>;

// a later text of the same message replaces an earlier one: the customer has corrected it before we answered
const latestTexts = (inputs: readonly TurnInput[]): UserText[] => {
  const texts = new Map<number, string>();
  for (const { incoming } of inputs) {
    if (incoming.kind === 'text') texts.set(incoming.messageId, incoming.text);
    if (incoming.kind === 'command') texts.set(incoming.messageId, incoming.text);
  }
  return [...texts].map(([messageId, text]) => ({ messageId, text }));
};

// Telegram also reports an edit when only a link preview or a reaction changed: the text was answered already
const dropUnchangedEdits = async (trx: Transaction, lane: Lane, inputs: readonly TurnInput[]): Promise<UserText[]> => {
  const edited = new Set(inputs.flatMap(({ incoming }) => (incoming.kind === 'text' && incoming.edited ? [incoming.messageId] : [])));
  const kept: UserText[] = [];
  for (const text of latestTexts(inputs)) {
    const known = edited.has(text.messageId)
      ? await rowsOf<{ text: string }>(
          trx.raw('SELECT text FROM message WHERE lane_key = :key AND telegram_message_id = :id ORDER BY id DESC LIMIT 1', {
            key: lane.key,
            id: text.messageId,
          }),
        )
      : [];
    if (known[0]?.text !== text.text) kept.push(text);
  }
  return kept;
};

type Draft = Readonly<{ lane: Lane; turnId: string; inputs: readonly TurnInput[] }>;

const freeze = async (trx: Transaction, { lane, turnId, inputs }: Draft): Promise<void> => {
  await trx('turn_input').insert(inputs.map(({ seq }) => ({ turn_id: turnId, lane_key: lane.key, inbox_seq: seq })));
  const texts = await dropUnchangedEdits(trx, lane, inputs);
  if (texts.length === 0) return;
  await trx('message').insert(
    texts.map(({ messageId, text }) => ({ lane_key: lane.key, role: 'user', turn_id: turnId, text, telegram_message_id: messageId })),
  );
};

const toTurn = async (trx: Transaction, { lane, turnId, inputs }: Draft): Promise<Turn> => {
  const texts = await rowsOf<{ id: number; text: string }>(
    trx.raw(`SELECT id, text FROM message WHERE turn_id = :turnId AND role = 'user' ORDER BY id`, { turnId }),
  );
  const [{ before } = { before: 0 }] = await rowsOf<{ before: number }>(
    trx.raw('SELECT coalesce(max(id), 0) AS before FROM message WHERE lane_key = :key AND turn_id <> :turnId', { key: lane.key, turnId }),
  );
  return { id: turnId, lane, inputs, texts: texts.map((row) => row.text), historyUpTo: before };
};

/**
 * The first transaction of a turn: what it answers is fixed in turn_input and message before any work, so that a takeover
 * continues the same turn. Undefined = nothing to do now; the lane is already given back.
 */
export const createGather = ({ db, read, times }: Deps) => {
  const readRow = (row: Row): Read => ({
    seq: row.seq,
    incoming: row.body === null ? { kind: 'ignored', reason: 'body expired' } : read(row.body),
    requestId: row.request_id ?? undefined,
    traceparent: row.traceparent ?? undefined,
    receivedAt: row.received_at,
    ageMs: row.age_ms,
  });

  const choose = (open: readonly Read[]): { waitMs: number } | readonly Read[] => {
    const decision = decideBatch(open satisfies readonly OpenUpdate[], times);
    if (decision.kind === 'wait') return { waitMs: decision.waitMs };
    const seqs = new Set(decision.updates.map((update) => update.seq));
    return open.filter(({ seq }) => seqs.has(seq));
  };

  const frozenTurn = async (trx: Transaction, lane: Lane): Promise<Turn | undefined> => {
    const [frozen] = await rowsOf<{ turnId: string }>(trx.raw(FROZEN, { key: lane.key }));
    if (!frozen) return undefined;
    const inputs = (await rowsOf<Row>(trx.raw(MEMBERS, frozen))).map(readRow);
    return toTurn(trx, { lane, turnId: frozen.turnId, inputs });
  };

  const newTurn = async (trx: Transaction, lane: Lane): Promise<Turn | undefined> => {
    const open = (await rowsOf<Row>(trx.raw(OPEN, { key: lane.key }))).map(readRow);
    const first = open[0];
    if (!first) {
      await releaseLane(trx, lane, { attempts: 0 });
      return undefined;
    }
    const inputs = choose(open);
    if ('waitMs' in inputs) {
      await releaseLane(trx, lane, { attempts: lane.attempts - 1, waitMs: inputs.waitMs });
      return undefined;
    }
    const draft = { lane, turnId: `${lane.key}#${first.seq}`, inputs };
    await freeze(trx, draft);
    return toTurn(trx, draft);
  };

  return async (lane: Lane): Promise<Turn | undefined> => inLane(db, lane, async (trx) => (await frozenTurn(trx, lane)) ?? newTurn(trx, lane));
};
