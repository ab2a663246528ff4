import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../app/kit/errors.ts';
import { lockDataDir } from '../../../app/sandbox/data-lock.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const CHILD = join(import.meta.dirname, '../../support/postgres-child.ts');

const refusal = async (folder: string): Promise<AppError> => {
  const error: unknown = await lockDataDir(folder, { noticeMs: 0 }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof AppError, 'the folder was given to a second holder');
  assert.equal(error.code, 'ALREADY_RUNNING');
  return error;
};

describe('the lock of the data folder', () => {
  let temp: Awaited<ReturnType<typeof makeTempDir>>;
  let folder: string;

  beforeEach(async () => {
    temp = await makeTempDir();
    folder = join(temp.path, 'data');
  });
  afterEach(() => temp.remove());

  it('is given once, whatever path leads there, and again after its release', async () => {
    const lock = await lockDataDir(folder);
    await symlink(folder, join(temp.path, 'other-name'));
    await refusal(folder);
    await refusal(join(temp.path, 'other-name'));
    await lock.release();
    await (await lockDataDir(folder)).release();
  });

  it('tells where the page of its holder is, in a file closed to others', async () => {
    const lock = await lockDataDir(folder);
    await lock.announce('http://127.0.0.1:3000/?token=abc');
    assert.match((await refusal(folder)).message, new RegExp(`at http://127\\.0\\.0\\.1:3000/\\?token=abc \\(process ${process.pid}\\)`));
    assert.equal((await stat(join(folder, 'running.json'))).mode & 0o077, 0);
    await lock.release();
  });

  it('is freed by a kill -9, and the page of the dead is not told', async () => {
    const child = spawn(process.execPath, [CHILD, folder, 'lock-only'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    assert.match((await refusal(folder)).message, /token=secret/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = await lockDataDir(folder);
    assert.doesNotMatch((await refusal(folder)).message, /token=secret/);
    await lock.release();
  });

  it('is waited for while its holder is stopping', async () => {
    const lock = await lockDataDir(folder);
    lock.stopping();
    const waiting = Promise.withResolvers<undefined>();
    const next = lockDataDir(folder, { noticeMs: 0, onWait: () => waiting.resolve(undefined) });
    await waiting.promise;
    await lock.release();
    await (await next).release();
  });

  it('is held by a holder too busy to answer', async () => {
    const child = spawn(process.execPath, [CHILD, folder, 'lock-only'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    await refusal(folder);
    child.kill('SIGKILL');
  });
});
