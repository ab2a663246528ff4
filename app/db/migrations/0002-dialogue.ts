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
    // what the turn knows of the time before it, fixed with it; null in a turn that an older release froze
    `ALTER TABLE turn_input ADD COLUMN history_up_to bigint, ADD COLUMN summary_id bigint`,

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
      up_to_message_id bigint NOT NULL REFERENCES message (id) ON DELETE CASCADE, -- goes with what it sums up, whichever release erases it
      text text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`,
    `CREATE INDEX summary_lane ON summary (lane_key, up_to_message_id)`,
    `CREATE INDEX summary_message ON summary (up_to_message_id)`,

    `CREATE TABLE attachment (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      lane_key text NOT NULL,
      turn_id text NOT NULL,
      message_id bigint NOT NULL REFERENCES message (id) ON DELETE CASCADE, -- a message of the lane: erased with it, whichever release does
      telegram_message_id bigint NOT NULL,
      kind text NOT NULL CHECK (kind IN ('photo')),
      file_id text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      shown_at timestamptz,
      UNIQUE (lane_key, telegram_message_id)
    )`,
    `CREATE INDEX attachment_message ON attachment (message_id)`,

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
