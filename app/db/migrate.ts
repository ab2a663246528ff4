import pg from 'pg';
import type { Clock } from '../kit/clock.ts';
import { AppError, messageOf } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import { translateDbError } from './errors.ts';
import { planMigrations, type Migration } from './migration.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { readSchema, type SchemaState } from './schema-state.ts';

export type MigrateOptions = Readonly<{
  url: string;
  phase: 'expand' | 'contract' | 'all';
  /** How long one statement may queue for a table lock (≤ 1 s: a longer queue turns webhook inserts into 503s). */
  lockTimeoutMs: number;
  retryMs: number;
  /** For the whole command, measured between statements. */
  timeoutMs: number;
  clock: Clock;
  logger: Logger;
  migrations?: readonly Migration[];
}>;

const ADVISORY_LOCK = 7_201_650_117; // one migration of one database at a time; the session's death frees it
const RECORD = `CREATE TABLE IF NOT EXISTS schema_migration (
  version int PRIMARY KEY, name text NOT NULL, phase text NOT NULL CHECK (phase IN ('expand', 'contract')),
  min_reader int NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp())`;
const LOCK_NOT_AVAILABLE = '55P03';

const isLockTimeout = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === LOCK_NOT_AVAILABLE;

const record = async (client: pg.Client, migration: Migration): Promise<void> => {
  await client.query('INSERT INTO schema_migration (version, name, phase, min_reader) VALUES ($1, $2, $3, $4)', [
    migration.version,
    migration.name,
    migration.phase,
    migration.minReader,
  ]);
};

const applyOnce = async (client: pg.Client, migration: Migration): Promise<void> => {
  if (migration.outsideTransaction) {
    for (const statement of migration.statements) await client.query(statement);
    await record(client, migration);
    return;
  }
  await client.query('BEGIN');
  try {
    for (const statement of migration.statements) await client.query(statement);
    await record(client, migration);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
};

type Run = { client: pg.Client; options: MigrateOptions; deadlineMs: number };

const apply = async ({ client, options, deadlineMs }: Run, migration: Migration): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    if (options.clock.monotonicMs() > deadlineMs)
      throw new AppError('MIGRATION_FAILED', `migration ${migration.version} not done in time; run the same command again`);
    try {
      await applyOnce(client, migration);
      options.logger.info({ migration: migration.version, phase: migration.phase, attempt }, `migration ${migration.name} applied`);
      return;
    } catch (error) {
      if (!isLockTimeout(error))
        throw new AppError('MIGRATION_FAILED', `migration ${migration.version} (${migration.name}): ${messageOf(error)}`, { cause: error });
      options.logger.warn({ migration: migration.version, attempt }, 'table busy; trying again');
      await options.clock.sleep(options.retryMs);
    }
  }
};

const acquire = async ({ client, options, deadlineMs }: Run): Promise<void> => {
  for (;;) {
    const { rows } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [ADVISORY_LOCK]);
    if (rows[0]?.got) return;
    if (options.clock.monotonicMs() > deadlineMs)
      throw new AppError('MIGRATION_FAILED', 'another migration holds the lock; wait for it and run this command again');
    options.logger.info({}, 'another migration runs; waiting for it');
    await options.clock.sleep(options.retryMs);
  }
};

const migrateHoldingLock = async (run: Run): Promise<SchemaState> => {
  const { client, options } = run;
  await client.query(RECORD);
  const migrations = options.migrations ?? MIGRATIONS;
  const before = await readSchema((sql) => client.query(sql), migrations);
  const plan = planMigrations(before.pending, options.phase);
  if (!plan.ok) throw new AppError('SCHEMA_UNFIT', plan.reason);
  for (const migration of plan.apply) await apply(run, migration);
  return readSchema((sql) => client.query(sql), migrations);
};

/**
 * Brings the database's schema forward. Safe to kill anywhere and to run twice or beside itself: each migration is one transaction
 * with its record, and one advisory lock serialises commands. Throws AppError MIGRATION_FAILED, SCHEMA_UNFIT or DATABASE_UNAVAILABLE.
 */
export const migrate = async (options: MigrateOptions): Promise<SchemaState> => {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: 'valera-migrate',
    lock_timeout: options.lockTimeoutMs,
    statement_timeout: options.timeoutMs,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined); // a lost connection also fails the query under way, which reports it
  const run = { client, options, deadlineMs: options.clock.monotonicMs() + options.timeoutMs };
  try {
    await client.connect();
    await acquire(run);
    return await migrateHoldingLock(run);
  } catch (error) {
    throw translateDbError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
};
