import {
  apiKey,
  baseUrl,
  botToken,
  chatId,
  filePath,
  hashKey,
  host,
  type Kind,
  oneOf,
  port,
  postgresUrl,
  webhookSecret,
  webhookUrl,
  wholeNumber,
  word,
} from './env-kinds.ts';
import { TUNING } from './env-tuning.ts';
import { PORTS } from './endpoints.ts';

/** Headings of the reference, in its order. */
export const ENV_GROUPS = {
  database: 'Database',
  telegram: 'Telegram',
  llm: 'Language model',
  limits: 'Limits',
  workshop: 'Workshop',
  http: 'HTTP',
  lanes: 'Turns',
  outbox: 'Sending',
  people: 'People',
  reaper: 'Repair and retention',
  shutdown: 'Stopping',
  log: 'Logs',
  release: 'Release',
} as const;

export type EnvGroup = keyof typeof ENV_GROUPS;

/** always: every command; app: every command but migrate; webhook: app, and TELEGRAM_MODE=webhook. */
export type RequiredWhen = 'always' | 'app' | 'webhook';

export type EnvRow = Readonly<{
  group: EnvGroup;
  kind: Kind<unknown>;
  description: string;
  /** As it would be written into the environment. */
  default?: string;
  requiredWhen?: RequiredWhen;
  /** Never shown; may also come from the file named by NAME_FILE. */
  secret?: true;
  example?: string;
}>;

const MINIMAL = {
  DATABASE_URL: {
    group: 'database',
    kind: postgresUrl,
    requiredWhen: 'always',
    secret: true,
    description: 'PostgreSQL 17.',
    example: 'postgresql://valera:password@db.example.com:5432/valera',
  },

  TELEGRAM_BOT_TOKEN: {
    group: 'telegram',
    kind: botToken,
    requiredWhen: 'app',
    secret: true,
    description: 'Token of the bot, from @BotFather.',
    example: '123456789:AA…',
  },
  TELEGRAM_MODE: {
    group: 'telegram',
    kind: oneOf(['webhook', 'polling']),
    default: 'webhook',
    description: 'How updates come in; polling is not built yet and refused.',
  },
  TELEGRAM_WEBHOOK_SECRET: {
    group: 'telegram',
    kind: webhookSecret,
    requiredWhen: 'webhook',
    secret: true,
    description: 'Telegram repeats it in every delivery; without it nothing is accepted.',
    example: 'output of: openssl rand -hex 32',
  },
  TELEGRAM_WEBHOOK_SECRET_PREVIOUS: {
    group: 'telegram',
    kind: webhookSecret,
    secret: true,
    description: 'Still accepted while the secret is being changed; remove it afterwards.',
  },
  TELEGRAM_WEBHOOK_URL: {
    group: 'telegram',
    kind: webhookUrl,
    description: 'Where Telegram delivers; leads to the public listener. Unset: the app leaves the registration of the webhook alone.',
    example: 'https://bot.example.com/telegram/webhook',
  },
  TELEGRAM_API_BASE_URL: { group: 'telegram', kind: baseUrl, default: 'https://api.telegram.org', description: 'Bot API server.' },

  LLM_BASE_URL: { group: 'llm', kind: baseUrl, default: 'https://api.deepseek.com', description: 'Any service that speaks OpenAI’s Chat Completions.' },
  LLM_API_KEY: { group: 'llm', kind: apiKey, requiredWhen: 'app', secret: true, description: 'Key for that service.', example: 'sk-…' },
  LLM_MODEL: { group: 'llm', kind: word, default: 'deepseek-chat', description: 'Name of the model at that service.' },
  LLM_FALLBACK_BASE_URL: {
    group: 'llm',
    kind: baseUrl,
    description: 'Second service, asked when the first does not answer. The three LLM_FALLBACK variables are set together or not at all.',
    example: 'https://api.mistral.ai/v1',
  },
  LLM_FALLBACK_API_KEY: { group: 'llm', kind: apiKey, secret: true, description: 'Key for the second service.' },
  LLM_FALLBACK_MODEL: { group: 'llm', kind: word, description: 'Name of the model at the second service.', example: 'mistral-small-latest' },

  WORKSHOP_DIR: {
    group: 'workshop',
    kind: filePath,
    requiredWhen: 'app',
    description: 'Folder with the workshop’s content: prices, hours, car classes, texts.',
    example: '/etc/valera/workshop',
  },
  MANAGER_CHAT_ID: {
    group: 'workshop',
    kind: chatId,
    description: 'Group that gets the requests; overrides the one in the content.',
    example: '-1001234567890',
  },

  HTTP_HOST: { group: 'http', kind: host, default: '127.0.0.1', description: 'Address of the public listener; 0.0.0.0 in a container.' },
  HTTP_PORT: { group: 'http', kind: port, default: String(PORTS.public), description: 'Port of the public listener.' },
  ADMIN_HOST: {
    group: 'http',
    kind: host,
    default: '127.0.0.1',
    description: 'Address of the admin listener (/health in detail, /metrics, /role); never exposed to the internet.',
  },
  ADMIN_PORT: {
    group: 'http',
    kind: port,
    default: String(PORTS.admin),
    description: 'Port of the admin listener; another one than HTTP_PORT on the same address.',
  },

  LOG_LEVEL: {
    group: 'log',
    kind: oneOf(['debug', 'info', 'warn', 'error']),
    default: 'info',
    description: 'error: a person must act; warn: look this week; info: changes of state.',
  },
  LOG_PSEUDONYM_KEY: {
    group: 'log',
    kind: hashKey,
    requiredWhen: 'app',
    secret: true,
    description: 'Key of the HMAC that stands for chats in the logs; change it and older lines no longer join.',
    example: 'output of: openssl rand -hex 32',
  },

  VALERA_REVISION: { group: 'release', kind: word, description: 'Name of the revision this process belongs to; set by the operator.' },
  VALERA_ROLE_FILE: {
    group: 'release',
    kind: filePath,
    description: 'File that names the active revision; set by the operator. Unset: this process is active.',
  },
  VALERA_ROLE_POLL_MS: {
    group: 'release',
    kind: wholeNumber({ min: 1, max: 60_000 }),
    default: '1000',
    description: 'Pause between two looks at that file, in milliseconds.',
  },
} as const satisfies Record<string, EnvRow>;

/** Every environment variable the app reads; parsing, documentation and the operator's Deployment are made from it. */
export const ENV = { ...MINIMAL, ...TUNING } as const satisfies Record<string, EnvRow>;

export type EnvName = keyof typeof ENV;

type Output<Row> = Row extends { kind: Kind<infer T> } ? T : never;

/** Parsed values; undefined only where the table has no default. */
export type EnvValues = {
  readonly [Name in EnvName]: (typeof ENV)[Name] extends { default: string } ? Output<(typeof ENV)[Name]> : Output<(typeof ENV)[Name]> | undefined;
};
