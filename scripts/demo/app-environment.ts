import { createHmac } from 'node:crypto';
import { PUBLIC_PATHS } from '../../app/contract/endpoints.ts';
import { GROUP } from '../../app/sandbox/people.ts';
import { DEMO_VARIABLES, type Settings } from './settings.ts';

type Environment = Record<string, string | undefined>;

type SandboxAddresses = Readonly<{ botToken: string; botApiBaseUrl: string; llmBaseUrl: string; llmApiKey: string; llmModel: string }>;

type AppEnvironmentOptions = Readonly<{
  env: Readonly<Environment>;
  settings: Settings;
  sandbox: SandboxAddresses;
  /** Undefined: the one in `env`. */
  databaseUrl: string | undefined;
  /** The token of the page: other secrets of this machine are derived from it and so stay the same from start to start. */
  accessToken: string;
}>;

/** Names that the demo reads itself; the app would take them for slips of its own. */
const NOT_FOR_THE_APP = [...DEMO_VARIABLES, 'VALERA_REVISION', 'VALERA_ROLE_FILE'];

const without = (env: Readonly<Environment>, names: readonly string[]): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !names.some((left) => name === left || name === `${left}_FILE`)));

const isGiven = (env: Readonly<Environment>, name: string): boolean => Boolean(env[name] || env[`${name}_FILE`]);

const telegramOf = ({ env, settings, sandbox, accessToken }: AppEnvironmentOptions): Environment => {
  const secret = { TELEGRAM_WEBHOOK_SECRET: createHmac('sha256', accessToken).update('webhook').digest('hex') };
  if (settings.parts.telegram === 'real') return isGiven(env, 'TELEGRAM_WEBHOOK_SECRET') ? {} : secret;
  return {
    ...secret,
    TELEGRAM_BOT_TOKEN: sandbox.botToken,
    TELEGRAM_API_BASE_URL: sandbox.botApiBaseUrl,
    TELEGRAM_WEBHOOK_URL: `http://127.0.0.1:${settings.ports.app}${PUBLIC_PATHS.webhook}`,
    MANAGER_CHAT_ID: env['MANAGER_CHAT_ID'] || String(GROUP.id),
  };
};

const TELEGRAM_NAMES = ['TELEGRAM_WEBHOOK_SECRET', 'TELEGRAM_WEBHOOK_SECRET_PREVIOUS', 'TELEGRAM_BOT_TOKEN', 'MANAGER_CHAT_ID'];

/** The environment the app is configured from: the person's own, and for every part that is not real the sandbox's. */
export const buildAppEnvironment = (options: AppEnvironmentOptions): Environment => {
  const { env, settings, sandbox, databaseUrl, accessToken } = options;
  const { telegram, model, database } = settings.parts;
  return {
    ...without(env, [...NOT_FOR_THE_APP, ...(telegram === 'sandbox' ? TELEGRAM_NAMES : [])]),
    ...(isGiven(env, 'LOG_PSEUDONYM_KEY') ? {} : { LOG_PSEUDONYM_KEY: createHmac('sha256', accessToken).update('log').digest('hex') }),
    ...telegramOf(options),
    ...(model === 'scripted' ? { LLM_BASE_URL: sandbox.llmBaseUrl, LLM_API_KEY: sandbox.llmApiKey, LLM_MODEL: sandbox.llmModel } : {}),
    ...(database === 'embedded' ? { DATABASE_URL: databaseUrl } : {}),
    WORKSHOP_DIR: settings.workshopDir,
    HTTP_PORT: String(settings.ports.app),
    ADMIN_PORT: String(settings.ports.admin),
  };
};
