import { decimal, durationListMs, durationMs, type Kind, pauseMs, retentionMs, wholeNumber } from './env-kinds.ts';

const LARGEST_COUNT = 10_000;

const of = <const G extends string>(group: G) => {
  const row =
    <T>(kind: Kind<T>) =>
    (value: number | string, description: string) => ({ group, kind, default: String(value), description });
  return {
    ms: row(durationMs),
    pause: row(pauseMs),
    kept: row(retentionMs),
    count: row(wholeNumber({ min: 1, max: LARGEST_COUNT })),
    ratio: row(decimal({ min: 0, max: 1 })),
    rate: row(decimal({ min: 0.001, max: 1e6 })),
    ladder: row(durationListMs),
    price: row(decimal({ min: 0, max: 1e6 })),
    limit: row(wholeNumber({ min: 0, max: 1e12 })),
    money: row(decimal({ min: 0, max: 1e8 })),
  };
};

const http = of('http');
const database = of('database');
const telegram = of('telegram');
const llm = of('llm');
const limits = of('limits');
const lanes = of('lanes');
const outbox = of('outbox');
const people = of('people');
const reaper = of('reaper');
const shutdown = of('shutdown');
const release = of('release');

/** Every duration, limit and pace of the path. The defaults are the design's figures; tests and the soak scale them down together. */
export const TUNING = {
  HTTP_BODY_LIMIT_BYTES: {
    group: 'http',
    kind: wholeNumber({ min: 1024, max: 64 * 1024 * 1024 }),
    default: '1048576',
    description: 'Largest webhook body; a larger one is answered 413.',
  },
  HTTP_REQUEST_TIMEOUT_MS: http.ms(10_000, 'A request that has not arrived whole by then is answered 408.'),
  HTTP_HEADERS_TIMEOUT_MS: http.ms(66_000, 'Time for the headers of a request; above the keep-alive time.'),
  HTTP_KEEP_ALIVE_TIMEOUT_MS: http.ms(65_000, 'How long an idle connection is kept; above the load balancer’s own idle time.'),
  HTTP_READINESS_MAX_AGE_MS: http.ms(10_000, 'Ready means that the migrated database was reached within this time.'),
  HTTP_HEALTH_CACHE_MS: http.ms(5_000, 'How long /health keeps what it learned from Telegram and the queues, however often it is asked.'),

  DATABASE_WEB_POOL_MAX: database.count(10, 'Connections for storing updates. Replicas × both pools × two revisions must stay below 0.8 × max_connections.'),
  DATABASE_WORKER_POOL_MAX: database.count(10, 'Connections for turns and sending.'),
  DATABASE_WEB_STATEMENT_TIMEOUT_MS: database.ms(2_000, 'statement_timeout while storing an update.'),
  DATABASE_WORKER_STATEMENT_TIMEOUT_MS: database.ms(10_000, 'statement_timeout of the worker.'),
  DATABASE_LOCK_TIMEOUT_MS: database.ms(1_000, 'lock_timeout of every connection.'),
  DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: database.ms(10_000, 'idle_in_transaction_session_timeout of every connection.'),
  DATABASE_CONNECT_TIMEOUT_MS: database.ms(2_000, 'Time for opening a connection.'),
  DATABASE_CONNECTION_LIFETIME_MS: database.ms(1_800_000, 'A connection is replaced after about this time, so that a failed-over database is found again.'),
  MIGRATION_LOCK_TIMEOUT_MS: database.ms(500, 'lock_timeout of a migration; it gives way to traffic and tries again.'),
  MIGRATION_TIMEOUT_MS: database.ms(1_800_000, 'Time for all migrations of one run.'),
  MIGRATION_RETRY_MS: database.ms(2_000, 'Pause before a migration that did not get its lock is tried again.'),

  TELEGRAM_REQUEST_TIMEOUT_MS: telegram.ms(10_000, 'Time for one Bot API call; after it the outcome of a send is unknown.'),
  TELEGRAM_POLL_TIMEOUT_MS: telegram.ms(25_000, 'Long-poll time of getUpdates (polling mode only, which is not built yet).'),
  TELEGRAM_WEBHOOK_CHECK_MS: telegram.ms(60_000, 'Pause between two looks whether the webhook is still registered as configured.'),

  LLM_FIRST_CHUNK_TIMEOUT_MS: llm.ms(12_000, 'Time until a called model begins to answer; keep-alives of the connection do not count.'),
  LLM_IDLE_TIMEOUT_MS: llm.ms(8_000, 'Longest silence within an answer.'),
  LLM_ATTEMPT_TIMEOUT_MS: llm.ms(18_000, 'Time for one whole call of the model.'),
  LLM_TOTAL_TIMEOUT_MS: llm.ms(22_000, 'Time for all calls of one answer, retries included.'),
  LLM_BREAKER_FAILURES: llm.count(5, 'Failures in a row after which a service is left alone for a while.'),
  LLM_BREAKER_COOL_DOWN_MS: llm.ms(30_000, 'How long it is left alone; then one call tries it again.'),
  LLM_INPUT_PRICE: llm.price(0, 'Price of a million input tokens, in the currency you think in. 0: not known, no cost is counted.'),
  LLM_OUTPUT_PRICE: llm.price(0, 'Price of a million output tokens.'),
  LLM_FALLBACK_INPUT_PRICE: llm.price(0, 'The same for the second service.'),
  LLM_FALLBACK_OUTPUT_PRICE: llm.price(0, 'The same for the second service.'),
  LLM_MAX_STEPS: llm.count(6, 'Calls of the model in one turn, tool rounds included.'),
  LLM_HISTORY_MESSAGES: llm.count(
    60,
    'Most messages of the dialogue shown to the model word for word; not below LLM_SUMMARY_AFTER, or some are neither shown nor summed up.',
  ),
  LLM_SUMMARY_AFTER: llm.count(40, 'When more messages than this are not summed up yet, the older ones are; the newest 20 stay word for word.'),
  LLM_MAX_OUTPUT_TOKENS: llm.count(1_200, 'Longest answer of one call, in tokens.'),

  LIMIT_CUSTOMER_MESSAGES: limits.limit(
    10,
    'Messages that one customer gets answered within the window below, twice as many while a manager leads; 0: no limit.',
  ),
  LIMIT_CUSTOMER_WINDOW_MS: limits.ms(60_000, 'Window of the limit above.'),
  LIMIT_CUSTOMER_TOKENS_PER_DAY: limits.limit(2_000_000, 'Tokens of one customer within a day of the workshop; 0: no limit.'),
  LIMIT_INSTANCE_TOKENS_PER_DAY: limits.limit(50_000_000, 'Tokens of all customers within a day of the workshop; 0: no limit.'),
  LIMIT_INSTANCE_COST_PER_DAY: limits.money(0, 'Cost of all model calls within a day of the workshop, in the currency of LLM_INPUT_PRICE; 0: no limit.'),

  LANE_CONCURRENCY: lanes.count(16, 'Chats answered at the same time by one process.'),
  LANE_LEASE_MS: lanes.ms(15_000, 'How long a claimed chat belongs to its worker without a sign of life; a crashed turn is repeated after it.'),
  LANE_LEASE_RENEW_MS: lanes.ms(5_000, 'Pause between two renewals of the lease.'),
  LANE_LEASE_MARGIN_MS: lanes.ms(2_000, 'A worker stops this long before its lease ends.'),
  LANE_POLL_MIN_MS: lanes.ms(100, 'Shortest pause between two looks for open chats.'),
  LANE_POLL_MAX_MS: lanes.ms(200, 'Longest pause between two looks for open chats.'),
  LANE_ALBUM_QUIET_MS: lanes.ms(1_500, 'An album is complete when no further part came for this time.'),
  LANE_ALBUM_MAX_MS: lanes.ms(10_000, 'Longest wait for the parts of an album.'),
  LANE_MAX_ATTEMPTS: lanes.count(5, 'Crashed or failed turns after which the batch is dead-lettered with an apology.'),
  LANE_RETRY_BASE_MS: lanes.ms(1_000, 'First pause before a failed turn is tried again; doubles.'),
  LANE_RETRY_CAP_MS: lanes.ms(30_000, 'Longest pause before a failed turn is tried again.'),

  OUTBOX_CONCURRENCY: outbox.count(8, 'Chats sent to at the same time by one process.'),
  OUTBOX_LEASE_MS: outbox.ms(20_000, 'How long a chat’s sends belong to one worker without a sign of life; above the time-out of a Bot API call.'),
  OUTBOX_LEASE_RENEW_MS: outbox.ms(5_000, 'Pause between two renewals of the lease.'),
  OUTBOX_POLL_MIN_MS: outbox.ms(100, 'Shortest pause between two looks for messages to send.'),
  OUTBOX_POLL_MAX_MS: outbox.ms(200, 'Longest pause between two looks for messages to send.'),
  OUTBOX_UNKNOWN_BACKOFF_MS: outbox.ladder('5000,30000,120000,600000', 'Pauses before a send whose outcome is unknown is repeated; the last one stays.'),
  OUTBOX_HELD_RETRY_MS: outbox.ms(3_600_000, 'Pause before a held booking notice is tried again.'),
  OUTBOX_FAILURE_BASE_MS: outbox.ms(1_000, 'First pause after a send that definitely failed; doubles.'),
  OUTBOX_FAILURE_CAP_MS: outbox.ms(60_000, 'Longest pause after a send that definitely failed.'),
  OUTBOX_PRIVATE_PER_SECOND: outbox.rate(1, 'Messages a second into one private chat.'),
  OUTBOX_PRIVATE_BURST: outbox.count(3, 'Messages into one private chat that may go out at once.'),
  OUTBOX_GROUP_PER_MINUTE: outbox.rate(20, 'Messages a minute into one group.'),
  OUTBOX_FLOOD_JITTER: outbox.ratio(0.1, 'Share added at random to the wait that a 429 demands.'),
  OUTBOX_FLOOD_WIDE_CHATS: outbox.count(3, 'A 429 in this many chats within the window below holds the whole bot.'),
  OUTBOX_FLOOD_WIDE_WINDOW_MS: outbox.ms(5_000, 'Window of the rule above.'),

  HANDOVER_RETURN_MS: people.ms(1_800_000, 'A dialogue handed over to a manager returns to the bot this long after the manager’s last word.'),
  TYPING_DELAY_MS: people.ms(1_000, 'Work on an answer that takes longer is shown to the customer as «печатает…».'),
  TYPING_INTERVAL_MS: people.ms(4_500, 'Pause between two signs of «печатает…»; Telegram shows each for five seconds.'),
  WORKING_NOTICE_MS: people.ms(15_000, 'A customer who has waited this long for an answer gets one message that it is being worked on.'),

  REAPER_INTERVAL_MS: reaper.ms(5_000, 'Pause between two rounds of repair.'),
  REAPER_RETENTION_INTERVAL_MS: reaper.ms(60_000, 'Pause between two rounds of retention: finished updates are erased and forgotten.'),
  REAPER_CLOCK_SKEW_MS: reaper.ms(60_000, 'A lease or ready time further ahead than this is reset: a clock had stepped.'),
  REAPER_BODY_RETENTION_MS: reaper.kept(7 * 86_400_000, 'After this time the body of a finished update is erased.'),
  REAPER_KEY_RETENTION_MS: reaper.kept(30 * 86_400_000, 'After this time the key of a finished update is forgotten.'),

  SHUTDOWN_PRE_STOP_MS: shutdown.pause(0, 'Pause between the stop signal and the drain, where no preStop hook does it.'),
  SHUTDOWN_DRAIN_MS: shutdown.ms(25_000, 'Time for running turns and requests after the stop signal.'),

  PRESENCE_INTERVAL_MS: release.ms(5_000, 'Pause between two signs of life that a process writes into the database.'),
} as const;
