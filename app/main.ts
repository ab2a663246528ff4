#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeDatabase, loadConfig, secretsOf, type Config } from './config.ts';
import { COMMANDS, type Command } from './contract/commands.ts';
import { migrate } from './db/migrate.ts';
import { systemClock as clock } from './kit/clock.ts';
import { AppError, isAppError, messageOf } from './kit/errors.ts';
import type { Logger } from './kit/logger.ts';
import { createLogger } from './observability/logger.ts';
import { createRedactor } from './observability/redact.ts';

const PHASES = ['expand', 'contract', 'all'] as const;
type Phase = (typeof PHASES)[number];

const HELP = `valera <command> [options]

${Object.entries(COMMANDS)
  .map(([name, what]) => `  ${name.padEnd(10)} ${what}`)
  .join('\n')}

  migrate   --phase expand|contract|all   which migrations to run (default: all)
  preflight --replicas N                  replicas the connection budget is counted for (default: 2)
  smoke     --say TEXT (repeatable)       what the customer writes (default: /start and a price question)
            --expect REGEX                what the last answer must match
  --help                                  this text

Configuration comes from the environment: docs/reference/configuration.md.
Exit codes: 0 done, 1 smoke failed, 2 wrong usage, 69 port busy, 70 a defect, 75 try again, 78 configuration or content must be changed.
`;

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  phase: { type: 'string' },
  replicas: { type: 'string' },
  say: { type: 'string', multiple: true },
  expect: { type: 'string' },
} as const;

class UsageError extends Error {}

const isCommand = (name: string): name is Command => Object.hasOwn(COMMANDS, name);
const isPhase = (name: string): name is Phase => (PHASES as readonly string[]).includes(name);

const parse = (argv: readonly string[]) => {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
};

type Options = ReturnType<typeof parse>['values'];
type Run = Readonly<{ config: Config; logger: Logger; options: Options }>;

const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

const serve = async ({ config, logger }: Run): Promise<number> => {
  const { startApp } = await import('./serve.ts');
  const app = await startApp({ config, clock, logger });
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  await app.stop();
  return 0;
};

const runMigrate = async ({ config: { database }, logger, options }: Run): Promise<number> => {
  const phase = options.phase ?? 'all';
  if (!isPhase(phase)) throw new UsageError(`--phase: one of ${PHASES.join(', ')} is expected`);
  const { migrationLockTimeoutMs: lockTimeoutMs, migrationRetryMs: retryMs, migrationTimeoutMs: timeoutMs, url } = database;
  const state = await migrate({ url, phase, lockTimeoutMs, retryMs, timeoutMs, clock, logger });
  print({ current: state.current, minReader: state.minReader, pending: state.pending.map((m) => m.version) });
  return 0;
};

const preflight = async ({ config, options }: Run): Promise<number> => {
  const replicas = Number(options.replicas ?? 2);
  if (!Number.isInteger(replicas) || replicas < 1) throw new UsageError('--replicas: a whole number from 1 is expected');
  const { runPreflight } = await import('./preflight.ts');
  const { exitCode, ...report } = await runPreflight(config, { replicas });
  print(report);
  return exitCode;
};

const toRegExp = (source: string): RegExp => {
  try {
    return new RegExp(source, 'iu');
  } catch (error) {
    throw new UsageError(`--expect: ${messageOf(error)}`);
  }
};

const smoke = async ({ config, logger, options }: Run): Promise<number> => {
  const { runSmoke } = await import('./smoke.ts');
  const report = await runSmoke({ config, clock, logger, say: options.say ?? [], expect: options.expect === undefined ? undefined : toRegExp(options.expect) });
  print(report);
  return report.ok ? 0 : 1;
};

const RUN: Readonly<Record<Command, (run: Run) => Promise<number>>> = { serve, migrate: runMigrate, preflight, smoke };

const versionOf = (): string => (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

// reports are on stdout, so a command's log lines go to stderr; serve's log is its output
const loggerFor = async (command: Command, config: Config): Promise<Logger> => {
  const base = { version: config.release.version, revision: config.release.revision };
  const common = { level: config.log.level, base, secrets: secretsOf(config) };
  if (command === 'serve') return createLogger(common);
  const { destination } = await import('pino');
  return createLogger({ ...common, destination: destination(2) });
};

const main = async (): Promise<number> => {
  const { values: options, positionals } = parse(process.argv.slice(2));
  const [name = 'serve', ...rest] = positionals;
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (!isCommand(name) || rest.length > 0) throw new UsageError(`unknown command: ${[name, ...rest].join(' ')}`);
  const config = loadConfig(process.env, { command: name, version: versionOf() });
  try {
    return await RUN[name]({ config, logger: await loggerFor(name, config), options });
  } catch (error) {
    if (!isAppError(error, 'DATABASE_UNAVAILABLE')) throw error;
    throw new AppError('DATABASE_UNAVAILABLE', `${error.message}: ${describeDatabase(config.database.url)}, see DATABASE_URL`, { cause: error });
  }
};

const report = (error: unknown): number => {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n\n${HELP}`);
    return 2;
  }
  if (isAppError(error)) {
    process.stderr.write(`${error.code}: ${error.message}\n`);
    return error.exitCode;
  }
  process.stderr.write(`unexpected error: ${createRedactor().text(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`);
  return 70;
};

process.exitCode = await main().catch(report);
