import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { makeTempDir } from '../../support/temp-dir.ts';

type Lib = { withInstallLock: <T>(path: string, onWait: () => void, work: (onStart: (pid: number) => void) => Promise<T>) => Promise<T> };
const path: string = '../../../scripts/lib/install-lock.mjs';
const { withInstallLock } = (await import(path)) as Lib;

const neverWaits = (): void => assert.ok(false, 'it waited for a dead process');

const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('lock of an installation', () => {
  let temp: Awaited<ReturnType<typeof makeTempDir>>;
  let file: string;
  beforeEach(async () => {
    temp = await makeTempDir();
    file = join(temp.path, 'state/install.lock');
  });
  afterEach(() => temp.remove());

  it('lets one work at a time, tells the waiting one, and is gone at the end, also after an error', async () => {
    const order: string[] = [];
    const finish = Promise.withResolvers<undefined>();
    const first = withInstallLock(
      file,
      () => order.push('first waits'),
      async () => {
        order.push('first');
        await finish.promise;
        order.push('first done');
        throw new Error('npm failed');
      },
    );
    const second = withInstallLock(
      file,
      () => {
        order.push('second waits');
        finish.resolve(undefined);
      },
      async () => order.push('second'),
    );
    await assert.rejects(first, /npm failed/);
    await second;
    assert.deepEqual(order, ['first', 'second waits', 'first done', 'second']);
    assert.equal(existsSync(file), false);
  });

  it('is taken over at once from a dead process of this machine', async () => {
    await withInstallLock(file, neverWaits, async () => undefined);
    writeFileSync(file, JSON.stringify({ pids: [deadPid(), deadPid()], host: hostname() }));
    assert.equal(await withInstallLock(file, neverWaits, async () => 'done'), 'done');
  });

  it('is not taken over while the installer of a dead process goes on', async () => {
    const installer = spawn('sleep', ['1000']);
    await withInstallLock(file, neverWaits, async () => undefined);
    writeFileSync(file, JSON.stringify({ pids: [deadPid(), installer.pid], host: hostname() }));
    const order: string[] = [];
    const work = withInstallLock(
      file,
      () => {
        order.push('waits');
        installer.kill('SIGKILL');
      },
      async () => order.push('works'),
    );
    await work;
    assert.deepEqual(order, ['waits', 'works']);
  });

  it('names the installer while it works', async () => {
    await withInstallLock(file, neverWaits, async (onStart) => {
      onStart(4242);
      assert.deepEqual((JSON.parse(readFileSync(file, 'utf8')) as { pids: number[] }).pids, [process.pid, 4242]);
    });
  });

  it('is taken over from another machine when its beat has stopped, not before', async () => {
    await withInstallLock(file, neverWaits, async () => undefined);
    writeFileSync(file, JSON.stringify({ pids: [process.pid], host: 'elsewhere' }));
    const waited = Promise.withResolvers<undefined>();
    const work = withInstallLock(
      file,
      () => waited.resolve(undefined),
      async () => 'done',
    );
    await waited.promise;
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(file, longAgo, longAgo);
    assert.equal(await work, 'done');
  });
});
