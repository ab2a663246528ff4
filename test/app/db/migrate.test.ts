import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { migrate, type MigrateOptions } from '../../../app/db/migrate.ts';
import { decideFit, planMigrations, schemaNeeds, type Migration } from '../../../app/db/migration.ts';
import { describeSchema } from '../../../app/db/schema-dump.ts';
import { systemClock as clock } from '../../../app/kit/clock.ts';
import { isAppError } from '../../../app/kit/errors.ts';
import { silentLogger as logger } from '../../../app/kit/logger.ts';
import { createMigratedDatabase } from '../../support/database.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres.ts';

const migration = (version: number, phase: 'expand' | 'contract', minReader: number, statements: string[] = []): Migration => ({
  version,
  name: `m${version}`,
  phase,
  minReader,
  statements,
});

describe('which releases fit which schema', () => {
  const release = [migration(1, 'expand', 1), migration(2, 'expand', 1), migration(3, 'contract', 3)];

  it('a release needs its newest expand and aims at its newest migration', () => assert.deepEqual(schemaNeeds(release), { min: 2, target: 3 }));

  const fits: [what: string, current: number, minReader: number, ok: boolean][] = [
    ['before its expand', 1, 1, false],
    ['after its expand, before its contract', 2, 1, true],
    ['after its contract', 3, 3, true],
    ['after a later expand of a newer release', 4, 3, true],
    ['after a later contract that took away what it reads', 5, 5, false],
  ];
  for (const [what, current, minReader, ok] of fits) it(what, () => assert.equal(decideFit({ min: 2, target: 3 }, { current, minReader }).ok, ok));
});

describe('what a phase of migrate runs', () => {
  const expand1 = migration(1, 'expand', 1);
  const contract2 = migration(2, 'contract', 2);
  const expand3 = migration(3, 'expand', 2);
  it('expand stops before a contract', () => assert.deepEqual(planMigrations([expand1, contract2], 'expand'), { ok: true, apply: [expand1] }));
  it('expand refuses to jump over a contract', () => assert.equal(planMigrations([contract2, expand3], 'expand').ok, false));
  it('contract runs contracts only', () => assert.deepEqual(planMigrations([contract2, expand3], 'contract'), { ok: true, apply: [contract2] }));
  it('all runs all, in order', () =>
    assert.deepEqual(planMigrations([expand3, expand1, contract2], 'all'), { ok: true, apply: [expand1, contract2, expand3] }));
});

describe('migrate on PostgreSQL', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeEach(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  const run = (migrations: readonly Migration[], more: Partial<MigrateOptions> = {}) =>
    migrate({ url: database.url, phase: 'all', lockTimeoutMs: 100, retryMs: 5, timeoutMs: 30_000, clock, logger, migrations, ...more });
  const count = async (sql: string): Promise<number> => Number((await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${sql}`)).rows[0]?.n);

  it('eight at once run each migration once', async () => {
    const migrations = [
      migration(1, 'expand', 1, ['CREATE TABLE a (n int)', 'INSERT INTO a VALUES (1)']),
      migration(2, 'expand', 1, ['INSERT INTO a VALUES (2)']),
    ];
    const states = await Promise.all(Array.from({ length: 8 }, () => run(migrations)));
    assert.ok(states.every(({ current, pending }) => current === 2 && pending.length === 0));
    assert.equal(await count('a'), 2);
  });

  it('a failing migration leaves nothing of itself, and what came before stays', async () => {
    const good = migration(1, 'expand', 1, ['CREATE TABLE a (n int)']);
    const bad = migration(2, 'expand', 1, ['CREATE TABLE b (n int)', 'SELECT 1/0']);
    await assert.rejects(run([good, bad]), (error) => isAppError(error, 'MIGRATION_FAILED') && /migration 2 \(m2\): division by zero/.test(error.message));
    assert.equal(await count(`information_schema.tables WHERE table_name = 'b'`), 0);
    assert.equal(await count('schema_migration'), 1);
    assert.equal((await run([good, migration(2, 'expand', 1, ['CREATE TABLE b (n int)'])])).current, 2);
  });

  it('a killed one is finished by running it again', async () => {
    const slow = migration(1, 'expand', 1, ['CREATE TABLE a (n int)', 'SELECT pg_sleep(3600)']);
    const killed = run([slow]);
    const failed = assert.rejects(killed, (error) => isAppError(error));
    for (;;) {
      const { rowCount } = await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(3600)%' AND pid <> pg_backend_pid()`,
      );
      if (rowCount) break;
    }
    await failed;
    assert.equal((await run([migration(1, 'expand', 1, ['CREATE TABLE a (n int)'])])).current, 1);
  });

  it('waits for a busy table without queueing behind it for longer than its lock time-out', async () => {
    await run([migration(1, 'expand', 1, ['CREATE TABLE a (n int)'])]);
    await client.query('BEGIN; LOCK TABLE a IN ACCESS EXCLUSIVE MODE');
    const retries: number[] = [];
    const lines: Record<string, unknown>[] = [];
    const note = (fields: Record<string, unknown>): void => void lines.push(fields);
    const count = (fields: Record<string, unknown>): void => {
      retries.push(1);
      note(fields);
    };
    const counting = { ...logger, info: note, warn: count };
    const waiting = run([migration(1, 'expand', 1), migration(2, 'expand', 1, ['ALTER TABLE a ADD m int'])], { logger: counting, lockTimeoutMs: 10 });
    const probe = new pg.Client({ connectionString: database.url });
    await probe.connect();
    while (retries.length < 2) await probe.query('SELECT 1');
    await client.query('COMMIT');
    assert.equal((await waiting).current, 2);
    await probe.end();
    for (const fields of lines) assert.deepEqual([fields['migration'], fields['version']], [2, undefined], '`version` is the release in every line');
  });

  it('records phase and minReader, which decide who may run', async () => {
    const state = await run([migration(1, 'expand', 1), migration(2, 'contract', 2)], { phase: 'expand' });
    assert.deepEqual([state.current, state.minReader, state.pending.map((m) => m.version)], [1, 1, [2]]);
    const after = await run([migration(1, 'expand', 1), migration(2, 'contract', 2)], { phase: 'contract' });
    assert.deepEqual([after.current, after.minReader], [2, 2]);
  });

  it('says DATABASE_UNAVAILABLE when there is none', async () => {
    await assert.rejects(run([], { url: 'postgres://valera:x@127.0.0.1:1/valera' }), (error) => isAppError(error, 'DATABASE_UNAVAILABLE'));
  });
});

describe('the committed schema', () => {
  it('is what the migrations make', async () => {
    const { db, drop } = await createMigratedDatabase();
    try {
      assert.equal(await readFile(new URL('../../../app/db/schema.sql', import.meta.url), 'utf8'), await describeSchema(db), 'run npm run generate');
    } finally {
      await drop();
    }
  });
});
