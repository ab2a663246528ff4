import type { Config } from './config.ts';
import { connectDatabase, rowsOf, type Database } from './db/connect.ts';
import { translateDbError } from './db/errors.ts';
import { decideFit, planMigrations, schemaNeeds } from './db/migration.ts';
import { MIGRATIONS } from './db/migrations/index.ts';
import { readSchema, type SchemaState } from './db/schema-state.ts';
import { isAppError } from './kit/errors.ts';
import { loadWorkshop } from './workshop/load.ts';

const MAX_LISTED = 20; // the report must fit a termination message of 4 KiB
const REVISIONS_AT_ONCE = 2;
const SHARE_OF_CONNECTIONS = 0.8;

type Check = Readonly<{ ok: boolean; reason: string; [fact: string]: unknown }>;

/** What `preflight` prints. `exitCode`: 0 = may be deployed, 75 = try again, 78 = a person must change something. */
export type PreflightReport = Readonly<{
  ok: boolean;
  exitCode: number;
  version: string;
  server: string | null;
  current: number | null;
  minReader: number | null;
  target: number;
  min: number;
  pending: readonly Readonly<{ version: number; phase: string; minReader: number }>[];
  checks: Readonly<Record<'database' | 'schema' | 'connections' | 'workshop', Check>>;
}>;

type Facts = Readonly<{ server: string; serverNumber: number; maxConnections: number; foreignTables: readonly string[]; schema: SchemaState }>;

const readFacts = async (db: Database): Promise<Facts> => {
  const [server] = await rowsOf<{ version: string; number: number; max: number }>(
    db.raw(
      `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number, current_setting('max_connections')::int AS max`,
    ),
  );
  const tables = await rowsOf<{ name: string }>(
    db.raw(`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1`),
  );
  const schema = await readSchema((sql) => db.raw(sql), MIGRATIONS);
  const foreignTables = schema.current === 0 ? tables.map((table) => table.name).filter((name) => name !== 'schema_migration') : [];
  return { server: server?.version ?? '', serverNumber: server?.number ?? 0, maxConnections: server?.max ?? 0, foreignTables, schema };
};

const checkDatabase = ({ serverNumber, server }: Facts): Check =>
  serverNumber >= 170_000 ? { ok: true, reason: 'reached' } : { ok: false, reason: `PostgreSQL 17 or newer is needed, this is ${server}` };

const checkSchema = ({ schema, foreignTables }: Facts): Check => {
  if (foreignTables.length > 0)
    return { ok: false, reason: 'DatabaseNotEmpty: the database holds tables of something else', tables: foreignTables.slice(0, MAX_LISTED) };
  const needs = schemaNeeds(MIGRATIONS);
  const expand = planMigrations(schema.pending, 'expand');
  if (!expand.ok) return { ok: false, reason: expand.reason };
  const fit = decideFit(needs, { ...schema, current: Math.max(schema.current, needs.min) }); // what expand will bring is not a reason against
  return { ok: fit.ok, reason: fit.reason };
};

const checkConnections = ({ maxConnections }: Facts, { database }: Config, replicas: number): Check => {
  const needed = replicas * (database.webPoolMax + database.workerPoolMax) * REVISIONS_AT_ONCE;
  const allowed = Math.floor(maxConnections * SHARE_OF_CONNECTIONS);
  const reason =
    needed <= allowed
      ? 'within the budget'
      : `${needed} connections needed, ${allowed} allowed: lower DATABASE_*_POOL_MAX or the replicas, or raise max_connections`;
  return { ok: needed <= allowed, reason, needed, allowed, replicas };
};

const checkWorkshop = async (dir: string): Promise<Check> => {
  try {
    const workshop = await loadWorkshop(dir);
    return { ok: true, reason: 'valid', name: workshop.name, prices: workshop.prices.length, contentHash: workshop.contentHash };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { ok: false, reason: error.message.slice(0, 1500) };
  }
};

/** Looks whether this release may be deployed against this database and content; writes nothing. */
export const runPreflight = async (config: Config, { replicas }: { replicas: number }): Promise<PreflightReport> => {
  const { database } = config;
  const db = connectDatabase({ ...database, applicationName: 'valera-preflight', poolMax: 1, statementTimeoutMs: database.workerStatementTimeoutMs });
  const workshop = await checkWorkshop(config.workshop.dir);
  const needs = schemaNeeds(MIGRATIONS);
  try {
    const facts = await readFacts(db);
    const checks = { database: checkDatabase(facts), schema: checkSchema(facts), connections: checkConnections(facts, config, replicas), workshop };
    const ok = Object.values(checks).every((check) => check.ok);
    const { current, minReader, pending } = facts.schema;
    const listed = pending.slice(0, MAX_LISTED).map((m) => ({ version: m.version, phase: m.phase, minReader: m.minReader }));
    return { ok, exitCode: ok ? 0 : 78, version: config.release.version, server: facts.server, current, minReader, ...needs, pending: listed, checks };
  } catch (error) {
    const unavailable = translateDbError(error);
    if (!isAppError(unavailable)) throw unavailable;
    const unknown: Check = { ok: false, reason: 'not checked: the database was not reached' };
    const checks = { database: { ok: false, reason: unavailable.message }, schema: unknown, connections: unknown, workshop };
    return {
      ok: false,
      exitCode: workshop.ok ? unavailable.exitCode : 78,
      version: config.release.version,
      server: null,
      current: null,
      minReader: null,
      ...needs,
      pending: [],
      checks,
    };
  } finally {
    await db.destroy();
  }
};
