import { rowsOf, type Database, type Transaction } from '../db/connect.ts';

type Origin = Readonly<{ turnId: string | null; about: number | null }>;

// A group that was upgraded goes on under another id: both are the same managers, before the upgrade and after it.
const SAME_GROUP = `
SELECT chat_id AS id FROM outbox_chat WHERE bot_id = :botId AND migrated_to = :chatId
UNION SELECT migrated_to FROM outbox_chat WHERE bot_id = :botId AND chat_id = :chatId AND migrated_to IS NOT NULL`;

/** All ids under which a group has been known, the given one included. */
export const idsOfGroup = async (db: Database, botId: number, chatId: number): Promise<readonly number[]> => [
  chatId,
  ...(await rowsOf<{ id: number }>(db.raw(SAME_GROUP, { botId, chatId }))).map(({ id }) => id),
];

// Of an album only the first message's id is known; its siblings have the ids behind it. The newest wins: an upgraded group counts anew.
const ORIGIN = `
SELECT turn_id AS "turnId", (payload->>'about')::bigint AS about FROM outbox
WHERE bot_id = :botId AND kind IN ('notice', 'relay') AND chat_id = ANY(:chatIds) AND message_id BETWEEN :messageId - 9 AND :messageId
  AND message_id + greatest(1, coalesce(jsonb_array_length(payload->'photos'), 1)) > :messageId
ORDER BY id DESC LIMIT 1`;

const customerIn = (turnId: string | null): number | undefined => {
  const chatId = Number(/:(\d+)#/.exec(turnId ?? '')?.[1]);
  return Number.isSafeInteger(chatId) && chatId > 0 ? chatId : undefined;
};

/** The customer's chat that a message of the bot's in one of these chats tells of. */
export const customerOf = async (
  db: Database,
  message: Readonly<{ botId: number; chatIds: readonly number[]; messageId: number }>,
): Promise<number | undefined> => {
  const [origin] = await rowsOf<Origin>(db.raw(ORIGIN, { ...message, chatIds: [...message.chatIds] }));
  return origin && (origin.about ?? customerIn(origin.turnId));
};

// one that waits is blanked when it is sent
const ERASE_ABOUT = `
UPDATE outbox SET erase = true, payload = CASE WHEN state = 'sent' THEN '{"text":"","entities":[]}' ELSE payload END
WHERE bot_id = :botId AND kind = 'notice' AND (payload->>'about')::bigint = :chatId`;

/** Part of forgetting a customer: notices about them that no turn of theirs has written. */
export const eraseAbout = async (trx: Transaction, { botId, chatId }: Readonly<{ botId: number; chatId: number }>): Promise<void> => {
  await trx.raw(ERASE_ABOUT, { botId, chatId });
};
