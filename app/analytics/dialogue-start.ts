import { rowsOf, type Database, type Transaction } from '../db/connect.ts';

/** After a silence this long the next message begins a new dialogue. */
const SILENCE_HOURS = 12;

// Messages of people that are looked at; an older start is not told apart from the oldest of them. Read in a booking's transaction.
const LOOK_BACK = 200;

// people's messages alone: the bot's answer to /reset is all that is left of the dialogue before it
const START = `
SELECT turn_id AS "turnId", created_at AS at FROM (
  SELECT id, turn_id, created_at, lag(created_at) OVER (ORDER BY id) AS before FROM (
    SELECT id, turn_id, created_at FROM message WHERE lane_key = :laneKey AND (role = 'user' OR author = 'manager') ORDER BY id DESC LIMIT ${LOOK_BACK}) AS latest
) AS m WHERE before IS NULL OR created_at - before > interval '${SILENCE_HOURS} hours'
ORDER BY id DESC LIMIT 1`;

/** The message that began the dialogue a chat is in, and the turn it belongs to; undefined before the first message. */
export const startOfDialogue = async (db: Database | Transaction, laneKey: string): Promise<Readonly<{ turnId: string; at: Date }> | undefined> =>
  (await rowsOf<{ turnId: string; at: Date }>(db.raw(START, { laneKey })))[0];
