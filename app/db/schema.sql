-- The schema that all migrations together make. Written by "npm run generate", compared by a test; do not edit.

CREATE TABLE attachment (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  lane_key text NOT NULL,
  turn_id text NOT NULL,
  message_id bigint NOT NULL,
  telegram_message_id bigint NOT NULL,
  kind text NOT NULL,
  file_id text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  shown_at timestamp with time zone,
  CONSTRAINT attachment_kind_check CHECK ((kind = 'photo'::text)),
  CONSTRAINT attachment_lane_key_telegram_message_id_key UNIQUE (lane_key, telegram_message_id),
  CONSTRAINT attachment_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id) ON DELETE CASCADE,
  CONSTRAINT attachment_pkey PRIMARY KEY (id)
);
CREATE INDEX attachment_message ON public.attachment USING btree (message_id);

CREATE TABLE booking (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  number bigint NOT NULL,
  client_id bigint NOT NULL,
  vehicle_id bigint NOT NULL,
  status text NOT NULL DEFAULT 'new'::text,
  services jsonb NOT NULL,
  wished_at timestamp with time zone,
  quoted_price integer,
  summary text NOT NULL,
  call_key text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  changed_at timestamp with time zone,
  CONSTRAINT booking_call_key_key UNIQUE (call_key),
  CONSTRAINT booking_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  CONSTRAINT booking_number_key UNIQUE (number),
  CONSTRAINT booking_pkey PRIMARY KEY (id),
  CONSTRAINT booking_status_check CHECK ((status = ANY (ARRAY['new'::text, 'confirmed'::text, 'arrived'::text, 'done'::text, 'cancelled'::text, 'no-show'::text, 'past'::text]))),
  CONSTRAINT booking_vehicle_id_fkey FOREIGN KEY (vehicle_id) REFERENCES vehicle(id)
);
CREATE UNIQUE INDEX booking_open ON public.booking USING btree (client_id, vehicle_id) WHERE (status = ANY (ARRAY['new'::text, 'confirmed'::text]));
CREATE INDEX booking_wished ON public.booking USING btree (wished_at) WHERE (status = ANY (ARRAY['new'::text, 'confirmed'::text]));

CREATE TABLE booking_counter (
  id smallint NOT NULL DEFAULT 1,
  next bigint NOT NULL,
  CONSTRAINT booking_counter_id_check CHECK ((id = 1)),
  CONSTRAINT booking_counter_pkey PRIMARY KEY (id)
);

CREATE TABLE client (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  telegram_user_id bigint NOT NULL,
  name text,
  phone text,
  blocked_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT client_pkey PRIMARY KEY (id),
  CONSTRAINT client_telegram_user_id_key UNIQUE (telegram_user_id)
);

CREATE TABLE event (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL,
  telegram_user_id bigint,
  key text,
  properties jsonb NOT NULL,
  occurred_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT event_key_key UNIQUE (key),
  CONSTRAINT event_pkey PRIMARY KEY (id)
);
CREATE INDEX event_of_user ON public.event USING btree (telegram_user_id, name, id);

CREATE TABLE handover (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  lane_key text NOT NULL,
  turn_id text NOT NULL,
  reason text NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  last_manager_at timestamp with time zone,
  ended_at timestamp with time zone,
  CONSTRAINT handover_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX handover_open ON public.handover USING btree (lane_key) WHERE (ended_at IS NULL);
CREATE INDEX handover_turn ON public.handover USING btree (turn_id);

CREATE TABLE inbox (
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  bot_id bigint NOT NULL,
  update_key text NOT NULL,
  received_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  lane_key text,
  body bytea,
  request_id text,
  traceparent text,
  outcome text,
  done_at timestamp with time zone,
  CONSTRAINT inbox_outcome_check CHECK ((outcome = ANY (ARRAY['answered'::text, 'silent'::text, 'limited'::text, 'superseded'::text, 'poison'::text, 'dead'::text]))),
  CONSTRAINT inbox_pkey PRIMARY KEY (bot_id, update_key)
);
CREATE INDEX inbox_open ON public.inbox USING btree (lane_key, seq) WHERE (done_at IS NULL);
CREATE INDEX inbox_received ON public.inbox USING btree (received_at) WHERE (done_at IS NOT NULL);
CREATE UNIQUE INDEX inbox_seq ON public.inbox USING btree (seq);

CREATE TABLE lane (
  key text NOT NULL,
  ready_at timestamp with time zone,
  not_before timestamp with time zone,
  lease_until timestamp with time zone,
  owner text,
  fence bigint NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0,
  CONSTRAINT lane_pkey PRIMARY KEY (key)
);
CREATE INDEX lane_ready ON public.lane USING btree (ready_at) WHERE (ready_at IS NOT NULL);

CREATE TABLE llm_call (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  lane_key text NOT NULL,
  turn_id text NOT NULL,
  purpose text NOT NULL,
  provider text NOT NULL,
  model text NOT NULL,
  outcome text NOT NULL,
  status integer,
  input_tokens integer NOT NULL DEFAULT 0,
  output_tokens integer NOT NULL DEFAULT 0,
  cost_micro bigint NOT NULL DEFAULT 0,
  first_chunk_ms integer,
  duration_ms integer NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT llm_call_pkey PRIMARY KEY (id),
  CONSTRAINT llm_call_purpose_check CHECK ((purpose = ANY (ARRAY['answer'::text, 'repair'::text, 'summary'::text])))
);
CREATE INDEX llm_call_at ON public.llm_call USING btree (at);
CREATE INDEX llm_call_lane ON public.llm_call USING btree (lane_key, at);

CREATE TABLE message (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  lane_key text NOT NULL,
  role text NOT NULL,
  turn_id text NOT NULL,
  text text NOT NULL,
  telegram_message_id bigint,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  author text,
  CONSTRAINT message_pkey PRIMARY KEY (id),
  CONSTRAINT message_role_check CHECK ((role = ANY (ARRAY['user'::text, 'assistant'::text])))
);
CREATE INDEX message_lane ON public.message USING btree (lane_key, id);
CREATE INDEX message_turn ON public.message USING btree (turn_id);

CREATE TABLE outbox (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  bot_id bigint NOT NULL,
  chat_id bigint NOT NULL,
  seq bigint NOT NULL,
  kind text NOT NULL,
  state text NOT NULL DEFAULT 'pending'::text,
  format integer NOT NULL,
  payload jsonb NOT NULL,
  turn_id text,
  traceparent text,
  attempts integer NOT NULL DEFAULT 0,
  not_before timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  first_sent_at timestamp with time zone,
  done_at timestamp with time zone,
  message_id bigint,
  last_error text,
  erase boolean NOT NULL DEFAULT false,
  CONSTRAINT outbox_bot_id_chat_id_seq_key UNIQUE (bot_id, chat_id, seq),
  CONSTRAINT outbox_kind_check CHECK ((kind = ANY (ARRAY['answer'::text, 'notice'::text, 'relay'::text, 'apology'::text]))),
  CONSTRAINT outbox_pkey PRIMARY KEY (id),
  CONSTRAINT outbox_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'sending'::text, 'sent'::text, 'unknown'::text, 'held'::text, 'dead'::text])))
);
CREATE INDEX outbox_about ON public.outbox USING btree (bot_id, (((payload ->> 'about'::text))::bigint)) WHERE ((kind = 'notice'::text) AND (((payload ->> 'about'::text))::bigint IS NOT NULL));
CREATE INDEX outbox_done ON public.outbox USING btree (done_at) WHERE (done_at IS NOT NULL);
CREATE INDEX outbox_message ON public.outbox USING btree (bot_id, message_id) WHERE ((message_id IS NOT NULL) AND (kind = ANY (ARRAY['notice'::text, 'relay'::text])));
CREATE INDEX outbox_notice ON public.outbox USING btree (turn_id) WHERE (kind = 'notice'::text);
CREATE INDEX outbox_open ON public.outbox USING btree (bot_id, chat_id, seq) WHERE (state = ANY (ARRAY['pending'::text, 'sending'::text, 'unknown'::text, 'held'::text]));

CREATE TABLE outbox_chat (
  bot_id bigint NOT NULL,
  chat_id bigint NOT NULL,
  next_seq bigint NOT NULL DEFAULT 1,
  ready_at timestamp with time zone,
  not_before timestamp with time zone,
  lease_until timestamp with time zone,
  owner text,
  fence bigint NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0,
  tokens double precision,
  tokens_at timestamp with time zone,
  migrated_to bigint,
  CONSTRAINT outbox_chat_pkey PRIMARY KEY (bot_id, chat_id)
);
CREATE INDEX outbox_chat_ready ON public.outbox_chat USING btree (ready_at) WHERE (ready_at IS NOT NULL);

CREATE TABLE process_presence (
  owner text NOT NULL,
  version text NOT NULL,
  revision text,
  role text NOT NULL,
  target integer NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT process_presence_pkey PRIMARY KEY (owner)
);

CREATE TABLE schema_migration (
  version integer NOT NULL,
  name text NOT NULL,
  phase text NOT NULL,
  min_reader integer NOT NULL,
  applied_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT schema_migration_phase_check CHECK ((phase = ANY (ARRAY['expand'::text, 'contract'::text]))),
  CONSTRAINT schema_migration_pkey PRIMARY KEY (version)
);

CREATE TABLE step (
  turn_id text NOT NULL,
  step_no integer NOT NULL,
  call_index integer NOT NULL,
  kind text NOT NULL,
  format integer NOT NULL,
  content_hash text NOT NULL,
  result json NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT step_kind_check CHECK ((kind = ANY (ARRAY['model'::text, 'tool'::text, 'effect'::text]))),
  CONSTRAINT step_pkey PRIMARY KEY (turn_id, step_no, call_index)
);
CREATE INDEX step_created ON public.step USING btree (created_at);

CREATE TABLE summary (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  lane_key text NOT NULL,
  turn_id text NOT NULL,
  up_to_message_id bigint NOT NULL,
  text text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT summary_pkey PRIMARY KEY (id),
  CONSTRAINT summary_up_to_message_id_fkey FOREIGN KEY (up_to_message_id) REFERENCES message(id) ON DELETE CASCADE
);
CREATE INDEX summary_lane ON public.summary USING btree (lane_key, up_to_message_id);
CREATE INDEX summary_message ON public.summary USING btree (up_to_message_id);

CREATE TABLE turn_input (
  turn_id text NOT NULL,
  lane_key text NOT NULL,
  inbox_seq bigint NOT NULL,
  history_up_to bigint,
  summary_id bigint,
  CONSTRAINT turn_input_inbox_seq_key UNIQUE (inbox_seq),
  CONSTRAINT turn_input_pkey PRIMARY KEY (turn_id, inbox_seq)
);
CREATE INDEX turn_input_lane ON public.turn_input USING btree (lane_key);

CREATE TABLE vehicle (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  client_id bigint NOT NULL,
  key text NOT NULL,
  brand text NOT NULL,
  model text,
  year integer,
  class smallint,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT vehicle_class_check CHECK (((class >= 1) AND (class <= 3))),
  CONSTRAINT vehicle_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  CONSTRAINT vehicle_client_id_key_key UNIQUE (client_id, key),
  CONSTRAINT vehicle_pkey PRIMARY KEY (id)
);

CREATE TABLE webhook_registration (
  bot_id bigint NOT NULL,
  url text NOT NULL,
  secret_hash text NOT NULL,
  registered_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT webhook_registration_pkey PRIMARY KEY (bot_id)
);
