import type { Migration } from '../migration.ts';

/** What a dialogue needs beside its messages: model calls and their cost, summaries, photos, hand-overs to a person. */
export const dialogue: Migration = {
  version: 2,
  name: 'dialogue',
  phase: 'expand',
  minReader: 1,
  statements: [
    `ALTER TABLE message ADD COLUMN author text`, // 'manager' where a person of the workshop speaks in role assistant; a release that does not know it shows the words as the bot's
    `ALTER TABLE booking ADD COLUMN changed_at timestamptz`,

    `CREATE TABLE llm_call (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      lane_key text NOT NULL,
      turn_id text NOT NULL,
      purpose text NOT NULL CHECK (purpose IN ('answer', 'repair', 'summary')),
      provider text NOT NULL,
      model text NOT NULL,
      outcome text NOT NULL,
      status int,
      input_tokens int NOT NULL DEFAULT 0,
      output_tokens int NOT NULL DEFAULT 0,
      cost_micro bigint NOT NULL DEFAULT 0,
      first_chunk_ms int,
      duration_ms int NOT NULL,
      at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`,
    `CREATE INDEX llm_call_lane ON llm_call (lane_key, at)`,
    `CREATE INDEX llm_call_at ON llm_call (at)`,

    `CREATE TABLE summary (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      lane_key text NOT NULL,
      turn_id text NOT NULL,
      up_to_message_id bigint NOT NULL,
      text text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`,
    `CREATE INDEX summary_lane ON summary (lane_key, id)`,

    `CREATE TABLE attachment (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      lane_key text NOT NULL,
      turn_id text NOT NULL,
      telegram_message_id bigint NOT NULL,
      kind text NOT NULL CHECK (kind IN ('photo')),
      file_id text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      shown_at timestamptz,
      UNIQUE (lane_key, telegram_message_id)
    )`,

    `CREATE TABLE handover (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      lane_key text NOT NULL,
      turn_id text NOT NULL,
      reason text NOT NULL,
      started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      last_manager_at timestamptz,
      ended_at timestamptz
    )`,
    `CREATE UNIQUE INDEX handover_open ON handover (lane_key) WHERE ended_at IS NULL`,
    `CREATE INDEX handover_turn ON handover (turn_id)`,
  ],
};
