import { rowsOf, type Database } from '../db/connect.ts';

export type Books = Readonly<{
  /** What tools found in earlier turns, oldest first. */
  toolResults: readonly unknown[];
  vehicleClasses: readonly number[];
  /** The customer's bookings, the latest ones. */
  bookings: readonly Readonly<{ number: number; cancelled: boolean; changed: boolean }>[];
}>;

const MESSAGES = 200;
const LOOK_UPS = 40; // more prices than a sum check takes in

// kept as long as steps are: a price found a month ago is looked up anew
const FACTS = `
SELECT
  (SELECT coalesce(json_agg(result ORDER BY created_at), '[]') FROM (
     SELECT result, created_at FROM step WHERE kind = 'tool' AND turn_id IN (
       SELECT turn_id FROM (SELECT turn_id FROM message WHERE lane_key = :laneKey AND id <= :upTo ORDER BY id DESC LIMIT ${MESSAGES}) AS said)
     ORDER BY created_at DESC LIMIT ${LOOK_UPS}) AS looked) AS "toolResults",
  (SELECT coalesce(json_agg(DISTINCT class), '[]') FROM vehicle JOIN client ON client.id = client_id WHERE telegram_user_id = :userId AND class IS NOT NULL)
    AS "vehicleClasses",
  (SELECT coalesce(json_agg(own), '[]') FROM (
     SELECT number, status = 'cancelled' AS cancelled, changed_at IS NOT NULL AS changed
     FROM booking JOIN client ON client.id = client_id WHERE telegram_user_id = :userId ORDER BY number DESC LIMIT 100) AS own) AS bookings`;

const NOTHING: Books = { toolResults: [], vehicleClasses: [], bookings: [] };

/** What the books know of a dialogue before this turn, and of its customer now. One bounded query. */
export const readBooks = async (db: Database, of: Readonly<{ laneKey: string; upTo: number; userId: number }>): Promise<Books> => {
  const [facts] = await rowsOf<Books>(db.raw(FACTS, of));
  return facts ?? NOTHING;
};

/** The name under which a customer booked before. */
export const readClientName = async (db: Database, userId: number): Promise<string | undefined> => {
  const [client] = await rowsOf<{ name: string | null }>(db.raw('SELECT name FROM client WHERE telegram_user_id = ?', [userId]));
  return client?.name ?? undefined;
};
