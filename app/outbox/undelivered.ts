import type { Transaction } from '../db/connect.ts';
import { buildNotice } from '../telegram/notice.ts';
import type { AppendOutbox } from './append.ts';
import type { Payload } from './payload.ts';

/** A manager's words that will never reach their customer. */
type LostRelay = Readonly<{ id: number; botId: number; chatId: number; turnId: string | null; payload: Payload; blocked: boolean; error: string }>;

type InTransaction = (trx: Transaction, relay: LostRelay) => Promise<void>;

export type Undelivered = Readonly<{
  managerChatId: number;
  /** The customer has not heard it, so the hand-over is as though it had not been said. Locks the hand-over: before any chat. */
  discount: InTransaction;
  /** Locks the managers’ chat. */
  tell: InTransaction;
}>;

// locked by a statement of its own: the next one then sees what a manager has written while this one waited
const LOCK = 'SELECT 1 FROM handover WHERE lane_key = :laneKey AND ended_at IS NULL FOR UPDATE';
const DISCOUNT = `
UPDATE handover SET last_manager_at = (
  SELECT max(created_at) FROM outbox
  WHERE bot_id = :botId AND chat_id = :chatId AND kind = 'relay' AND state <> 'dead' AND id <> :id AND created_at >= handover.started_at)
WHERE lane_key = :laneKey AND ended_at IS NULL AND last_manager_at >= started_at`;

/** Tells the managers, in the transaction that gives the relay up: exactly once, whatever crashes. */
export const createUndelivered = ({ managerChatId, appendOutbox }: Readonly<{ managerChatId: number; appendOutbox: AppendOutbox }>): Undelivered => ({
  managerChatId,
  discount: async (trx, { id, botId, chatId }) => {
    const laneKey = `${botId}:${chatId}`;
    await trx.raw(LOCK, { laneKey });
    await trx.raw(DISCOUNT, { id, botId, chatId, laneKey });
  },
  tell: async (trx, { chatId, turnId, payload, blocked, error }) => {
    const reason = blocked ? 'он заблокировал бота' : `Telegram отказал: ${error}`;
    const quote = payload.text === '' ? '[фото]' : payload.text;
    const text = buildNotice({ title: `Клиент не получил ваш ответ: ${reason}`, lines: [], quote, footer: 'Свяжитесь с клиентом другим способом.' });
    await appendOutbox(trx, [{ chatId: managerChatId, kind: 'notice', text, about: chatId }], {
      turnId: turnId ?? `undelivered:${chatId}`,
      traceparent: undefined,
    });
  },
});
