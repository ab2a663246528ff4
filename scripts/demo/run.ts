import { join } from 'node:path';
import { describeDatabase, loadConfig, secretsOf, type Config } from '../../app/config.ts';
import { migrate } from '../../app/db/migrate.ts';
import { systemClock } from '../../app/kit/clock.ts';
import { AppError, isAppError } from '../../app/kit/errors.ts';
import type { Logger } from '../../app/kit/logger.ts';
import { createLogger } from '../../app/observability/logger.ts';
import { type DataLock, lockDataDir } from '../../app/sandbox/data-lock.ts';
import { startEmbeddedPostgres } from '../../app/sandbox/postgres.ts';
import { startSandbox } from '../../app/sandbox/server.ts';
import { startApp } from '../../app/serve.ts';
import { loadWorkshop } from '../../app/workshop/load.ts';
import { buildAppEnvironment } from './app-environment.ts';
import { assertPortsFree, freePorts } from './ports.ts';
import { resetData } from './reset.ts';
import type { Settings } from './settings.ts';
import { openLog, pickStateDir, readAccessToken } from './state-dir.ts';
import { LOCK, type Stopper } from './stopper.ts';
import { summarise } from './summary.ts';
import { folderBeside, startCommand } from './way-out.ts';

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
  }).catch((error: unknown) => {
    if (!isAppError(error, 'DATABASE_UNAVAILABLE')) throw error;
    const hint = 'Does it run there, and are user and password right?';
    throw new AppError('DATABASE_UNAVAILABLE', `DATABASE_URL: ${describeDatabase(url)} cannot be used: ${error.message}. ${hint}`, { cause: error });
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

/** Stands for what is known only later, so that a person's own settings are checked before anything is started. */
const LATER = {
  sandbox: {
    botToken: `1000000:${'x'.repeat(35)}`,
    botApiBaseUrl: `http://${HOST}/telegram`,
    llmBaseUrl: `http://${HOST}/llm/v1`,
    llmApiKey: 'later',
    llmModel: 'scripted',
  },
  databaseUrl: `postgresql://later@${HOST}/later`,
  accessToken: 'later',
};

const checkConfiguration = ({ settings, env, version }: RunOptions): void => {
  loadConfig(buildAppEnvironment({ env, settings, ...LATER }), { command: 'serve', version });
};

/** A second start says how to start apart as a whole command; the lock knows nothing of the ports. */
const takeFolder = async ({ settings, stopper, say }: RunOptions): Promise<DataLock> => {
  const lock = await lockDataDir(settings.dataDir, { onWait: () => say('An earlier run is still stopping; waiting for it …') }).catch(
    async (error: unknown) => {
      if (!isAppError(error, 'ALREADY_RUNNING')) throw error;
      const [reason] = error.message.split(', or start');
      const command = startCommand({ dataDir: folderBeside(settings.dataDir), ports: await freePorts(settings.ports) });
      throw new AppError('ALREADY_RUNNING', `${reason}, or start another one beside it:\n  ${command}`, { cause: error });
    },
  );
  void stopper.requested.then(lock.stopping);
  stopper.add(LOCK, () => lock.release());
  return lock;
};

const pickFiles = ({ settings: { dataDir, ownDataDir }, clone }: RunOptions): Readonly<{ stateDir: string; logFile: string }> => {
  const inData = join(dataDir, 'state');
  const stateDir = pickStateDir([join(clone, '.valera'), inData]);
  // Two runs of one clone on folders of their own must not write into one log.
  return { stateDir, logFile: join(ownDataDir ? pickStateDir([dataDir, inData]) : stateDir, 'app.log') };
};

const clearData = async ({ settings, say }: RunOptions, logger: Logger): Promise<void> => {
  await resetData(settings.dataDir, logger);
  say(`Cleared the data in ${settings.dataDir}.${settings.parts.database === 'real' ? ' The database of DATABASE_URL is left as it is.' : ''}`);
};

/**
 * Starts every part in order: nothing is touched before settings and content are known to be good, the lock is held and the ports are free.
 * @throws AppError whose message is for a person
 */
export const startEverything = async (options: RunOptions): Promise<void> => {
  const { settings, env, version, stopper, say } = options;
  checkConfiguration(options);
  const workshop = await loadWorkshop(settings.workshopDir);
  const lock = await takeFolder(options);
  await assertPortsFree(settings);
  say(`Valera ${version}. Ctrl-C stops it.`);

  const { stateDir, logFile: file } = pickFiles(options);
  const accessToken = readAccessToken(stateDir);
  const logger = openLogger({ file, level: 'info', secrets: [accessToken], say });
  if (settings.reset) await clearData(options, logger);

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
    tokenFile: join(stateDir, 'sandbox-token'),
    logFile: file,
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
