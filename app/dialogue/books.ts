import { overAt } from '../booking/rows.ts';
import { rowsOf, type Database } from '../db/connect.ts';

export type Books = Readonly<{
  /** What tools found in earlier turns, oldest first. */
  toolResults: readonly unknown[];
  vehicleClasses: readonly number[];
  /** The customer's bookings, the latest ones. */
  bookings: readonly Readonly<{
    number: number;
    status: string;
    changed: boolean;
    /** The visit's time is past, or the booking has been without a time for too long. */
    over: boolean;
  }>[];
  /** A person has been asked for and has not given the dialogue back. */
  handedOver: boolean;
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
     SELECT number, status, changed_at IS NOT NULL AS changed, ${overAt('clock_timestamp()')} AS over
     FROM booking WHERE client_id IN (SELECT id FROM client WHERE telegram_user_id = :userId) ORDER BY number DESC LIMIT 100) AS own) AS bookings,
  EXISTS (SELECT FROM handover WHERE lane_key = :laneKey AND ended_at IS NULL) AS "handedOver"`;

const NOTHING: Books = { toolResults: [], vehicleClasses: [], bookings: [], handedOver: false };

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
