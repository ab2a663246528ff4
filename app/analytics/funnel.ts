import { rowsOf, type Database } from '../db/connect.ts';

/** Distinct customers of one day at each step; a later step does not ask for an earlier one on the same day. */
export type FunnelDay = Readonly<{
  /** YYYY-MM-DD in the time zone asked for. */
  day: string;
  /** Began a dialogue. */
  dialog: number;
  /** Asked for a price in the first message, or was named one. */
  price: number;
  /** Was named the price of a service of the list. */
  suggestion: number;
  /** Was booked. */
  booking: number;
}>;

const FUNNEL = `
SELECT to_char(occurred_at AT TIME ZONE :timezone, 'YYYY-MM-DD') AS day,
  count(DISTINCT telegram_user_id) FILTER (WHERE name = 'ai_dialog_started')::int AS dialog,
  count(DISTINCT telegram_user_id) FILTER (WHERE properties->>'message_type' = 'price_inquiry' OR name = 'service_suggested')::int AS price,
  count(DISTINCT telegram_user_id) FILTER (WHERE name = 'service_suggested')::int AS suggestion,
  count(DISTINCT telegram_user_id) FILTER (WHERE name = 'booking_request_created')::int AS booking
FROM event
WHERE name IN ('ai_dialog_started', 'service_suggested', 'booking_request_created') AND occurred_at >= :since
GROUP BY day ORDER BY day`;

/** Dialogue → price → suggestion → booking, by day, oldest first; days without any of them are left out. */
export const readFunnel = async (db: Database, { since, timezone }: Readonly<{ since: Date; timezone: string }>): Promise<readonly FunnelDay[]> =>
  rowsOf<FunnelDay>(db.raw(FUNNEL, { since, timezone }));
