import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { silentLogger } from '../../app/kit/logger.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../app/sandbox/postgres.ts';

export type TestDatabase = Readonly<{ url: string; drop: () => Promise<void> }>;

/** Fills an empty database once per run; every database of the same `key` is a copy of it. */
export type Preparation = Readonly<{ key: string; prepare: (url: string) => Promise<void> }>;

type Shared = { server: Promise<EmbeddedPostgres & { dataDir: string }> | undefined; templates: Map<string, Promise<string>> };
const shared: Shared = { server: undefined, templates: new Map() };

const PREFIX = 'valera-test-pg-';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** A killed run's server ends by itself; its folder stays for the next run to remove. */
const removeRemains = async (): Promise<void> => {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1] ?? process.pid);
    if (name.startsWith(PREFIX) && !isAlive(pid)) await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
};

const boot = async (): Promise<EmbeddedPostgres & { dataDir: string }> => {
  await removeRemains();
  const dataDir = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  await chmod(dataDir, 0o711); // as root PostgreSQL runs as nobody
  const server = await startEmbeddedPostgres({ dataDir, durable: false, logger: silentLogger, maxConnections: 200 });
  return { ...server, dataDir };
};

const serverOf = (): Promise<EmbeddedPostgres & { dataDir: string }> => (shared.server ??= boot());

const withDatabase = (url: string, name: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
};

const administer = async (statement: string): Promise<void> => {
  const { url } = await serverOf();
  const client = new pg.Client({ connectionString: withDatabase(url, 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

const createTemplate = async ({ prepare }: Preparation): Promise<string> => {
  const name = `template_${randomBytes(4).toString('hex')}`;
  await administer(`CREATE DATABASE ${name}`);
  await prepare(withDatabase((await serverOf()).url, name));
  return name;
};

const templateOf = (preparation: Preparation): Promise<string> => {
  const known = shared.templates.get(preparation.key);
  if (known) return known;
  const made = createTemplate(preparation);
  shared.templates.set(preparation.key, made);
  return made;
};

/**
 * A database of its own on the run's one PostgreSQL 17 (started at the first call), empty or a copy of what `preparation` made.
 * `prepare` must close its connections: a database in use cannot be copied.
 */
export const createTestDatabase = async (preparation?: Preparation): Promise<TestDatabase> => {
  const template = preparation ? await templateOf(preparation) : 'template1';
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
  return {
    url: withDatabase((await serverOf()).url, name),
    drop: () => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
};

/** Ends the run's server; the mocha hooks call it. Killed runs need no call: the server ends with its parent. */
export const stopTestPostgres = async (): Promise<void> => {
  const server = await shared.server?.catch(() => undefined);
  shared.server = undefined;
  shared.templates.clear();
  if (!server) return;
  await server.stop('immediate');
  await rm(server.dataDir, { recursive: true, force: true });
};
