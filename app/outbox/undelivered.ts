import type { Transaction } from '../db/connect.ts';
import { buildNotice } from '../telegram/notice.ts';
import type { AppendOutbox } from './append.ts';
import type { Payload } from './payload.ts';

/** A manager's words that will never reach their customer. */
type LostRelay = Readonly<{ chatId: number; turnId: string | null; payload: Payload; blocked: boolean; error: string }>;

export type Undelivered = Readonly<{ managerChatId: number; tell: (trx: Transaction, relay: LostRelay) => Promise<void> }>;

/** Tells the managers, in the transaction that gives the relay up: exactly once, whatever crashes. */
export const createUndelivered = ({ managerChatId, appendOutbox }: Readonly<{ managerChatId: number; appendOutbox: AppendOutbox }>): Undelivered => ({
  managerChatId,
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
