import { rowsOf, type Transaction } from '../db/connect.ts';
import type { OutboxDraft } from '../outbox/append.ts';

type Parts = Readonly<{ laneKey: string; managerChatId: number; caption: string; replyTo?: number | undefined }>;

const SHOW = `
WITH fresh AS (
  UPDATE attachment SET shown_at = clock_timestamp() WHERE lane_key = :laneKey AND shown_at IS NULL RETURNING id, file_id
) SELECT file_id AS "fileId" FROM fresh ORDER BY id`;

/**
 * Photos of a chat that no manager has seen yet, as messages for the managers; marks them as shown in the same transaction, which holds the
 * lane's lock.
 */
export const unshownPhotos = async (trx: Transaction, { laneKey, managerChatId, caption, replyTo }: Parts): Promise<readonly OutboxDraft[]> => {
  const photos = (await rowsOf<{ fileId: string }>(trx.raw(SHOW, { laneKey }))).map(({ fileId }) => fileId);
  if (photos.length === 0) return [];
  return [{ chatId: managerChatId, kind: 'notice', text: { text: caption, entities: [] }, photos, replyTo }];
};
