import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { migrate } from '../../app/db/migrate.ts';
import { systemClock as clock } from '../../app/kit/clock.ts';
import { silentLogger as logger } from '../../app/kit/logger.ts';
import { startBalancer } from './balancer.ts';
import { startSoakDatabase } from './database.ts';
import { createFleet, type AppProcess } from './fleet.ts';
import { findMutant, type MutantName } from './mutants.ts';
import type { Draw } from './random.ts';
import { createSandboxClient } from './sandbox-client.ts';
import { appDurations, sandboxDurations, type SoakSettings } from './settings.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ACCESS_TOKEN = 'soak-access-token-0123456789';

type Addresses = Readonly<{ pageUrl: string; botToken: string; botApiBaseUrl: string; llmBaseUrl: string; llmApiKey: string; llmModel: string }>;

const startSandbox = async (dataDir: string, settings: SoakSettings) => {
  const args = ['scripts/soak/sandbox.ts', '--data-dir', dataDir, '--token', ACCESS_TOKEN, '--durations', JSON.stringify(sandboxDurations(settings))];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'] } });
  const ended = once(child, 'exit');
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended.then(() => [])])) as readonly string[];
  if (line === undefined) throw new Error('the sandbox ended at its start');
  return {
    addresses: JSON.parse(line) as Addresses,
    stop: async (): Promise<void> => {
      child.kill('SIGTERM');
      await ended;
    },
  };
};

/** Everything that a soak does not study is out of its way: budgets and send rates; everything it studies is a release's own, scaled. */
const environmentOf = (addresses: Addresses, settings: SoakSettings): Record<string, string> => ({
  TELEGRAM_BOT_TOKEN: addresses.botToken,
  TELEGRAM_API_BASE_URL: addresses.botApiBaseUrl,
  TELEGRAM_WEBHOOK_SECRET: 'soak-webhook-secret-0123456789',
  LLM_BASE_URL: addresses.llmBaseUrl,
  LLM_API_KEY: addresses.llmApiKey,
  LLM_MODEL: addresses.llmModel,
  LLM_FALLBACK_BASE_URL: addresses.llmBaseUrl.replace('127.0.0.1', 'localhost'),
  LLM_FALLBACK_API_KEY: addresses.llmApiKey,
  LLM_FALLBACK_MODEL: addresses.llmModel,
  WORKSHOP_DIR: join(ROOT, 'app/workshop/example'),
  LOG_PSEUDONYM_KEY: 'soak-pseudonym-key-0123456789',
  HTTP_PORT: '0',
  ADMIN_PORT: '0',
  LIMIT_CUSTOMER_MESSAGES: '0',
  LIMIT_CUSTOMER_TOKENS_PER_DAY: '0',
  LIMIT_INSTANCE_TOKENS_PER_DAY: '0',
  OUTBOX_PRIVATE_PER_SECOND: '10000',
  OUTBOX_PRIVATE_BURST: '1000',
  OUTBOX_GROUP_PER_MINUTE: '600000',
  DATABASE_WEB_POOL_MAX: '8',
  DATABASE_WORKER_POOL_MAX: '12',
  ...appDurations(settings),
});

type Options = Readonly<{ settings: SoakSettings; mutant: MutantName | undefined; draw: Draw }>;

/** Database, sandbox, balancer and app processes of a run, each a process of its own. `stop` ends them; `remove` deletes what they left. */
export const createWorld = async ({ settings, mutant, draw }: Options) => {
  const parts = new AsyncDisposableStack();
  const dir = mkdtempSync(join(tmpdir(), 'valera-soak-'));
  try {
    chmodSync(dir, 0o711); // as root PostgreSQL runs as nobody
    const [controlDir, logDir, sandboxDir] = [join(dir, 'control'), join(dir, 'logs'), join(dir, 'sandbox-data')];
    for (const folder of [controlDir, logDir, sandboxDir]) mkdirSync(folder);

    const database = await startSoakDatabase(dir);
    parts.defer(database.stop);
    await migrate({ url: database.url, phase: 'all', lockTimeoutMs: 500, retryMs: 50, timeoutMs: 60_000, clock, logger });
    const sabotage = mutant === undefined ? undefined : findMutant(mutant);
    for (const sql of sabotage?.sql ?? []) await database.query(sql);

    const { addresses, stop: stopSandbox } = await startSandbox(sandboxDir, settings);
    const running = new AsyncDisposableStack(); // ends before the tables are read
    parts.defer(() => running.disposeAsync());
    running.defer(stopSandbox);
    const sandbox = createSandboxClient({ base: new URL(addresses.pageUrl).origin, token: ACCESS_TOKEN });

    let living: () => readonly AppProcess[] = () => [];
    const balancer = await startBalancer({ backends: () => living().map(({ port }) => port), unit: draw.fork('balancer').unit });
    running.defer(balancer.stop);
    const environment = {
      ...environmentOf(addresses, settings),
      DATABASE_URL: database.url,
      TELEGRAM_WEBHOOK_URL: `http://127.0.0.1:${balancer.port}/telegram/webhook`,
      SOAK_CONTROL_DIR: controlDir,
      ...(mutant === undefined ? {} : { SOAK_MUTANT: mutant }),
    };
    const fleet = createFleet({ environment, logDir, count: settings.processes });
    living = fleet.living;
    running.defer(fleet.stop);
    await fleet.start();
    return {
      dir,
      controlDir,
      journal: join(sandboxDir, 'sandbox', 'journal.jsonl'),
      database,
      sandbox,
      balancer,
      fleet,
      /** Ends the processes; the database stays. */
      quiesce: () => running.disposeAsync(),
      stop: () => parts.disposeAsync(),
      remove: () => rm(dir, { recursive: true, force: true }),
    };
  } catch (error) {
    await parts.disposeAsync();
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
};

export type World = Awaited<ReturnType<typeof createWorld>>;
