import { rowsOf, type Database, type Transaction } from '../db/connect.ts';
import type { Logger } from '../kit/logger.ts';
import type { AppendOutbox, OutboxDraft } from '../outbox/append.ts';
import type { Metrics } from '../observability/metrics.ts';
import { FROZEN } from './gather.ts';
import { chatOfLane, inLane, releaseLane, type Lane } from './lane.ts';

type Deps = Readonly<{ db: Database; appendOutbox: AppendOutbox; managerChatId: number; metrics: Metrics; logger: Logger }>;

const plain = (text: string) => ({ text, entities: [] });

const APOLOGY = 'Извините, на это сообщение ответить не получилось из-за ошибки на нашей стороне. Я передал менеджеру, он свяжется с вами.';

// the booking stands, so the customer is not told that it failed
const bookedAnyway = (number: number): string =>
  `Ваша заявка №${number} принята, менеджер перезвонит. Ответить подробнее не получилось из-за ошибки на нашей стороне.`;

// neither model nor Markdown nor the update's own bytes are touched here: one of them may be what kills the process
const draftsFor = (lane: Lane, managerChatId: number, { seqs, booked }: Batch): OutboxDraft[] => {
  const chatId = chatOfLane(lane.key);
  const isCustomer = chatId > 0;
  const notice = isCustomer
    ? `Сообщение клиента (чат ${chatId}) не удалось обработать. Клиент получил извинение; свяжитесь с ним. Записи: ${seqs.join(', ')}.`
    : `Обновление Telegram не удалось обработать. Записи: ${seqs.join(', ')}.`;
  return [
    ...(isCustomer ? [{ chatId, kind: 'apology', text: plain(booked === undefined ? APOLOGY : bookedAnyway(booked)) } as const] : []),
    { chatId: managerChatId, kind: 'notice', text: plain(notice) } as const,
  ];
};

const MEMBERS = 'SELECT inbox_seq AS seq FROM turn_input WHERE turn_id = :turnId ORDER BY 1';
const OLDEST = 'SELECT seq FROM inbox WHERE lane_key = :key AND done_at IS NULL ORDER BY seq LIMIT 1';
const BOOKED = `SELECT (result->>'number')::bigint AS number FROM step WHERE turn_id = :turnId AND kind = 'effect' AND result->>'ok' = 'true' ORDER BY step_no DESC, call_index DESC LIMIT 1`;

type Batch = Readonly<{ turnId: string; seqs: readonly number[]; booked: number | undefined }>;

// the batch as it was frozen; when even that never happened, the oldest open update alone
const readBatch = async (trx: Transaction, { key }: Lane): Promise<Batch | undefined> => {
  const [frozen] = await rowsOf<{ turnId: string }>(trx.raw(FROZEN, { key }));
  const rows = await rowsOf<{ seq: number }>(frozen ? trx.raw(MEMBERS, frozen) : trx.raw(OLDEST, { key }));
  if (!rows[0]) return undefined;
  const turnId = frozen?.turnId ?? `${key}#${rows[0].seq}`;
  const [effect] = await rowsOf<{ number: number }>(trx.raw(BOOKED, { turnId }));
  return { turnId, seqs: rows.map((row) => row.seq), booked: effect?.number };
};

/** Ends a batch that has failed too often: fixed apology, notice to the managers, and the lane goes on with what follows. */
export const createDeadLetter =
  ({ db, appendOutbox, managerChatId, metrics, logger }: Deps) =>
  async (lane: Lane): Promise<void> => {
    const batch = await inLane(db, lane, async (trx) => {
      const found = await readBatch(trx, lane);
      if (found) {
        await appendOutbox(trx, draftsFor(lane, managerChatId, found), { turnId: found.turnId, traceparent: undefined });
        await trx.raw(`UPDATE inbox SET outcome = 'dead', done_at = clock_timestamp() WHERE seq = ANY(?)`, [[...found.seqs]]);
      }
      await releaseLane(trx, lane, { attempts: 0 });
      return found;
    });
    if (!batch) return;
    metrics.turnFinished(0, 'dead');
    logger.error({ inbox_seqs: batch.seqs, attempts: lane.attempts }, 'batch dead-lettered after repeated failures; a manager was told');
  };
