import { rowsOf, type Database } from '../db/connect.ts';
import { startOfDialogue } from './dialogue-start.ts';

/** What events of a turn need to know of the time before it. */
export type DialogueFacts = Readonly<{
  /** No message of this chat within the last 12 hours before the turn. */
  startsDialogue: boolean;
  /** A booking of the 30 days before the turn. */
  hasRecentBooking: boolean;
  /** Wrote or booked before. */
  isKnown: boolean;
  /** The last greeting, when nothing was written after it yet. */
  greeting: Readonly<{ key: string; at: Date }> | undefined;
}>;

type Place = Readonly<{ laneKey: string; turnId: string; telegramUserId: number; since: Date }>;

const RECENT_DAYS = 30;

const BOOKINGS = `
SELECT coalesce(bool_or(booking.created_at > :since::timestamptz - interval '${RECENT_DAYS} days'), false) AS "hasRecent", count(*) > 0 AS "isClient"
FROM client JOIN booking ON client_id = client.id WHERE telegram_user_id = :telegramUserId AND booking.created_at < :since`;
const EARLIER = `SELECT 1 FROM message WHERE lane_key = :laneKey AND turn_id <> :turnId AND role = 'user' LIMIT 1`;
const GREETING = `
SELECT key, occurred_at AS at FROM event AS greeting WHERE telegram_user_id = :telegramUserId AND name = 'greeting_sent'
  AND NOT EXISTS (SELECT 1 FROM event WHERE telegram_user_id = :telegramUserId AND name = 'user_engagement' AND id > greeting.id)
ORDER BY id DESC LIMIT 1`;

/** Read before the turn commits, so the same again after a takeover. */
export const readDialogueFacts = async (db: Database, place: Place): Promise<DialogueFacts> => {
  const start = await startOfDialogue(db, place.laneKey);
  const [bookings] = await rowsOf<{ hasRecent: boolean; isClient: boolean }>(db.raw(BOOKINGS, place));
  const earlier = await rowsOf(db.raw(EARLIER, place));
  const [greeting] = await rowsOf<{ key: string; at: Date }>(db.raw(GREETING, place));
  return {
    startsDialogue: start?.turnId === place.turnId,
    hasRecentBooking: bookings?.hasRecent ?? false,
    isKnown: earlier.length > 0 || (bookings?.isClient ?? false),
    greeting,
  };
};
