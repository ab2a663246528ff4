import { rowsOf, type Database } from '../db/connect.ts';
import type { Logger } from '../kit/logger.ts';
import type { AppendOutbox, OutboxDraft } from '../outbox/append.ts';
import { chatOfLane, inLane, releaseLane, type Lane } from './lane.ts';

type Deps = Readonly<{ db: Database; appendOutbox: AppendOutbox; managerChatId: number; logger: Logger }>;

const plain = (text: string) => ({ text, entities: [] });

const APOLOGY = 'Извините, на это сообщение ответить не получилось из-за ошибки на нашей стороне. Я передал менеджеру, он свяжется с вами.';

// neither model nor Markdown nor the update's own bytes are touched here: one of them may be what kills the process
const draftsFor = (lane: Lane, managerChatId: number, seqs: readonly number[]): OutboxDraft[] => {
  const chatId = chatOfLane(lane.key);
  const isCustomer = chatId > 0;
  const notice = isCustomer
    ? `Сообщение клиента (чат ${chatId}) не удалось обработать. Клиент получил извинение; свяжитесь с ним. Записи: ${seqs.join(', ')}.`
    : `Обновление Telegram не удалось обработать. Записи: ${seqs.join(', ')}.`;
  return [
    ...(isCustomer ? [{ chatId, kind: 'apology', text: plain(APOLOGY) } as const] : []),
    { chatId: managerChatId, kind: 'notice', text: plain(notice) } as const,
  ];
};

// the batch as it was frozen; when even that never happened, the oldest open update alone
const BATCH = `
WITH first AS (SELECT min(seq) AS seq FROM inbox WHERE lane_key = :key AND done_at IS NULL)
SELECT seq FROM first WHERE seq IS NOT NULL
UNION SELECT inbox_seq FROM turn_input, first WHERE turn_id = :key || '#' || first.seq ORDER BY 1`;

/** Ends a batch that has failed too often: fixed apology, notice to the managers, and the lane goes on with what follows. */
export const createDeadLetter =
  ({ db, appendOutbox, managerChatId, logger }: Deps) =>
  async (lane: Lane): Promise<void> => {
    const seqs = await inLane(db, lane, async (trx) => {
      const batch = (await rowsOf<{ seq: number }>(trx.raw(BATCH, { key: lane.key }))).map((row) => row.seq);
      if (batch.length > 0) {
        await appendOutbox(trx, draftsFor(lane, managerChatId, batch), { turnId: `${lane.key}#${String(batch[0])}`, traceparent: undefined });
        await trx.raw(`UPDATE inbox SET outcome = 'dead', done_at = clock_timestamp() WHERE seq = ANY(?)`, [batch]);
      }
      await releaseLane(trx, lane, { attempts: 0 });
      return batch;
    });
    if (seqs.length > 0) logger.error({ inbox_seqs: seqs, attempts: lane.attempts }, 'batch dead-lettered after repeated failures; a manager was told');
  };
