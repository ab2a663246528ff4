import type { Migration } from '../migration.ts';

/** Message path (inbox, lanes, turns, outbox) and the business tables; docs/architecture.md names the one writer of each. */
export const initial: Migration = {
  version: 1,
  name: 'initial',
  phase: 'expand',
  minReader: 1,
  statements: [
    `CREATE TABLE inbox (
      seq bigint GENERATED ALWAYS AS IDENTITY,
      bot_id bigint NOT NULL,
      update_key text NOT NULL,
      received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      lane_key text,
      body bytea,
      request_id text,
      traceparent text,
      outcome text CHECK (outcome IN ('answered', 'silent', 'limited', 'superseded', 'poison', 'dead')),
      done_at timestamptz,
      PRIMARY KEY (bot_id, update_key)
    )`,
    `CREATE UNIQUE INDEX inbox_seq ON inbox (seq)`,
    `CREATE INDEX inbox_open ON inbox (lane_key, seq) WHERE done_at IS NULL`,
    `CREATE INDEX inbox_received ON inbox (received_at) WHERE done_at IS NOT NULL`,

    `CREATE TABLE lane (
      key text PRIMARY KEY,
      ready_at timestamptz,
      not_before timestamptz,
      lease_until timestamptz,
      owner text,
      fence bigint NOT NULL DEFAULT 0,
      attempts int NOT NULL DEFAULT 0
    )`,
    `CREATE INDEX lane_ready ON lane (ready_at) WHERE ready_at IS NOT NULL`,

    `CREATE TABLE turn_input (
      turn_id text NOT NULL,
      lane_key text NOT NULL,
      inbox_seq bigint NOT NULL UNIQUE, -- an update is answered by one turn, whatever happens
      PRIMARY KEY (turn_id, inbox_seq)
    )`,
    `CREATE INDEX turn_input_lane ON turn_input (lane_key)`,
    `CREATE TABLE step (
      turn_id text NOT NULL,
      step_no int NOT NULL,
      call_index int NOT NULL,
      kind text NOT NULL CHECK (kind IN ('model', 'tool', 'effect')),
      format int NOT NULL,
      content_hash text NOT NULL,
      result json NOT NULL, -- not jsonb: a replay must see the same bytes, and jsonb sorts keys
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (turn_id, step_no, call_index)
    )`,
    `CREATE INDEX step_created ON step (created_at)`,
    `CREATE TABLE message (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      lane_key text NOT NULL,
      role text NOT NULL CHECK (role IN ('user', 'assistant')),
      turn_id text NOT NULL,
      text text NOT NULL,
      telegram_message_id bigint,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`,
    `CREATE INDEX message_lane ON message (lane_key, id)`,
    `CREATE INDEX message_turn ON message (turn_id)`,

    `CREATE TABLE outbox (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      bot_id bigint NOT NULL,
      chat_id bigint NOT NULL,
      seq bigint NOT NULL,
      kind text NOT NULL CHECK (kind IN ('answer', 'notice', 'relay', 'apology')),
      state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'unknown', 'held', 'dead')),
      format int NOT NULL,
      payload jsonb NOT NULL,
      turn_id text,
      traceparent text,
      attempts int NOT NULL DEFAULT 0,
      not_before timestamptz,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      first_sent_at timestamptz,
      done_at timestamptz,
      message_id bigint,
      last_error text,
      erase boolean NOT NULL DEFAULT false,
      UNIQUE (bot_id, chat_id, seq)
    )`,
    `CREATE INDEX outbox_open ON outbox (bot_id, chat_id, seq) WHERE state IN ('pending', 'sending', 'unknown', 'held')`,
    `CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL`,
    `CREATE INDEX outbox_notice ON outbox (turn_id) WHERE kind = 'notice'`,
    `CREATE TABLE outbox_chat (
      bot_id bigint NOT NULL,
      chat_id bigint NOT NULL,
      next_seq bigint NOT NULL DEFAULT 1,
      ready_at timestamptz,
      not_before timestamptz,
      lease_until timestamptz,
      owner text,
      fence bigint NOT NULL DEFAULT 0,
      attempts int NOT NULL DEFAULT 0,
      tokens double precision,
      tokens_at timestamptz,
      migrated_to bigint,
      PRIMARY KEY (bot_id, chat_id)
    )`,
    `CREATE INDEX outbox_chat_ready ON outbox_chat (ready_at) WHERE ready_at IS NOT NULL`,

    `CREATE TABLE client (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      telegram_user_id bigint NOT NULL UNIQUE,
      name text,
      phone text,
      blocked_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`,
    `CREATE TABLE vehicle (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      client_id bigint NOT NULL REFERENCES client (id),
      key text NOT NULL,
      brand text NOT NULL,
      model text,
      year int,
      class smallint CHECK (class BETWEEN 1 AND 3),
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      UNIQUE (client_id, key)
    )`,
    `CREATE TABLE booking_counter (
      id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
      next bigint NOT NULL
    )`,
    `INSERT INTO booking_counter (next) VALUES (1)`,
    `CREATE TABLE booking (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      number bigint NOT NULL UNIQUE,
      client_id bigint NOT NULL REFERENCES client (id),
      vehicle_id bigint NOT NULL REFERENCES vehicle (id),
      status text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'confirmed', 'arrived', 'done', 'cancelled', 'no-show', 'past')),
      services jsonb NOT NULL,
      wished_at timestamptz,
      quoted_price int,
      summary text NOT NULL,
      call_key text NOT NULL UNIQUE,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`,
    `CREATE UNIQUE INDEX booking_open ON booking (client_id, vehicle_id) WHERE status IN ('new', 'confirmed')`,
    `CREATE INDEX booking_wished ON booking (wished_at) WHERE status IN ('new', 'confirmed')`,
    `CREATE TABLE event (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text NOT NULL,
      telegram_user_id bigint,
      key text UNIQUE,
      properties jsonb NOT NULL,
      occurred_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`,
    `CREATE INDEX event_of_user ON event (telegram_user_id, name, id)`,

    `CREATE TABLE webhook_registration (
      bot_id bigint PRIMARY KEY,
      url text NOT NULL,
      secret_hash text NOT NULL,
      registered_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`,
    `CREATE TABLE process_presence (
      owner text PRIMARY KEY,
      version text NOT NULL,
      revision text,
      role text NOT NULL,
      target int NOT NULL,
      at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`,
  ],
};
