import type { Database } from '../db/connect.ts';
import type { HistoryText } from '../llm/prompt.ts';

export type HistoryMessage = HistoryText & Readonly<{ id: number }>;

type Row = Readonly<{ id: number; role: 'user' | 'assistant'; text: string; author: string | null }>;

const toMessage = ({ author, ...message }: Row): HistoryMessage => ({ ...message, author: author === 'manager' ? 'manager' : undefined });

/** The last `limit` messages of a lane with an id above `after` and up to `upTo`, oldest first. */
export const readHistory = async (
  db: Database,
  { laneKey, after, upTo, limit }: Readonly<{ laneKey: string; after: number; upTo: number; limit: number }>,
): Promise<readonly HistoryMessage[]> => {
  const rows = (await db('message')
    .select('id', 'role', 'text', 'author')
    .where({ lane_key: laneKey })
    .andWhere('id', '>', after)
    .andWhere('id', '<=', upTo)
    .orderBy('id', 'desc')
    .limit(limit)) as Row[];
  return rows.reverse().map(toMessage);
};
