import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Config, loadConfig } from '../../app/config.ts';
import { PUBLIC_PATHS } from '../../app/contract/endpoints.ts';
import { connectDatabase, type Database } from '../../app/db/connect.ts';
import { systemClock as clock } from '../../app/kit/clock.ts';
import { silentLogger } from '../../app/kit/logger.ts';
import type { Logger } from '../../app/kit/logger.ts';
import { GROUP } from '../../app/sandbox/people.ts';
import { type Sandbox, startSandbox } from '../../app/sandbox/server.ts';
import { startApp } from '../../app/serve.ts';
import { loadWorkshop } from '../../app/workshop/load.ts';
import type { Workshop } from '../../app/workshop/types.ts';

export type LiveModel = Readonly<{ baseUrl: string; apiKey: string; model: string }>;
type WorldOptions = Readonly<{ databaseUrl: string; live?: LiveModel | undefined; version: string; logger?: Logger }>;

export const MANAGERS: number = GROUP.id;
/** Rooms for cars in one hour: no two conversations of a run may stand in each other's way. */
export const ROOM_PER_HOUR = 50;

const HOST = '127.0.0.1';
const TOKEN = 'dialogues-access-token';
const EXAMPLE = fileURLToPath(new URL('../../app/workshop/example', import.meta.url));
const UNLIMITED = { privatePerSecond: Infinity, privateBurst: Infinity, groupPerMinute: Infinity, bulkPerSecond: Infinity };

/** Paces of a machine that waits for nobody; behaviour is as in production. */
const PACE = {
  LANE_POLL_MIN_MS: '40',
  LANE_POLL_MAX_MS: '60',
  LANE_ALBUM_QUIET_MS: '400',
  OUTBOX_POLL_MIN_MS: '40',
  OUTBOX_POLL_MAX_MS: '60',
  OUTBOX_PRIVATE_PER_SECOND: '1000',
  OUTBOX_PRIVATE_BURST: '1000',
  OUTBOX_GROUP_PER_MINUTE: '100000',
  LIMIT_CUSTOMER_MESSAGES: '0',
} as const;

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** The example workshop with room for every conversation. */
const roomyWorkshop = async (dir: string): Promise<string> => {
  const target = join(dir, 'workshop');
  await cp(EXAMPLE, target, { recursive: true });
  const file = join(target, 'workshop.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^capacityPerHour: \d+$/m, `capacityPerHour: ${ROOM_PER_HOUR}`));
  return target;
};

type Addresses = Readonly<{ databaseUrl: string; workshopDir: string; appPort: number; sandbox: Sandbox; live: LiveModel | undefined }>;

const environment = ({ databaseUrl, workshopDir, appPort, sandbox, live }: Addresses): Record<string, string> => ({
  ...PACE,
  DATABASE_URL: databaseUrl,
  TELEGRAM_BOT_TOKEN: sandbox.botToken,
  TELEGRAM_API_BASE_URL: sandbox.botApiBaseUrl,
  TELEGRAM_WEBHOOK_SECRET: 'dialogues-webhook-secret',
  TELEGRAM_WEBHOOK_URL: `http://${HOST}:${appPort}${PUBLIC_PATHS.webhook}`,
  LLM_BASE_URL: live?.baseUrl ?? sandbox.llmBaseUrl,
  LLM_API_KEY: live?.apiKey ?? sandbox.llmApiKey,
  LLM_MODEL: live?.model ?? sandbox.llmModel,
  WORKSHOP_DIR: workshopDir,
  MANAGER_CHAT_ID: String(MANAGERS),
  LOG_PSEUDONYM_KEY: 'dialogues-pseudonym-key-01',
  HTTP_PORT: String(appPort),
  ADMIN_PORT: '0',
});

const openPool = (url: string): Database =>
  connectDatabase({
    url,
    applicationName: 'dialogues',
    poolMax: 4,
    statementTimeoutMs: 20_000,
    lockTimeoutMs: 20_000,
    idleInTransactionTimeoutMs: 60_000,
    connectTimeoutMs: 5_000,
    connectionLifetimeMs: 3_600_000,
  });

export type World = Readonly<{
  db: Database;
  /** Chat of the first customer. */ firstGuest?: number;
  botId: number;
  workshop: Workshop;
  sandboxUrl: string;
  token: string;
  config: Config;
  stop: () => Promise<void>;
}>;

/** Sandbox Telegram, the app as in production and the model, in this process, on the migrated database of `databaseUrl`. */
export const startWorld = async ({ databaseUrl, live, version, logger = silentLogger }: WorldOptions): Promise<World> => {
  const dir = await mkdtemp(join(tmpdir(), 'valera-dialogues-'));
  const workshopDir = await roomyWorkshop(dir);
  const workshop = await loadWorkshop(workshopDir);
  const sandbox = await startSandbox({
    host: HOST,
    port: 0,
    dataDir: dir,
    accessToken: TOKEN,
    parts: { telegram: 'sandbox', model: live ? 'real' : 'scripted', database: 'real', workshop: 'example' },
    workshopName: workshop.name,
    durations: { setWebhookPauseMs: 0, retryBaseMs: 20, retryCapMs: 200 },
    limits: UNLIMITED,
    logger: silentLogger,
  });
  const env = environment({ databaseUrl, workshopDir, appPort: await freePort(), sandbox, live });
  const config = loadConfig(env, { command: 'serve', version });
  const app = await startApp({ config, clock, logger });
  const db = openPool(databaseUrl);
  return {
    db,
    botId: config.telegram.botId,
    workshop,
    sandboxUrl: `http://${HOST}:${sandbox.port}`,
    token: TOKEN,
    config,
    stop: async () => {
      await app.stop();
      await sandbox.stop();
      await db.destroy();
      await rm(dir, { recursive: true, force: true });
    },
  };
};
