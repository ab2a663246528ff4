type MetricKind = 'counter' | 'gauge' | 'histogram';

export type MetricRow = Readonly<{
  name: string;
  kind: MetricKind;
  help: string;
  unit: 'seconds' | 'updates' | 'chats' | 'messages' | 'tokens' | 'requests' | 'bookings' | 'events' | 'connections' | 'repairs' | 'state' | 'millionths';
  /** Label → every value it can take, or the words that say why the set is small. */
  labels: Readonly<Record<string, readonly string[] | string>>;
  buckets?: readonly number[];
  owner: 'app';
  /** In no alert on purpose: why. */
  diagnosticOnly?: string;
}>;

const PROVIDERS = 'hosts of the configured model services';
const METHODS = 'methods of the Bot API that the app calls';
const POOLS = ['web', 'worker'] as const;

/** Every metric there is. Rules, dashboards, documentation and the prom-client objects are made from it. */
export const CATALOG = [
  {
    name: 'http_requests_total',
    kind: 'counter',
    help: 'Answered HTTP requests of the public listener.',
    unit: 'requests',
    labels: { route: 'paths of app/contract/endpoints, else other', method: 'methods of HTTP, else other', status: 'status codes the app answers' },
    owner: 'app',
  },
  {
    name: 'http_request_duration_seconds',
    kind: 'histogram',
    help: 'Time from the headers of a request to its answer.',
    unit: 'seconds',
    labels: { route: 'paths of app/contract/endpoints, else other', method: 'methods of HTTP, else other' },
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    owner: 'app',
  },
  {
    name: 'telegram_updates_total',
    kind: 'counter',
    help: 'Deliveries of updates by what became of them; unavailable ones come again.',
    unit: 'updates',
    labels: { outcome: ['stored', 'duplicate', 'poison', 'refused', 'too_large', 'unavailable'] },
    owner: 'app',
  },
  {
    name: 'telegram_send_total',
    kind: 'counter',
    help: 'Calls of the Bot API by outcome; each unknown one may cost one duplicate message.',
    unit: 'messages',
    labels: { method: METHODS, outcome: ['sent', 'unknown', 'failed', 'flood', 'migrated', 'bad_entities', 'bad_photo', 'rejected'] },
    owner: 'app',
  },
  {
    name: 'telegram_flood_wait_seconds',
    kind: 'histogram',
    help: 'Waits that Telegram demanded by 429.',
    unit: 'seconds',
    labels: {},
    buckets: [1, 3, 10, 30, 60, 300, 1800, 3600],
    owner: 'app',
  },
  { name: 'inbox_oldest_open_seconds', kind: 'gauge', help: 'Age of the oldest update without an answer.', unit: 'seconds', labels: {}, owner: 'app' },
  {
    name: 'lane_depth',
    kind: 'gauge',
    help: 'Chats with open updates.',
    unit: 'chats',
    labels: {},
    owner: 'app',
    diagnosticOnly: 'many open chats are a busy hour; how long one waits is watched',
  },
  {
    name: 'lane_repairs_total',
    kind: 'counter',
    help: 'Chats with open updates that nobody would have looked at; each one is a bug.',
    unit: 'repairs',
    labels: {},
    owner: 'app',
  },
  { name: 'outbox_oldest_seconds', kind: 'gauge', help: 'Age of the oldest message that has not been sent.', unit: 'seconds', labels: {}, owner: 'app' },
  {
    name: 'booking_notice_age_seconds',
    kind: 'gauge',
    help: 'Age of the oldest notice to the managers that has not been sent.',
    unit: 'seconds',
    labels: {},
    owner: 'app',
  },
  { name: 'outbox_dead_total', kind: 'counter', help: 'Messages given up.', unit: 'messages', labels: {}, owner: 'app' },
  {
    name: 'turn_duration_seconds',
    kind: 'histogram',
    help: 'Time from the claim of a chat to the commit of its answer.',
    unit: 'seconds',
    labels: { outcome: ['answered', 'silent', 'limited', 'superseded', 'poison', 'dead', 'failed', 'lost'] },
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60],
    owner: 'app',
  },
  {
    name: 'ai_requests_total',
    kind: 'counter',
    help: 'Attempts at a provider of the language model, by outcome.',
    unit: 'requests',
    labels: { provider: PROVIDERS, outcome: ['ok', 'invalid', 'truncated', 'limited', 'refused', 'unavailable', 'timeout', 'aborted'] },
    owner: 'app',
  },
  {
    name: 'ai_request_duration_seconds',
    kind: 'histogram',
    help: 'Time of one call of the language model.',
    unit: 'seconds',
    labels: { provider: PROVIDERS },
    buckets: [0.25, 0.5, 1, 2, 4, 8, 12, 16, 22, 30],
    owner: 'app',
  },
  {
    name: 'ai_first_chunk_seconds',
    kind: 'histogram',
    help: 'Time from a call of the language model to the first piece of its answer.',
    unit: 'seconds',
    labels: { provider: PROVIDERS },
    buckets: [0.1, 0.25, 0.5, 1, 2, 4, 8, 12],
    owner: 'app',
    diagnosticOnly: 'calls that take too long are watched by their outcome',
  },
  {
    name: 'ai_breaker_state',
    kind: 'gauge',
    help: 'Whether a provider is asked: 0 closed, 1 half-open with a probe under way, 2 open after failures.',
    unit: 'state',
    labels: { provider: PROVIDERS },
    owner: 'app',
  },
  {
    name: 'ai_cost_micro_total',
    kind: 'counter',
    help: 'Cost of model calls in millionths of the currency of LLM_INPUT_PRICE and its siblings; 0 while they are not set.',
    unit: 'millionths',
    labels: { provider: PROVIDERS },
    owner: 'app',
  },
  {
    name: 'ai_cost_limit_micro',
    kind: 'gauge',
    help: 'LIMIT_INSTANCE_COST_PER_DAY in the same millionths; no value while it is off.',
    unit: 'millionths',
    labels: {},
    owner: 'app',
  },
  {
    name: 'llm_record_failures_total',
    kind: 'counter',
    help: 'Model calls that could not be written into llm_call; the answer went on, and budgets count less than was used.',
    unit: 'events',
    labels: {},
    owner: 'app',
  },
  {
    name: 'limit_reached_total',
    kind: 'counter',
    help: 'Turns answered with a fixed sentence because a limit was reached.',
    unit: 'events',
    labels: { limit: ['customer_messages', 'customer_tokens', 'instance_tokens', 'instance_cost'] },
    owner: 'app',
  },
  {
    name: 'ai_tokens_total',
    kind: 'counter',
    help: 'Tokens as the model’s service counted them.',
    unit: 'tokens',
    labels: { kind: ['input', 'output'] },
    owner: 'app',
    diagnosticOnly: 'what tokens cost is watched',
  },
  {
    name: 'ai_answer_checks_total',
    kind: 'counter',
    help: 'Answers of the model by what the last check before sending made of them: sent as they were, after one repair, or not at all.',
    unit: 'messages',
    labels: { outcome: ['ok', 'repaired', 'replaced'] },
    owner: 'app',
  },
  {
    name: 'bookings_total',
    kind: 'counter',
    help: 'Calls of create_booking, change_booking and cancel_booking by outcome; repeated ones found it done already.',
    unit: 'bookings',
    labels: {
      outcome: [
        'created',
        'changed',
        'cancelled',
        'repeated',
        'missing',
        'closed',
        'past',
        'too_far',
        'unreadable',
        'full',
        'bad_phone',
        'none',
        'which',
        'nothing',
      ],
    },
    owner: 'app',
  },
  {
    name: 'handovers_total',
    kind: 'counter',
    help: 'Dialogues that went from the bot to a manager, by why; manager_wrote: a manager replied without having been asked.',
    unit: 'events',
    labels: { reason: ['asked_for_person', 'complaint', 'not_in_list', 'going_in_circles', 'other', 'manager_wrote'] },
    owner: 'app',
    diagnosticOnly: 'how often people are needed is a figure of the business; notices that do not reach them are watched',
  },
  {
    name: 'dialog_events_total',
    kind: 'counter',
    help: 'Stored analytics events.',
    unit: 'events',
    labels: {
      event: [
        'ai_dialog_started',
        'greeting_sent',
        'user_engagement',
        'service_suggested',
        'service_added',
        'ai_suggestion_accepted',
        'cart_confirmed',
        'booking_request_created',
        'ai_response_time',
        'error_occurred',
      ],
    },
    owner: 'app',
    diagnosticOnly: 'figures of the business; losing one is watched',
  },
  {
    name: 'dialog_event_failures_total',
    kind: 'counter',
    help: 'Analytics events that could not be stored; the answer went on.',
    unit: 'events',
    labels: {},
    owner: 'app',
  },
  {
    name: 'security_events_total',
    kind: 'counter',
    help: 'Requests and texts that look like an attack.',
    unit: 'events',
    labels: { kind: ['webhook_secret_missing', 'webhook_secret_wrong', 'body_too_large'] },
    owner: 'app',
  },
  {
    name: 'db_pool_used',
    kind: 'gauge',
    help: 'Database connections in use.',
    unit: 'connections',
    labels: { pool: POOLS },
    owner: 'app',
    diagnosticOnly: 'a full pool is harmless until somebody waits, and that is watched',
  },
  { name: 'db_pool_waiting', kind: 'gauge', help: 'Callers waiting for a database connection.', unit: 'requests', labels: { pool: POOLS }, owner: 'app' },
  {
    name: 'nodejs_eventloop_lag_seconds',
    kind: 'gauge',
    help: 'Largest delay of the event loop since the last scrape.',
    unit: 'seconds',
    labels: {},
    owner: 'app',
  },
] as const satisfies readonly MetricRow[];

type Row = (typeof CATALOG)[number];
export type MetricName = Row['name'];
export type MetricOf<Name extends MetricName> = Extract<Row, { name: Name }>;
/** Names of the metrics of one kind. */
export type NameOf<Kind extends MetricKind> = { [Name in MetricName]: MetricOf<Name> extends { kind: Kind } ? Name : never }[MetricName];

type ValuesOf<Values> = Values extends readonly (infer Value extends string)[] ? Value : string;
/** The values of one label of one metric; a value outside the table does not compile. */
export type LabelValue<Name extends MetricName, Label extends keyof MetricOf<Name>['labels']> = ValuesOf<MetricOf<Name>['labels'][Label]>;
