import type { Database } from '../db/connect.ts';

export type HistoryMessage = Readonly<{ role: 'user' | 'assistant'; text: string }>;

/** The last `limit` messages of a lane up to message id `upTo`, oldest first. */
export const readHistory = async (
  db: Database,
  { laneKey, upTo, limit }: { laneKey: string; upTo: number; limit: number },
): Promise<readonly HistoryMessage[]> => {
  const rows = await db<HistoryMessage & { id: number; lane_key: string }>('message')
    .select('role', 'text')
    .where({ lane_key: laneKey })
    .andWhere('id', '<=', upTo)
    .orderBy('id', 'desc')
    .limit(limit);
  return rows.reverse();
};
