import { type Config, loadConfig } from '../../app/config.ts';

/** The least that a process needs; nothing of it is real. */
export const TEST_ENVIRONMENT = {
  DATABASE_URL: 'postgresql://valera:password@127.0.0.1:1/valera',
  TELEGRAM_BOT_TOKEN: '123456789:TEST-token-of-nobody-0000000000000000',
  TELEGRAM_WEBHOOK_SECRET: 'test-webhook-secret-0123456789',
  LLM_BASE_URL: 'http://127.0.0.1:1/v1',
  LLM_API_KEY: 'test-llm-key',
  WORKSHOP_DIR: '/nowhere',
  LOG_PSEUDONYM_KEY: 'test-pseudonym-key-0123456789',
  HTTP_PORT: '0',
  ADMIN_PORT: '0',
} as const;

/** A valid Config as `serve` gets it; `overrides` are environment variables, an undefined one is removed. */
export const testConfig = (overrides: Record<string, string | number | undefined> = {}): Config => {
  const env: Record<string, string | undefined> = { ...TEST_ENVIRONMENT };
  for (const [name, value] of Object.entries(overrides)) env[name] = value === undefined ? undefined : String(value);
  return loadConfig(env, { command: 'serve', version: '0.0.0-test' });
};
