import { readFileSync } from 'node:fs';
import type { EnvValues } from './contract/env.ts';
import type { Command } from './contract/commands.ts';
import { readEnvironment } from './contract/env-read.ts';
import { AppError } from './kit/errors.ts';

type Environment = Record<string, string | undefined>;
export type ConfigOptions = Readonly<{ command: Command; version: string; readFile?: (path: string) => string }>;

const buildRelease = (env: EnvValues, version: string) => ({
  version,
  revision: env.VALERA_REVISION,
  roleFile: env.VALERA_ROLE_FILE,
  rolePollMs: env.VALERA_ROLE_POLL_MS,
  presenceIntervalMs: env.PRESENCE_INTERVAL_MS,
});

const buildHttp = (env: EnvValues) => ({
  host: env.HTTP_HOST,
  port: env.HTTP_PORT,
  adminHost: env.ADMIN_HOST,
  adminPort: env.ADMIN_PORT,
  bodyLimitBytes: env.HTTP_BODY_LIMIT_BYTES,
  requestTimeoutMs: env.HTTP_REQUEST_TIMEOUT_MS,
  headersTimeoutMs: env.HTTP_HEADERS_TIMEOUT_MS,
  keepAliveTimeoutMs: env.HTTP_KEEP_ALIVE_TIMEOUT_MS,
  readinessMaxAgeMs: env.HTTP_READINESS_MAX_AGE_MS,
  healthCacheMs: env.HTTP_HEALTH_CACHE_MS,
});

const buildDatabase = (env: EnvValues) => ({
  url: env.DATABASE_URL ?? '',
  webPoolMax: env.DATABASE_WEB_POOL_MAX,
  workerPoolMax: env.DATABASE_WORKER_POOL_MAX,
  webStatementTimeoutMs: env.DATABASE_WEB_STATEMENT_TIMEOUT_MS,
  workerStatementTimeoutMs: env.DATABASE_WORKER_STATEMENT_TIMEOUT_MS,
  lockTimeoutMs: env.DATABASE_LOCK_TIMEOUT_MS,
  idleInTransactionTimeoutMs: env.DATABASE_IDLE_TRANSACTION_TIMEOUT_MS,
  connectTimeoutMs: env.DATABASE_CONNECT_TIMEOUT_MS,
  connectionLifetimeMs: env.DATABASE_CONNECTION_LIFETIME_MS,
  migrationLockTimeoutMs: env.MIGRATION_LOCK_TIMEOUT_MS,
  migrationTimeoutMs: env.MIGRATION_TIMEOUT_MS,
  migrationRetryMs: env.MIGRATION_RETRY_MS,
});

type Delivery =
  | Readonly<{ mode: 'webhook'; secret: string; previousSecret: string | undefined; url: string | undefined }>
  | Readonly<{ mode: 'polling'; pollTimeoutMs: number }>;

const buildDelivery = (env: EnvValues): Delivery =>
  env.TELEGRAM_MODE === 'polling'
    ? { mode: 'polling', pollTimeoutMs: env.TELEGRAM_POLL_TIMEOUT_MS }
    : {
        mode: 'webhook',
        secret: env.TELEGRAM_WEBHOOK_SECRET ?? '',
        previousSecret: env.TELEGRAM_WEBHOOK_SECRET_PREVIOUS,
        url: env.TELEGRAM_WEBHOOK_URL,
      };

const buildTelegram = (env: EnvValues) => ({
  token: env.TELEGRAM_BOT_TOKEN ?? '',
  botId: Number((env.TELEGRAM_BOT_TOKEN ?? '0').split(':')[0]),
  apiBaseUrl: env.TELEGRAM_API_BASE_URL,
  requestTimeoutMs: env.TELEGRAM_REQUEST_TIMEOUT_MS,
  webhookCheckMs: env.TELEGRAM_WEBHOOK_CHECK_MS,
  delivery: buildDelivery(env),
});

// the rules of the contract let the three through only together
const buildFallback = (env: EnvValues) =>
  env.LLM_FALLBACK_BASE_URL === undefined
    ? undefined
    : {
        baseUrl: env.LLM_FALLBACK_BASE_URL,
        apiKey: env.LLM_FALLBACK_API_KEY ?? '',
        model: env.LLM_FALLBACK_MODEL ?? '',
        prices: { input: env.LLM_FALLBACK_INPUT_PRICE, output: env.LLM_FALLBACK_OUTPUT_PRICE },
      };

const buildLlm = (env: EnvValues) => ({
  baseUrl: env.LLM_BASE_URL,
  apiKey: env.LLM_API_KEY ?? '',
  model: env.LLM_MODEL,
  prices: { input: env.LLM_INPUT_PRICE, output: env.LLM_OUTPUT_PRICE },
  fallback: buildFallback(env),
  firstChunkTimeoutMs: env.LLM_FIRST_CHUNK_TIMEOUT_MS,
  idleTimeoutMs: env.LLM_IDLE_TIMEOUT_MS,
  breakerFailures: env.LLM_BREAKER_FAILURES,
  breakerCoolDownMs: env.LLM_BREAKER_COOL_DOWN_MS,
  attemptTimeoutMs: env.LLM_ATTEMPT_TIMEOUT_MS,
  totalTimeoutMs: env.LLM_TOTAL_TIMEOUT_MS,
  maxSteps: env.LLM_MAX_STEPS,
  historyMessages: env.LLM_HISTORY_MESSAGES,
  summaryAfter: env.LLM_SUMMARY_AFTER,
  maxOutputTokens: env.LLM_MAX_OUTPUT_TOKENS,
});

const buildLimits = (env: EnvValues) => ({
  customerMessages: env.LIMIT_CUSTOMER_MESSAGES,
  customerWindowMs: env.LIMIT_CUSTOMER_WINDOW_MS,
  customerTokensPerDay: env.LIMIT_CUSTOMER_TOKENS_PER_DAY,
  instanceTokensPerDay: env.LIMIT_INSTANCE_TOKENS_PER_DAY,
  instanceCostPerDay: env.LIMIT_INSTANCE_COST_PER_DAY,
});

const buildLanes = (env: EnvValues) => ({
  concurrency: env.LANE_CONCURRENCY,
  leaseMs: env.LANE_LEASE_MS,
  leaseRenewMs: env.LANE_LEASE_RENEW_MS,
  leaseMarginMs: env.LANE_LEASE_MARGIN_MS,
  pollMinMs: env.LANE_POLL_MIN_MS,
  pollMaxMs: env.LANE_POLL_MAX_MS,
  albumQuietMs: env.LANE_ALBUM_QUIET_MS,
  albumMaxMs: env.LANE_ALBUM_MAX_MS,
  maxAttempts: env.LANE_MAX_ATTEMPTS,
  retryBaseMs: env.LANE_RETRY_BASE_MS,
  retryCapMs: env.LANE_RETRY_CAP_MS,
});

const buildOutbox = (env: EnvValues) => ({
  concurrency: env.OUTBOX_CONCURRENCY,
  leaseMs: env.OUTBOX_LEASE_MS,
  leaseRenewMs: env.OUTBOX_LEASE_RENEW_MS,
  pollMinMs: env.OUTBOX_POLL_MIN_MS,
  pollMaxMs: env.OUTBOX_POLL_MAX_MS,
  unknownBackoffMs: env.OUTBOX_UNKNOWN_BACKOFF_MS,
  heldRetryMs: env.OUTBOX_HELD_RETRY_MS,
  failureBaseMs: env.OUTBOX_FAILURE_BASE_MS,
  failureCapMs: env.OUTBOX_FAILURE_CAP_MS,
  privatePerSecond: env.OUTBOX_PRIVATE_PER_SECOND,
  privateBurst: env.OUTBOX_PRIVATE_BURST,
  groupPerMinute: env.OUTBOX_GROUP_PER_MINUTE,
  floodJitter: env.OUTBOX_FLOOD_JITTER,
  floodWideChats: env.OUTBOX_FLOOD_WIDE_CHATS,
  floodWideWindowMs: env.OUTBOX_FLOOD_WIDE_WINDOW_MS,
});

const buildPeople = (env: EnvValues) => ({
  handoverReturnMs: env.HANDOVER_RETURN_MS,
  typingDelayMs: env.TYPING_DELAY_MS,
  typingIntervalMs: env.TYPING_INTERVAL_MS,
  workingNoticeMs: env.WORKING_NOTICE_MS,
});

const buildReaper = (env: EnvValues) => ({
  intervalMs: env.REAPER_INTERVAL_MS,
  retentionIntervalMs: env.REAPER_RETENTION_INTERVAL_MS,
  clockSkewMs: env.REAPER_CLOCK_SKEW_MS,
  bodyRetentionMs: env.REAPER_BODY_RETENTION_MS,
  keyRetentionMs: env.REAPER_KEY_RETENTION_MS,
});

const buildConfig = (env: EnvValues, version: string) => ({
  release: buildRelease(env, version),
  http: buildHttp(env),
  database: buildDatabase(env),
  telegram: buildTelegram(env),
  llm: buildLlm(env),
  workshop: { dir: env.WORKSHOP_DIR ?? '', managerChatId: env.MANAGER_CHAT_ID },
  limits: buildLimits(env),
  lanes: buildLanes(env),
  outbox: buildOutbox(env),
  people: buildPeople(env),
  reaper: buildReaper(env),
  shutdown: { preStopMs: env.SHUTDOWN_PRE_STOP_MS, drainMs: env.SHUTDOWN_DRAIN_MS },
  log: { level: env.LOG_LEVEL, pseudonymKey: env.LOG_PSEUDONYM_KEY ?? '' },
});

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** Everything the app may be told from outside, parsed once and frozen. */
export type Config = DeepReadonly<ReturnType<typeof buildConfig>>;

const deepFreeze = <T extends object>(value: T): T => {
  for (const item of Object.values(value)) if (typeof item === 'object' && item !== null) deepFreeze(item as object);
  return Object.freeze(value);
};

/**
 * Reads the environment, `NAME_FILE` files included. `migrate` needs only the database group: what it does not need is '' or its default.
 * Throws AppError CONFIG_INVALID whose message lists every problem by the variable's name and never shows a secret.
 */
export const loadConfig = (env: Environment, { command, version, readFile = (path) => readFileSync(path, 'utf8') }: ConfigOptions): Config => {
  const { values, problems } = readEnvironment(env, { command, readFile });
  if (values === undefined) {
    const title = problems.length === 1 ? 'One problem in the configuration:' : `${problems.length} problems in the configuration:`;
    throw new AppError(
      'CONFIG_INVALID',
      [title, ...problems.map((problem) => `  ${problem}`), 'docs/reference/configuration.md lists every variable.'].join('\n'),
    );
  }
  return deepFreeze(buildConfig(values, version));
};

/**
 * Where a database is, as host:port/name, for messages: neither user nor password nor parameters.
 * A URL from which a password might spill (an unescaped / or @ in it moves it into the host or the path) is not described.
 */
export const describeDatabase = (url: string): string => {
  const parsed = URL.parse(url);
  if (!parsed || `${parsed.pathname}${parsed.search}${parsed.hash}`.includes('@')) return 'an address that cannot be read';
  const host = parsed.searchParams.get('host') ?? (parsed.hostname || 'localhost');
  const port = parsed.searchParams.get('port') ?? (parsed.port || '5432');
  return `${host}:${port}${parsed.pathname}`;
};

/** The values that must never leave the process; the logger blanks them wherever they appear. */
export const secretsOf = ({ database, telegram, llm, log }: Config): readonly string[] => {
  const delivery = telegram.delivery.mode === 'webhook' ? [telegram.delivery.secret, telegram.delivery.previousSecret] : [];
  return [database.url, telegram.token, ...delivery, llm.apiKey, llm.fallback?.apiKey, log.pseudonymKey].filter(
    (secret) => secret !== undefined && secret !== '',
  ) as string[];
};
