import { rowsOf, type Transaction } from '../db/connect.ts';
import { startOfDialogue } from './dialogue-start.ts';

/** Services of the price list whose price was named to the customer, with that price; null: only a range was. */
export type Suggestions = ReadonlyMap<string, Readonly<{ price: number | null }>>;

const SUGGESTED = `
SELECT properties->>'service_name' AS service, (properties->'context'->>'price')::int AS price FROM event
WHERE telegram_user_id = :telegramUserId AND name = 'service_suggested' AND occurred_at >= :since ORDER BY id`;

/** What was suggested to a customer in the dialogue under way, by earlier answers; the newest price of each service. */
export const suggestionsOfDialogue = async (
  trx: Transaction,
  { laneKey, telegramUserId }: Readonly<{ laneKey: string; telegramUserId: number }>,
): Promise<Suggestions> => {
  const start = await startOfDialogue(trx, laneKey);
  if (!start) return new Map();
  const rows = await rowsOf<{ service: string; price: number | null }>(trx.raw(SUGGESTED, { telegramUserId, since: start.at }));
  return new Map(rows.map(({ service, price }) => [service, { price }]));
};
