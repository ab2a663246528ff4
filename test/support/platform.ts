import { createServer, type AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMigratedDatabase } from './database.ts';
import { run, type Running } from './process.ts';
import { until } from './until.ts';
import { EXAMPLE_DIR } from './workshop.ts';

export const ANNA = 100001;
export const BORIS = 100002;
export const MANAGERS = -1001000000001;

const TOKEN = 'test-access-token-0123456789';

export type ChatMessage = { message_id: number; text?: string; from: { id: number; is_bot: boolean } };
type SandboxReady = { pageUrl: string; botToken: string; botApiBaseUrl: string; llmBaseUrl: string; llmApiKey: string; llmModel: string };

export const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** Sandbox and app as separate processes on a real database: the app can be killed while Telegram, model and database live on. */
export const createPlatform = async (overrides: Record<string, string> = {}) => {
  const database = await createMigratedDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'valera-test-sandbox-'));
  const [sandboxPort, appPort] = [await freePort(), await freePort()];
  const sandbox = run(
    [
      'app/sandbox/main.ts',
      '--port',
      String(sandboxPort),
      '--data-dir',
      dataDir,
      '--token',
      TOKEN,
      '--retry-base-ms',
      '100',
      '--retry-cap-ms',
      '400',
      '--delivery-timeout-ms',
      '4000',
      '--no-limits',
      '--database',
      'embedded',
    ],
    {},
  );
  const ready = JSON.parse(await sandbox.line((line) => line.startsWith('{"') && line.includes('botToken'))) as SandboxReady;

  const environment = (more: Record<string, string> = {}): Record<string, string> => ({
    DATABASE_URL: database.url,
    TELEGRAM_BOT_TOKEN: ready.botToken,
    TELEGRAM_API_BASE_URL: ready.botApiBaseUrl,
    TELEGRAM_WEBHOOK_SECRET: 'test-webhook-secret-0123456789',
    TELEGRAM_WEBHOOK_URL: `http://127.0.0.1:${appPort}/telegram/webhook`,
    LLM_BASE_URL: ready.llmBaseUrl,
    LLM_API_KEY: ready.llmApiKey,
    LLM_MODEL: ready.llmModel,
    WORKSHOP_DIR: EXAMPLE_DIR,
    LOG_PSEUDONYM_KEY: 'test-pseudonym-key-0123456789',
    HTTP_PORT: String(appPort),
    ADMIN_PORT: '0',
    LIMIT_CUSTOMER_MESSAGES: '0', // tests write faster than people
    LANE_LEASE_MS: '800',
    LANE_LEASE_RENEW_MS: '200',
    LANE_LEASE_MARGIN_MS: '100',
    OUTBOX_LEASE_MS: '1600',
    OUTBOX_LEASE_RENEW_MS: '200',
    TELEGRAM_REQUEST_TIMEOUT_MS: '1500',
    OUTBOX_UNKNOWN_BACKOFF_MS: '100',
    OUTBOX_PRIVATE_PER_SECOND: '100',
    OUTBOX_GROUP_PER_MINUTE: '6000',
    ...overrides,
    ...more,
  });

  const startApp = async (more?: Record<string, string>): Promise<Running> => {
    const app = run(['app/main.ts', 'serve'], environment(more));
    await app.line((line) => line.includes('app started'));
    return app;
  };

  const base = new URL(ready.pageUrl).origin;
  const call = async <T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<T> => {
    const headers = { authorization: `Bearer ${TOKEN}`, ...(body ? { 'content-type': 'application/json' } : {}) };
    const response = await fetch(`${base}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };

  const list = async (chatId: number): Promise<ChatMessage[]> => {
    const answer = await call<ChatMessage[] | { messages: ChatMessage[] }>('GET', `/sandbox/chats/${chatId}/messages`);
    return Array.isArray(answer) ? answer : answer.messages;
  };
  const fromBot = async (chatId: number): Promise<string[]> => (await list(chatId)).filter(({ from }) => from.is_bot).map(({ text }) => text ?? '');

  return {
    ...database,
    pageUrl: ready.pageUrl,
    appPort,
    environment,
    startApp,
    fromBot,
    write: (chatId: number, text: string): Promise<unknown> => call('POST', `/sandbox/chats/${chatId}/messages`, { text }),
    messages: list,
    /** Anything a person can do there, see docs/sandbox.md. */
    post: (chatId: number, body: object): Promise<unknown> => call('POST', `/sandbox/chats/${chatId}/messages`, body),
    block: (chatId: number, blocked: boolean): Promise<unknown> => call('POST', `/sandbox/chats/${chatId}/bot`, { blocked }),
    /** What goes wrong from now on, see docs/sandbox.md. */
    faults: (switches: object): Promise<unknown> => call('PUT', '/sandbox/faults', switches),
    /** The Bot API methods that the app has called, oldest first. */
    methods: async (): Promise<string[]> => (await call<{ calls: { method: string }[] }>('GET', '/sandbox/calls')).calls.map(({ method }) => method),
    /** Updates that Telegram has not got rid of yet. */
    undelivered: async (): Promise<number> => (await call<{ pending: number }>('GET', '/sandbox/state')).pending,
    /** Writes and waits for the bot's next message in that chat. */
    ask: async (chatId: number, text: string): Promise<string> => {
      const before = (await fromBot(chatId)).length;
      await call('POST', `/sandbox/chats/${chatId}/messages`, { text });
      await until(async () => (await fromBot(chatId)).length > before);
      return (await fromBot(chatId)).slice(before).join('\n');
    },
    stop: async (): Promise<void> => {
      await sandbox.end('SIGTERM');
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

export type Platform = Awaited<ReturnType<typeof createPlatform>>;
