import { storeEvents } from '../analytics/events.ts';
import { errorEvent } from '../analytics/errors.ts';
import { describeDone } from '../booking/done.ts';
import { rowsOf, type Database, type Transaction } from '../db/connect.ts';
import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../kit/logger.ts';
import type { AppendOutbox, OutboxDraft } from '../outbox/append.ts';
import type { Metrics } from '../observability/metrics.ts';
import { FROZEN } from './gather.ts';
import { chatOfLane, inLane, releaseLane, type Lane } from './lane.ts';

type Deps = Readonly<{ db: Database; appendOutbox: AppendOutbox; managerChatId: number; metrics: Metrics; clock: Clock; logger: Logger }>;

const plain = (text: string) => ({ text, entities: [] });

const APOLOGY = 'Извините, на это сообщение ответить не получилось из-за ошибки на нашей стороне. Я передал менеджеру, он свяжется с вами.';

// what was done stands, so the customer is not told that it failed
const doneAnyway = (done: string): string => `${done} Ответить подробнее не получилось из-за ошибки на нашей стороне.`;

// neither model nor Markdown nor the update's own bytes are touched here: one of them may be what kills the process
const draftsFor = (lane: Lane, managerChatId: number, { seqs, done }: Batch): OutboxDraft[] => {
  const chatId = chatOfLane(lane.key);
  const isCustomer = chatId > 0;
  const told = done === '' ? 'Клиент получил извинение' : `Клиенту сказано: «${done}»`;
  const notice = isCustomer
    ? `Сообщение клиента (чат ${chatId}) не удалось обработать. ${told}; свяжитесь с ним. Записи: ${seqs.join(', ')}.`
    : `Обновление Telegram не удалось обработать. Записи: ${seqs.join(', ')}.`;
  return [
    ...(isCustomer ? [{ chatId, kind: 'apology', text: plain(done === '' ? APOLOGY : doneAnyway(done)) } as const] : []),
    { chatId: managerChatId, kind: 'notice', text: plain(notice) } as const,
  ];
};

const MEMBERS = 'SELECT inbox_seq AS seq FROM turn_input WHERE turn_id = :turnId ORDER BY 1';
const OLDEST = 'SELECT seq FROM inbox WHERE lane_key = :key AND done_at IS NULL ORDER BY seq LIMIT 1';
const EFFECTS = `SELECT result FROM step WHERE turn_id = :turnId AND kind = 'effect' ORDER BY step_no, call_index`;
// what managers write quotes customers, whose /reset does not find it there
const CLOSE = `
UPDATE inbox SET outcome = 'dead', done_at = clock_timestamp(), body = CASE WHEN :isGroup THEN NULL ELSE body END WHERE seq = ANY(:seqs)`;

type Batch = Readonly<{
  turnId: string;
  seqs: readonly number[];
  /** What the turn has done to bookings before it died, for the customer; empty: nothing. */
  done: string;
}>;

// the batch as it was frozen; when even that never happened, the oldest open update alone
const readBatch = async (trx: Transaction, { key }: Lane): Promise<Batch | undefined> => {
  const [frozen] = await rowsOf<{ turnId: string }>(trx.raw(FROZEN, { key }));
  const rows = await rowsOf<{ seq: number }>(frozen ? trx.raw(MEMBERS, frozen) : trx.raw(OLDEST, { key }));
  if (!rows[0]) return undefined;
  const turnId = frozen?.turnId ?? `${key}#${rows[0].seq}`;
  const effects = await rowsOf<{ result: unknown }>(trx.raw(EFFECTS, { turnId }));
  return { turnId, seqs: rows.map((row) => row.seq), done: describeDone(effects.map(({ result }) => result)) };
};

/** Ends a batch that has failed too often: fixed apology, notice to the managers, and the lane goes on with what follows. */
export const createDeadLetter = ({ db, appendOutbox, managerChatId, metrics, clock, logger }: Deps) => {
  const eventOf = (lane: Lane, { turnId }: Batch) => {
    const chatId = chatOfLane(lane.key);
    const failure = { errorClass: 'dead_letter', message: `given up after ${lane.attempts - 1} failed attempts` };
    const telegramUserId = chatId > 0 ? chatId : undefined; // a private chat has its person's number
    return errorEvent({ failure, context: 'dead_letter', telegramUserId, key: `error:dead:${turnId}`, at: clock.now() });
  };

  return async (lane: Lane): Promise<void> => {
    const batch = await inLane(db, lane, async (trx) => {
      const found = await readBatch(trx, lane);
      if (found) {
        await appendOutbox(trx, draftsFor(lane, managerChatId, found), { turnId: found.turnId, traceparent: undefined });
        await trx.raw(CLOSE, { seqs: [...found.seqs], isGroup: chatOfLane(lane.key) < 0 });
        await storeEvents(trx, [eventOf(lane, found)], metrics);
      }
      await releaseLane(trx, lane, { attempts: 0 });
      return found;
    });
    if (!batch) return;
    metrics.turnFinished(0, 'dead');
    logger.error({ inbox_seqs: batch.seqs, attempts: lane.attempts }, 'batch dead-lettered after repeated failures; a manager was told');
  };
};
