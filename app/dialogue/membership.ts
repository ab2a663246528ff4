import type { Database } from '../db/connect.ts';
import { inLane } from '../lanes/lane.ts';
import type { Turn } from '../lanes/turn.ts';

// A group can have become another one since its messages were written. Locks are taken in the order client, chat, its rows.
const CHAT_READY = `
UPDATE outbox_chat SET ready_at = least(ready_at, clock_timestamp()) WHERE (bot_id, chat_id) IN (
  SELECT bot_id, chat_id FROM outbox_chat WHERE bot_id = :botId AND (chat_id = :chatId OR migrated_to = :chatId) ORDER BY chat_id FOR UPDATE)`;
const HELD_DUE = `
UPDATE outbox SET not_before = NULL WHERE bot_id = :botId AND state = 'held'
  AND chat_id IN (SELECT chat_id FROM outbox_chat WHERE bot_id = :botId AND (chat_id = :chatId OR migrated_to = :chatId))`;

/**
 * Where the bot was let in again, what waited for that is sent at once instead of at its next hourly try. A transaction of its own, which a
 * takeover repeats without harm: in the turn's commit these chats would be locked before others with smaller ids.
 */
export const createNoteMembership =
  ({ db, botId }: Readonly<{ db: Database; botId: number }>) =>
  async (turn: Turn): Promise<void> => {
    const change = turn.inputs.flatMap(({ incoming }) => (incoming.kind === 'membership' ? [incoming] : [])).at(-1);
    if (!change) return;
    const { chatId, present } = change;
    await inLane(db, turn.lane, async (trx) => {
      const blockedAt = present ? null : trx.raw('clock_timestamp()');
      if (chatId > 0) await trx('client').where({ telegram_user_id: chatId }).update({ blocked_at: blockedAt });
      if (!present) return;
      await trx.raw(CHAT_READY, { botId, chatId });
      await trx.raw(HELD_DUE, { botId, chatId });
    });
  };
