import { rowsOf, type Database, type Transaction } from '../db/connect.ts';
import type { Incoming } from '../telegram/incoming.ts';
import { decideBatch, type AlbumTimes, type OpenUpdate } from './batch.ts';
import { customerTexts, wordsOf, type CustomerText } from './customer-texts.ts';
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

// a manager's words keep the number of their message in another chat
const KNOWN = `SELECT text FROM message WHERE lane_key = :key AND telegram_message_id = :id AND role = 'user' ORDER BY id DESC LIMIT 1`;

// Telegram also reports an edit when only a link preview or a reaction changed: the text was answered already
const dropUnchangedEdits = async (trx: Transaction, lane: Lane, said: readonly CustomerText[]): Promise<CustomerText[]> => {
  const kept: CustomerText[] = [];
  for (const one of said) {
    const known = one.edited ? await rowsOf<{ text: string }>(trx.raw(KNOWN, { key: lane.key, id: one.messageId })) : [];
    if (known[0] === undefined || wordsOf(known[0].text) !== wordsOf(one.text)) kept.push(one);
  }
  return kept;
};

// By file id alone: the picture stays with Telegram. It hangs on the customer's newest message, since a release that does not know photos
// erases messages; even of an edit that was dropped, the message is there.
const keepPhotos = async (trx: Transaction, { lane, turnId, inputs }: Draft): Promise<void> => {
  const photos = inputs.flatMap(({ incoming }) => (incoming.kind === 'photo' ? [incoming] : []));
  if (photos.length === 0) return;
  const newest = trx('message').max('id').where({ lane_key: lane.key, role: 'user' });
  const common = { lane_key: lane.key, turn_id: turnId, message_id: newest, kind: 'photo' };
  const rows = photos.map(({ messageId, fileId }) => ({ ...common, telegram_message_id: messageId, file_id: fileId }));
  await trx('attachment').insert(rows).onConflict(['lane_key', 'telegram_message_id']).ignore(); // its caption was edited
};

type Draft = Readonly<{ lane: Lane; turnId: string; inputs: readonly TurnInput[] }>;

// what a manager writes or a summary adds while the turn is under way is none of its past, or a takeover would show the model another dialogue
const NEWEST = 'SELECT coalesce(max(id), 0) AS before FROM message WHERE lane_key = :key';
const SUMMARY = 'SELECT id FROM summary WHERE lane_key = :key AND up_to_message_id <= :before ORDER BY up_to_message_id DESC, id DESC LIMIT 1';
const FIXED = 'SELECT history_up_to AS before FROM turn_input WHERE turn_id = :turnId AND history_up_to IS NOT NULL LIMIT 1';
// of a turn that release 0.1.0 froze
const BEFORE = `
SELECT coalesce(max(id), 0) AS before FROM message WHERE lane_key = :key AND turn_id <> :turnId
  AND id < coalesce((SELECT min(id) FROM message WHERE turn_id = :turnId), 9223372036854775807)`;

const freeze = async (trx: Transaction, draft: Draft): Promise<void> => {
  const { lane, turnId, inputs } = draft;
  const [{ before } = { before: 0 }] = await rowsOf<{ before: number }>(trx.raw(NEWEST, { key: lane.key }));
  const [summary] = await rowsOf<{ id: number }>(trx.raw(SUMMARY, { key: lane.key, before }));
  const past = { history_up_to: before, summary_id: summary?.id ?? null };
  await trx('turn_input').insert(inputs.map(({ seq }) => ({ turn_id: turnId, lane_key: lane.key, inbox_seq: seq, ...past })));
  const texts = await dropUnchangedEdits(trx, lane, customerTexts(inputs));
  const rows = texts.map(({ messageId, text }) => ({ lane_key: lane.key, role: 'user', turn_id: turnId, text, telegram_message_id: messageId }));
  if (rows.length > 0) await trx('message').insert(rows);
  await keepPhotos(trx, draft);
};

const pastOf = async (trx: Transaction, { lane, turnId }: Draft): Promise<number> => {
  const [fixed] = await rowsOf<{ before: number }>(trx.raw(FIXED, { turnId }));
  const [{ before } = { before: 0 }] = fixed ? [fixed] : await rowsOf<{ before: number }>(trx.raw(BEFORE, { key: lane.key, turnId }));
  return before;
};

const toTurn = async (trx: Transaction, draft: Draft): Promise<Turn> => {
  const { lane, turnId, inputs } = draft;
  const texts = await rowsOf<{ id: number; text: string }>(
    trx.raw(`SELECT id, text FROM message WHERE turn_id = :turnId AND role = 'user' ORDER BY id`, { turnId }),
  );
  return { id: turnId, lane, inputs, texts: texts.map((row) => row.text), historyUpTo: await pastOf(trx, draft) };
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
