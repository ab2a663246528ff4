import { rowsOf, type Database, type Transaction } from '../db/connect.ts';
import { AppError } from '../kit/errors.ts';

/** A chat whose sending this process holds. `migratedTo` = the supergroup that the group has become. */
export type OutboxChat = Readonly<{ botId: number; chatId: number; fence: number; migratedTo: number | null }>;

const CLAIM = `
WITH t AS MATERIALIZED (SELECT clock_timestamp() AS t),
c AS MATERIALIZED (
  SELECT bot_id, chat_id FROM outbox_chat
  WHERE ready_at <= (SELECT t FROM t) AND bot_id = :botId
    AND (not_before IS NULL OR not_before <= (SELECT t FROM t))
    AND (lease_until IS NULL OR lease_until < (SELECT t FROM t))
  ORDER BY ready_at FOR UPDATE SKIP LOCKED LIMIT :limit
)
UPDATE outbox_chat SET lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond', owner = :owner, fence = fence + 1, attempts = attempts + 1
FROM c WHERE outbox_chat.bot_id = c.bot_id AND outbox_chat.chat_id = c.chat_id
RETURNING outbox_chat.bot_id AS "botId", outbox_chat.chat_id AS "chatId", fence, migrated_to AS "migratedTo"`;

const keysOf = ({ botId, chatId, fence }: OutboxChat) => ({ botId, chatId, fence });

/** Takes up to `limit` chats of this bot that have something to send and no living owner. */
export const claimChats = async (db: Database, options: { botId: number; owner: string; limit: number; leaseMs: number }): Promise<OutboxChat[]> =>
  rowsOf<OutboxChat>(db.raw(CLAIM, options));

/** False when somebody else holds the chat by now. */
export const renewChat = async (db: Database, chat: OutboxChat, leaseMs: number): Promise<boolean> => {
  const sql = `UPDATE outbox_chat SET lease_until = clock_timestamp() + :leaseMs * interval '1 millisecond'
    WHERE bot_id = :botId AND chat_id = :chatId AND fence = :fence AND lease_until IS NOT NULL RETURNING fence`;
  return (await rowsOf(db.raw(sql, { ...keysOf(chat), leaseMs }))).length > 0;
};

type InTransaction<T> = (trx: Transaction) => Promise<T>;

/** A transaction over a held chat after work that locks chats with smaller ids; FENCE_LOST, and nothing written, when it has a newer owner. */
export const inChatAfter = async <T>(
  db: Database,
  chat: OutboxChat,
  { before, work }: Readonly<{ before?: InTransaction<void>; work: InTransaction<T> }>,
): Promise<T> =>
  db.transaction(async (trx) => {
    await before?.(trx);
    const held = await rowsOf(trx.raw('SELECT 1 FROM outbox_chat WHERE bot_id = :botId AND chat_id = :chatId AND fence = :fence FOR UPDATE', keysOf(chat)));
    if (held.length === 0) throw new AppError('FENCE_LOST', 'the chat was taken over by another process');
    return work(trx);
  });

/** A transaction over a held chat: locks its row first, FENCE_LOST when it has a newer owner. */
export const inChat = async <T>(db: Database, chat: OutboxChat, work: InTransaction<T>): Promise<T> => inChatAfter(db, chat, { work });

const RELEASE = `
UPDATE outbox_chat SET lease_until = NULL, owner = NULL, attempts = 0,
  ready_at = CASE WHEN :readyInMs::float8 IS NULL THEN NULL ELSE clock_timestamp() + :readyInMs::float8 * interval '1 millisecond' END,
  not_before = greatest(not_before, clock_timestamp() + :pauseMs::float8 * interval '1 millisecond')
WHERE bot_id = :botId AND chat_id = :chatId AND fence = :fence`;

export type ChatRelease = Readonly<{
  /** When its next row is due; null = nothing open, asked by a later statement than the lock. */
  readyInMs: number | null;
  /** Keeps the whole chat silent, new rows included (flood control, send budget). */
  pauseMs?: number;
}>;

/** Gives the chat back inside an `inChat` transaction. */
export const releaseChat = async (trx: Transaction, chat: OutboxChat, { readyInMs, pauseMs = 0 }: ChatRelease): Promise<void> => {
  await trx.raw(RELEASE, { ...keysOf(chat), readyInMs, pauseMs });
};
