import { rowsOf, type Database } from '../db/connect.ts';
import type { Clock } from '../kit/clock.ts';
import { messageOf } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import { storableText } from '../kit/text.ts';
import { inLane } from '../lanes/lane.ts';
import type { Turn } from '../lanes/turn.ts';
import { maskMessages, type MaskOptions } from '../llm/mask.ts';
import type { Model, ModelCaller } from '../llm/port.ts';
import { buildSummaryRequest, MAX_SUMMARY, rememberedAs, shorten } from '../llm/prompt.ts';
import { readHistory } from './history.ts';

/** What was said up to a message, in short. */
export type Summary = Readonly<{ upTo: number; text: string }>;

const LATEST = `SELECT up_to_message_id AS "upTo", text FROM summary WHERE lane_key = :laneKey AND up_to_message_id <= :upTo`;

/** The summary under which a turn stands: never one of its own, or a takeover would show the model another dialogue. */
export const readSummary = async (db: Database, turn: Turn): Promise<Summary | undefined> => {
  const params = { laneKey: turn.lane.key, upTo: turn.historyUpTo, turnId: turn.id };
  const [summary] = await rowsOf<Summary>(db.raw(`${LATEST} AND turn_id <> :turnId ORDER BY up_to_message_id DESC, id DESC LIMIT 1`, params));
  return summary;
};

type Deps = Readonly<{
  db: Database;
  model: Model;
  /** More messages than this without a summary make one due. */
  afterMessages: number;
  totalTimeoutMs: number;
  clock: Clock;
  logger: Logger;
}>;

type Wish = Readonly<{ turn: Turn; before: Summary | undefined; mask: MaskOptions; caller: ModelCaller; signal: AbortSignal }>;

const KEPT = 20; // the newest messages stay word for word
const MAX_MESSAGES = 80; // of one summary; what is beyond is the next one's

/**
 * Sums up the old part of a long dialogue beside the answer to it, for later turns. Never delays or fails the answer: it stops with it, is only
 * logged when it fails, and is tried again by the next turn. The messages themselves stay.
 */
export const createSummarise = ({ db, model, afterMessages, totalTimeoutMs, clock, logger }: Deps) => {
  const due = async ({ turn, before }: Wish): Promise<readonly Awaited<ReturnType<typeof readHistory>>[number][]> => {
    const laneKey = turn.lane.key;
    const after = before?.upTo ?? 0;
    const [{ open } = { open: 0 }] = await rowsOf<{ open: number }>(
      db.raw(
        `SELECT count(*)::int AS open FROM message WHERE lane_key = :laneKey AND id > :after AND id <= :upTo
         AND NOT EXISTS (SELECT 1 FROM summary WHERE lane_key = :laneKey AND turn_id = :turnId)`,
        { laneKey, after, upTo: turn.historyUpTo, turnId: turn.id },
      ),
    );
    if (open <= afterMessages) return [];
    const old = await readHistory(db, { laneKey, after, upTo: turn.historyUpTo, limit: Math.max(open, 1) });
    return old.slice(0, -KEPT).slice(0, MAX_MESSAGES);
  };

  const summarise = async (wish: Wish, signal: AbortSignal): Promise<void> => {
    const { turn, before, caller } = wish;
    const old = await due(wish);
    const upTo = old.at(-1)?.id;
    if (upTo === undefined || signal.aborted) return;
    const masked = maskMessages(rememberedAs(before?.text, old), wish.mask);
    const deadlineMs = clock.monotonicMs() + totalTimeoutMs;
    const answer = await model.complete({ caller, purpose: 'summary', messages: buildSummaryRequest(masked.messages), tools: [], signal, deadlineMs });
    const { text, unknown } = masked.unmask(answer);
    signal.throwIfAborted();
    if (unknown.length > 0 || text.trim() === '') throw new Error('the summary names what is not in the dialogue');
    const row = { lane_key: turn.lane.key, turn_id: turn.id, up_to_message_id: upTo, text: storableText(shorten(text.trim(), MAX_SUMMARY)) };
    await inLane(db, turn.lane, async (trx) => trx('summary').insert(row));
  };

  /** Begins at once where a summary is due; the caller ends it together with its answer. */
  return (wish: Wish): Readonly<{ end: () => void }> => {
    const ended = new AbortController();
    const signal = AbortSignal.any([wish.signal, ended.signal]);
    summarise(wish, signal).catch((error: unknown) => {
      if (signal.aborted) logger.debug({}, 'the answer was ready before the summary of what came before it');
      else logger.warn({ error: messageOf(error) }, 'no summary of a long dialogue; the next turn tries again');
    });
    return { end: () => ended.abort(new Error('the turn is over')) };
  };
};

export type Summarise = ReturnType<typeof createSummarise>;
