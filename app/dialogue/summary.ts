import { rowsOf, type Database, type Transaction } from '../db/connect.ts';
import type { Background } from '../kit/background.ts';
import type { Clock } from '../kit/clock.ts';
import { messageOf } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import { storableText } from '../kit/text.ts';
import type { Turn } from '../lanes/turn.ts';
import { maskMessages, type MaskOptions } from '../llm/mask.ts';
import type { Model, ModelCaller } from '../llm/port.ts';
import { buildSummaryRequest, MAX_SUMMARY, rememberedAs, shorten } from '../llm/prompt.ts';
import type { HistoryMessage } from './history.ts';

/** What was said up to a message, in short. */
export type Summary = Readonly<{ upTo: number; text: string }>;

const FIXED = `
SELECT up_to_message_id AS "upTo", text FROM turn_input JOIN summary ON summary.id = summary_id WHERE turn_input.turn_id = :turnId LIMIT 1`;

/** The summary under which a turn stands: the newest when it began, or a takeover would show the model another dialogue. */
export const readSummary = async (db: Database, turn: Turn): Promise<Summary | undefined> => (await rowsOf<Summary>(db.raw(FIXED, { turnId: turn.id })))[0];

type Deps = Readonly<{
  db: Database;
  model: Model;
  /** More messages than this without a summary make one due. */
  afterMessages: number;
  /** For one summary, from its start. */
  totalTimeoutMs: number;
  background: Background;
  clock: Clock;
  logger: Logger;
}>;

type Wish = Readonly<{ turn: Turn; before: Summary | undefined; mask: MaskOptions; caller: ModelCaller }>;

const KEPT = 20; // the newest messages stay word for word
const MAX_MESSAGES = 80; // of one summary; what is beyond is the next one's

const UNSUMMED = `
SELECT id, role, text, author FROM message WHERE lane_key = :laneKey AND id > :after AND id <= :upTo
  AND NOT EXISTS (SELECT 1 FROM summary WHERE lane_key = :laneKey AND up_to_message_id > :after)
ORDER BY id LIMIT :limit`;

// The turn that asked for it may be long over: another turn may have made a newer one, and a /reset erased the dialogue.
const STORE = `
INSERT INTO summary (lane_key, turn_id, up_to_message_id, text)
SELECT :laneKey, :turnId, id, :text FROM message WHERE id = :upTo AND lane_key = :laneKey
  AND NOT EXISTS (SELECT 1 FROM summary WHERE lane_key = :laneKey AND up_to_message_id >= :upTo)`;

type Row = Readonly<{ id: number; role: 'user' | 'assistant'; text: string; author: string | null }>;

/**
 * Sums up the old part of a long dialogue, for later turns; the messages themselves stay. Begins beside the answer and outlives its turn, so it
 * neither delays nor fails an answer: one that fails is logged, and a later turn tries again.
 */
export const createSummarise = ({ db, model, afterMessages, totalTimeoutMs, background, clock, logger }: Deps) => {
  const due = async ({ turn, before }: Wish): Promise<readonly HistoryMessage[]> => {
    const params = { laneKey: turn.lane.key, after: before?.upTo ?? 0, upTo: turn.historyUpTo, limit: Math.max(afterMessages + 1, KEPT + MAX_MESSAGES) };
    const rows = await rowsOf<Row>(db.raw(UNSUMMED, params));
    if (rows.length <= afterMessages) return [];
    const old = rows.slice(0, Math.max(0, Math.min(rows.length - KEPT, MAX_MESSAGES)));
    return old.map(({ author, ...message }) => ({ ...message, author: author === 'manager' ? 'manager' : undefined }));
  };

  const store = async ({ turn }: Wish, { upTo, text }: Summary): Promise<void> =>
    db.transaction(async (trx: Transaction) => {
      await trx.raw('SELECT 1 FROM lane WHERE key = ? FOR UPDATE', [turn.lane.key]); // one turn at a time adds or erases
      await trx.raw(STORE, { laneKey: turn.lane.key, turnId: turn.id, upTo, text });
    });

  const summarise = async (wish: Wish, signal: AbortSignal): Promise<void> => {
    const { before, caller } = wish;
    const deadlineMs = clock.monotonicMs() + totalTimeoutMs;
    const old = await due(wish);
    const upTo = old.at(-1)?.id;
    if (upTo === undefined || signal.aborted) return;
    const masked = maskMessages(rememberedAs(before?.text, old), wish.mask);
    const answer = await model.complete({ caller, purpose: 'summary', messages: buildSummaryRequest(masked.messages), tools: [], signal, deadlineMs });
    const { text, unknown } = masked.unmask(answer);
    signal.throwIfAborted();
    if (unknown.length > 0 || text.trim() === '') throw new Error('the summary names what is not in the dialogue');
    await store(wish, { upTo, text: storableText(shorten(text.trim(), MAX_SUMMARY)) });
  };

  /** Begins where a summary is due and none of the same chat is under way in this process. */
  return (wish: Wish): void =>
    background.begin(`summary:${wish.turn.lane.key}`, (signal) =>
      summarise(wish, signal).catch((error: unknown) => {
        if (signal.aborted) logger.debug({}, 'the process stopped before a summary was made');
        else logger.warn({ error: messageOf(error) }, 'no summary of a long dialogue; a later turn tries again');
      }),
    );
};

export type Summarise = ReturnType<typeof createSummarise>;
