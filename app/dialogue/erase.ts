import { rowsOf, type Database, type Transaction } from '../db/connect.ts';

type Person = Readonly<{ laneKey: string; botId: number; chatId: number; userId: number }>;

// Lock order holds: the lane is locked by the caller, then its hand-over, then the chat's outbox. Bookings are never touched.
const ERASE = [
  'DELETE FROM handover WHERE lane_key = :laneKey',
  'SELECT 1 FROM outbox_chat WHERE bot_id = :botId AND chat_id = :chatId FOR UPDATE',
  'DELETE FROM message WHERE lane_key = :laneKey',
  'DELETE FROM summary WHERE lane_key = :laneKey',
  'DELETE FROM attachment WHERE lane_key = :laneKey',
  // figures without a word of the customer: what the workshop has paid stays counted, and the last day stays his, or a reset would refill his budget
  `UPDATE llm_call SET lane_key = '', turn_id = '' WHERE lane_key = :laneKey AND at < clock_timestamp() - interval '1 day'`,
  `DELETE FROM step WHERE turn_id IN (SELECT turn_id FROM turn_input WHERE lane_key = :laneKey)`,
  'UPDATE inbox SET body = NULL WHERE seq IN (SELECT inbox_seq FROM turn_input WHERE lane_key = :laneKey)', // this turn's included
  // what is not sent yet is cancelled; a row under way keeps its state, and its sender finds nothing to repeat
  `UPDATE outbox SET payload = '{"text":"","entities":[]}',
     state = CASE WHEN state IN ('pending', 'unknown', 'held') THEN 'dead' ELSE state END,
     done_at = CASE WHEN state IN ('pending', 'unknown', 'held') THEN clock_timestamp() ELSE done_at END,
     last_error = NULL
   WHERE bot_id = :botId AND chat_id = :chatId`,
  // a notice that quoted the customer is in the group already; one still waiting is blanked when it is sent
  `UPDATE outbox SET erase = true, payload = CASE WHEN state = 'sent' THEN '{"text":"","entities":[]}' ELSE payload END
   WHERE kind = 'notice' AND turn_id IN (SELECT turn_id FROM turn_input WHERE lane_key = :laneKey)`,
  'DELETE FROM event WHERE telegram_user_id = :userId',
  `DELETE FROM vehicle v USING client c
   WHERE c.telegram_user_id = :userId AND v.client_id = c.id AND NOT EXISTS (SELECT 1 FROM booking WHERE vehicle_id = v.id)`,
  'DELETE FROM client c WHERE c.telegram_user_id = :userId AND NOT EXISTS (SELECT 1 FROM booking WHERE client_id = c.id)',
];

/** Forgets a customer inside the commit of the turn that asked for it: everything but bookings and what belongs to them. */
export const erasePerson = async (trx: Transaction, person: Person): Promise<void> => {
  for (const sql of ERASE) await trx.raw(sql, person);
};

/** Numbers of the customer's bookings, which the workshop keeps. */
export const keptBookings = async (db: Database, userId: number): Promise<readonly number[]> => {
  const sql = 'SELECT number FROM booking JOIN client ON client.id = client_id WHERE telegram_user_id = ? ORDER BY number';
  return (await rowsOf<{ number: number }>(db.raw(sql, [userId]))).map((row) => row.number);
};
