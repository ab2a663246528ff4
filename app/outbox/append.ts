import { rowsOf, type Transaction } from '../db/connect.ts';
import { storableJson } from '../kit/text.ts';
import type { RichText } from '../telegram/rich-text.ts';

/** Version of `outbox.payload`; counts as schema, since another release may send the row. */
export const PAYLOAD_FORMAT = 1;

export type OutboxKind = 'answer' | 'notice' | 'relay' | 'apology';

/** One message to send. The text is within Telegram's limit already. */
export type OutboxDraft = Readonly<{ chatId: number; kind: OutboxKind; text: RichText }>;

type OutboxOrigin = Readonly<{ turnId: string; traceparent: string | undefined }>;

export type AppendOutbox = (trx: Transaction, drafts: readonly OutboxDraft[], origin: OutboxOrigin) => Promise<void>;

// also locks the chat's row, so that numbers are given in commit order
const RESERVE = `
INSERT INTO outbox_chat AS chat (bot_id, chat_id, next_seq, ready_at) VALUES (:botId, :chatId, 1 + :count, clock_timestamp())
ON CONFLICT (bot_id, chat_id) DO UPDATE SET next_seq = chat.next_seq + :count, ready_at = least(chat.ready_at, excluded.ready_at)
RETURNING next_seq - :count AS first`;

const groupByChat = (drafts: readonly OutboxDraft[]): [number, OutboxDraft[]][] => {
  const chats = new Map<number, OutboxDraft[]>();
  for (const draft of drafts) chats.set(draft.chatId, [...(chats.get(draft.chatId) ?? []), draft]);
  return [...chats].sort(([a], [b]) => a - b); // several rows of one table are locked in key order
};

/** Queues messages in the caller's transaction, per chat in the order given. */
export const createAppendOutbox =
  (botId: number): AppendOutbox =>
  async (trx, drafts, { turnId, traceparent }) => {
    for (const [chatId, messages] of groupByChat(drafts)) {
      const [reserved] = await rowsOf<{ first: number }>(trx.raw(RESERVE, { botId, chatId, count: messages.length }));
      const first = reserved?.first ?? 1;
      await trx('outbox').insert(
        messages.map(({ kind, text }, index) => ({
          bot_id: botId,
          chat_id: chatId,
          seq: first + index,
          kind,
          format: PAYLOAD_FORMAT,
          payload: JSON.stringify(storableJson(text)),
          turn_id: turnId,
          traceparent: traceparent ?? null,
        })),
      );
    }
  };
