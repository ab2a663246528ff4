import { join, relative } from 'node:path';
import { loadConfig, secretsOf, type Config } from '../../app/config.ts';
import { migrate } from '../../app/db/migrate.ts';
import { systemClock } from '../../app/kit/clock.ts';
import type { Logger } from '../../app/kit/logger.ts';
import { createLogger } from '../../app/observability/logger.ts';
import { lockDataDir } from '../../app/sandbox/data-lock.ts';
import { startEmbeddedPostgres } from '../../app/sandbox/postgres.ts';
import { startSandbox } from '../../app/sandbox/server.ts';
import { startApp } from '../../app/serve.ts';
import { loadWorkshop } from '../../app/workshop/load.ts';
import { buildAppEnvironment } from './app-environment.ts';
import { assertPortsFree } from './ports.ts';
import { resetData } from './reset.ts';
import type { Settings } from './settings.ts';
import { openLog, pickStateDir, readAccessToken } from './state-dir.ts';
import type { Stopper } from './stopper.ts';
import { summarise } from './summary.ts';

export type RunOptions = Readonly<{
  settings: Settings;
  env: Readonly<Record<string, string | undefined>>;
  clone: string;
  version: string;
  stopper: Stopper;
  say: (line: string) => void;
}>;

const HOST = '127.0.0.1';

const migrateDatabase = async ({ database }: Config, logger: Logger): Promise<void> => {
  const { url, migrationLockTimeoutMs, migrationRetryMs, migrationTimeoutMs } = database;
  await migrate({
    url,
    phase: 'all',
    lockTimeoutMs: migrationLockTimeoutMs,
    retryMs: migrationRetryMs,
    timeoutMs: migrationTimeoutMs,
    clock: systemClock,
    logger,
  });
};

const startDatabase = async ({ settings, stopper, say }: RunOptions, logger: Logger): Promise<{ url?: string; version?: string }> => {
  if (settings.parts.database === 'real') return {};
  const postgres = await startEmbeddedPostgres({ dataDir: settings.dataDir, logger });
  stopper.add('PostgreSQL', () => postgres.stop());
  void postgres.exited.then(() => {
    stopper.request('PostgreSQL ended');
  });
  say(`PostgreSQL ${postgres.version} is ready.`);
  return postgres;
};

/** Terminal and log see the same errors; the rest is for the log. */
const openLogger = (options: { file: string; level: Config['log']['level']; secrets: readonly string[]; say: (line: string) => void }): Logger => {
  const destination = openLog(options.file);
  const write = (line: string): void => {
    destination.write(line);
    if (line.startsWith('{"level":"error"')) options.say(`error: ${(JSON.parse(line) as { msg?: string }).msg ?? ''} (${options.file})`);
  };
  return createLogger({ level: options.level, secrets: options.secrets, destination: { write } });
};

/** Starts every part in order: nothing is touched before the lock is held and the ports are known to be free. */
export const startEverything = async (options: RunOptions): Promise<void> => {
  const { settings, env, clone, version, stopper, say } = options;
  const lock = await lockDataDir(settings.dataDir, { onWait: () => say('An earlier run is still stopping; waiting for it …') });
  void stopper.requested.then(lock.stopping);
  stopper.add('the lock', () => lock.release());
  await assertPortsFree(settings.ports);

  const stateDir = pickStateDir([join(clone, '.valera'), join(settings.dataDir, 'state')]);
  const shownStateDir = relative(clone, stateDir).startsWith('..') ? stateDir : relative(clone, stateDir);
  const file = join(stateDir, 'app.log');
  const accessToken = readAccessToken(stateDir);
  const logger = openLogger({ file, level: 'info', secrets: [accessToken], say });
  if (settings.reset) {
    await resetData(settings.dataDir, logger);
    say(`Cleared the data in ${settings.dataDir}.${settings.parts.database === 'real' ? ' The database of DATABASE_URL is left as it is.' : ''}`);
  }

  const workshop = await loadWorkshop(settings.workshopDir);
  const database = await startDatabase(options, logger);
  const sandbox = await startSandbox({
    host: HOST,
    port: settings.ports.page,
    dataDir: settings.dataDir,
    accessToken,
    parts: settings.parts,
    workshopName: workshop.name,
    logger: logger.child({ part: 'sandbox' }),
  });
  stopper.add('the sandbox', () => sandbox.stop());

  const config = loadConfig(buildAppEnvironment({ env, settings, sandbox, databaseUrl: database.url, accessToken }), { command: 'serve', version });
  const appLogger = openLogger({ file, level: config.log.level, secrets: [accessToken, ...secretsOf(config)], say });
  await migrateDatabase(config, appLogger);
  const app = await startApp({ config, clock: systemClock, logger: appLogger });
  stopper.add('the app', () => app.stop());

  await lock.announce(sandbox.pageUrl);
  const running = {
    pageUrl: sandbox.pageUrl,
    accessToken,
    stateDir: shownStateDir,
    workshopName: workshop.name,
    databaseVersion: database.version,
    model: config.llm.model,
  };
  say(summarise({ settings, running }));
  for (const line of warnAboutTelegram(settings, config)) say(line);
};

const warnAboutTelegram = ({ parts }: Settings, { telegram, workshop }: Config): readonly string[] => {
  if (parts.telegram === 'sandbox') return [];
  const unreachable = telegram.delivery.mode === 'webhook' && telegram.delivery.url === undefined;
  const groupless = parts.workshop === 'example' && workshop.managerChatId === undefined;
  return [
    ...(unreachable
      ? ['  Telegram does not know this machine: set TELEGRAM_WEBHOOK_URL to a public https address that leads to the app, ending in /telegram/webhook.']
      : []),
    ...(groupless ? ['  Requests have no group to go to: set MANAGER_CHAT_ID to a group your bot is in.'] : []),
  ];
};
