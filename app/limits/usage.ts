import { rowsOf, type Database } from '../db/connect.ts';

/** Limits as configured; 0 switches one off. */
export type Limits = Readonly<{
  customerMessages: number;
  customerWindowMs: number;
  customerTokensPerDay: number;
  instanceTokensPerDay: number;
  /** In the currency of LLM_INPUT_PRICE. */
  instanceCostPerDay: number;
}>;

/** What a turn says of itself, frozen before any work. */
export type TurnFacts = Readonly<{
  laneKey: string;
  /** Messages of the lane with an id up to this one came before. */
  historyUpTo: number;
  /** When each input of the turn came, oldest first. */
  receivedAt: readonly Date[];
  /** Texts to be answered: an album is one, however many inputs it has. */
  texts: number;
  /** The sentences by which a customer was told of a limit. */
  told: Readonly<{ messages: string; budget: string }>;
  /** How long a hand-over is a person's without a word of theirs. */
  handoverReturnMs: number;
  /** IANA zone whose days count. */
  timezone: string;
}>;

/** What was used before this turn. A figure whose limit is off is 0. */
export type Usage = Readonly<{
  messages: number;
  toldMessages: boolean;
  customerTokens: number;
  instanceTokens: number;
  instanceCostMicro: number;
  toldBudget: boolean;
  /** A person of the workshop answers this customer when the message comes: no model is asked. */
  handedOver: boolean;
}>;

/** A flood is counted up to so many times its limit. */
export const COUNTED_TIMES = 3;

const LOOK_BACK = 500; // rows; keeps the question small in a lane of any length

// Everything is compared with what was received, never with now: a takeover of the turn reads the same figures.
const READ = `
WITH day AS MATERIALIZED (SELECT date_trunc('day', :at::timestamptz, :timezone) AS start),
texts AS MATERIALIZED (
  SELECT turn_id, count(*) AS number FROM (
    SELECT turn_id FROM message WHERE lane_key = :laneKey AND id <= :historyUpTo AND role = 'user' ORDER BY id DESC LIMIT :countedMessages) latest
  GROUP BY turn_id),
said AS MATERIALIZED (
  SELECT text, created_at FROM (
    SELECT role, text, created_at FROM message WHERE lane_key = :laneKey AND id <= :historyUpTo ORDER BY id DESC LIMIT ${LOOK_BACK}) latest
  WHERE role = 'assistant'),
instance AS MATERIALIZED (
  SELECT coalesce(sum(input_tokens::bigint + output_tokens), 0)::bigint AS tokens, coalesce(sum(cost_micro), 0)::bigint AS cost
  FROM llm_call WHERE :wantsInstance AND at >= (SELECT start FROM day) AND at <= :at)
SELECT
  coalesce((SELECT sum(least(number, (
    SELECT count(*) FROM turn_input JOIN inbox ON seq = inbox_seq WHERE turn_input.turn_id = texts.turn_id AND received_at > :windowStart))) FROM texts), 0)::int AS messages,
  EXISTS (SELECT 1 FROM said WHERE text = :toldMessages AND created_at > :windowStart) AS "toldMessages",
  coalesce((SELECT sum(input_tokens::bigint + output_tokens) FROM llm_call
    WHERE :wantsCustomer AND lane_key = :laneKey AND at >= (SELECT start FROM day) AND at <= :at), 0)::bigint AS "customerTokens",
  (SELECT tokens FROM instance) AS "instanceTokens",
  (SELECT cost FROM instance) AS "instanceCostMicro",
  EXISTS (SELECT 1 FROM said WHERE text = :toldBudget AND created_at >= (SELECT start FROM day)) AS "toldBudget",
  EXISTS (SELECT 1 FROM handover WHERE lane_key = :laneKey AND ended_at IS NULL
    AND greatest(started_at, last_manager_at) + :handoverReturnMs * interval '1 millisecond' > :at) AS "handedOver"`;

/** Reads what the customer and the whole instance have used, as it stood when the turn's last update came; all processes see the same. */
export const readUsage = async (db: Database, { receivedAt, texts, told, ...facts }: TurnFacts, limits: Limits): Promise<Usage> => {
  const at = receivedAt.at(-1) ?? new Date(0);
  const windowStart = new Date(at.getTime() - limits.customerWindowMs);
  const [row] = await rowsOf<Usage>(
    db.raw(READ, {
      ...facts,
      at,
      windowStart,
      countedMessages: limits.customerMessages * COUNTED_TIMES + 1,
      wantsCustomer: limits.customerTokensPerDay > 0,
      wantsInstance: limits.instanceTokensPerDay > 0 || limits.instanceCostPerDay > 0,
      toldMessages: told.messages,
      toldBudget: told.budget,
    }),
  );
  if (!row) throw new TypeError('the usage of a lane came without a row');
  const own = Math.min(texts, receivedAt.filter((time) => time > windowStart).length);
  return { ...row, messages: row.messages + own };
};
