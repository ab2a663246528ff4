import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { silentLogger } from '../../../app/kit/logger.ts';
import { findOwner } from '../../../app/sandbox/data-dir.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../app/sandbox/postgres.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const CHILD = join(import.meta.dirname, '../../support/postgres-child.ts');

const query = async (url: string, text: string): Promise<unknown> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ value: unknown }>(text)).rows[0]?.value;
  } finally {
    await client.end();
  }
};

const isAlive = async (pid: number): Promise<boolean> => {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return status !== '' && !/\) [ZX] /.test(status);
};

const untilGone = async (pid: number): Promise<void> => {
  while (await isAlive(pid)) await new Promise(setImmediate);
};

describe('embedded PostgreSQL', () => {
  let temp: Awaited<ReturnType<typeof makeTempDir>>;
  let dataDir: string;
  const running: { stop: () => Promise<void> }[] = [];

  const start = async (): Promise<EmbeddedPostgres> => {
    const server = await startEmbeddedPostgres({ dataDir, durable: false, logger: silentLogger });
    running.push(server);
    return server;
  };

  const startChild = (): ChildProcess => {
    const child = spawn(process.execPath, [CHILD, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    running.push({ stop: async () => void child.kill('SIGKILL') });
    return child;
  };

  const startedChild = async (): Promise<{ child: ChildProcess; url: string; pid: number }> => {
    const child = startChild();
    assert.ok(child.stdout);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return { child, ...(JSON.parse(line.toString()) as { url: string; pid: number }) };
  };

  before(async () => {
    temp = await makeTempDir();
    dataDir = join(temp.path, 'data');
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
  });
  after(() => temp.remove());

  it('is PostgreSQL 17 with Cyrillic letters, a closed password file and data that survive a restart', async () => {
    const first = await start();
    assert.equal(await query(first.url, `SELECT lower('ЖЁЛТАЯ') AS value`), 'жёлтая');
    assert.match(String(await query(first.url, 'SELECT version() AS value')), /^PostgreSQL 17\./);
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS value');
    await first.stop();
    assert.equal(await isAlive(first.pid), false);

    const second = await start();
    assert.equal(await query(second.url, 'SELECT value FROM kept'), 42);
    assert.equal((await stat(join(dataDir, 'postgres/password'))).mode & 0o077, 0);
  });

  it('answers to its own password only', async () => {
    const { url } = await start();
    await assert.rejects(query(url.replace(/valera:[^@]+@/, 'valera:wrong@'), 'SELECT 1'), { code: '28P01' });
  });

  it('ends with the process that started it, also after kill -9', async () => {
    const { child, pid } = await startedChild();
    child.kill('SIGKILL');
    await untilGone(pid);
    const next = await start();
    assert.equal(await query(next.url, 'SELECT 1 AS value'), 1);
  });

  it('is ended first when an earlier run left it', async () => {
    const left = await start();
    const next = await start();
    await left.exited;
    assert.equal(await isAlive(left.pid), false);
    assert.equal(await query(next.url, 'SELECT 1 AS value'), 1);
  });

  it('starts again after its own kill -9', async () => {
    const first = await start();
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const next = await start();
    assert.equal(await query(next.url, 'SELECT 1 AS value'), 1);
  });

  it('is not held up by a pid file whose number a stranger has now', async () => {
    await (await start()).stop();
    const stranger = spawn('sleep', ['1000'], { ...(await findOwner()), cwd: '/' });
    await once(stranger, 'spawn');
    await writeFile(join(dataDir, 'postgres/data/postmaster.pid'), `${stranger.pid ?? 0}\n${dataDir}/postgres/data\n`);
    try {
      const next = await start();
      assert.equal(await query(next.url, 'SELECT 1 AS value'), 1);
      assert.equal(await isAlive(stranger.pid ?? 0), true);
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  it('starts after a kill -9 in the middle of initdb and of the copy of its binaries', async () => {
    dataDir = join(temp.path, 'torn');
    await mkdir(join(dataDir, 'postgres-bin-17.10.0-beta.17.partial-00'), { recursive: true });
    const child = startChild();
    const partial = (): string[] => (existsSync(dataDir) ? readdirSync(dataDir).filter((name) => name.startsWith('postgres.partial-')) : []);
    while (!partial().some((name) => existsSync(join(dataDir, name, 'data/PG_VERSION')))) await new Promise(setImmediate);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(existsSync(join(dataDir, 'postgres')), false);

    const next = await start();
    assert.equal(await query(next.url, 'SELECT 1 AS value'), 1);
    assert.deepEqual(
      readdirSync(dataDir).filter((name) => name.includes('postgres-bin') && name.includes('partial')),
      [],
    );
  });
});
