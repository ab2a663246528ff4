import { rowsOf, type Transaction } from '../db/connect.ts';
import { storableJson } from '../kit/text.ts';
import type { RichText } from '../telegram/rich-text.ts';
import { PAYLOAD_FORMAT, toPayloads, type Payload } from './payload.ts';

export type OutboxKind = 'answer' | 'notice' | 'relay' | 'apology';

/** One message to send. A text without photos is within Telegram's limit already. */
export type OutboxDraft = Readonly<{
  chatId: number;
  kind: OutboxKind;
  text: RichText;
  /** File ids of Telegram's; the text is their caption, or follows them when it is too long for one. */
  photos?: readonly string[];
  /** A message of the same chat. */
  replyTo?: number | undefined;
  /** The customer's chat it tells of, where the turn is not that customer's: a manager may reply to it. */
  about?: number | undefined;
}>;

type OutboxOrigin = Readonly<{ turnId: string; traceparent: string | undefined }>;

export type AppendOutbox = (trx: Transaction, drafts: readonly OutboxDraft[], origin: OutboxOrigin) => Promise<void>;

// also locks the chat's row, so that numbers are given in commit order
const RESERVE = `
INSERT INTO outbox_chat AS chat (bot_id, chat_id, next_seq, ready_at) VALUES (:botId, :chatId, 1 + :count, clock_timestamp())
ON CONFLICT (bot_id, chat_id) DO UPDATE SET next_seq = chat.next_seq + :count, ready_at = least(chat.ready_at, excluded.ready_at)
RETURNING next_seq - :count AS first`;

type Row = Readonly<{ kind: OutboxKind; payload: Payload }>;

const groupByChat = (drafts: readonly OutboxDraft[]): [number, Row[]][] => {
  const chats = new Map<number, Row[]>();
  for (const draft of drafts) {
    const rows = toPayloads(draft).map((payload) => ({ kind: draft.kind, payload }));
    chats.set(draft.chatId, [...(chats.get(draft.chatId) ?? []), ...rows]);
  }
  return [...chats].sort(([a], [b]) => a - b); // several rows of one table are locked in key order
};

/** Queues messages in the caller's transaction, per chat in the order given. */
export const createAppendOutbox =
  (botId: number): AppendOutbox =>
  async (trx, drafts, { turnId, traceparent }) => {
    for (const [chatId, rows] of groupByChat(drafts)) {
      const [reserved] = await rowsOf<{ first: number }>(trx.raw(RESERVE, { botId, chatId, count: rows.length }));
      const first = reserved?.first ?? 1;
      await trx('outbox').insert(
        rows.map(({ kind, payload }, index) => ({
          bot_id: botId,
          chat_id: chatId,
          seq: first + index,
          kind,
          format: PAYLOAD_FORMAT,
          payload: JSON.stringify(storableJson(payload)),
          turn_id: turnId,
          traceparent: traceparent ?? null,
        })),
      );
    }
  };
