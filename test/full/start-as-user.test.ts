import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../support/platform.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { skipWithout } from '../support/tools.ts';

const ROOT = join(import.meta.dirname, '../..');
const USERS = ['daemon', 'nobody'];

const succeeds = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** An account of the machine that is not root and that we may become. */
const findUser = (): string | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  return USERS.find((user) => succeeds('runuser', '-u', user, '--', 'test', '-x', join(ROOT, 'node_modules/.bin')));
};

const mentions = (pid: string, folder: string): boolean => {
  const facts = [() => readlinkSync(`/proc/${pid}/cwd`), () => readFileSync(`/proc/${pid}/environ`, 'utf8')];
  return facts.some((read) => {
    try {
      return read().includes(folder);
    } catch {
      return false; // it ended meanwhile
    }
  });
};

/** Processes that were started with that folder as a home or that work in it. */
const processesOf = (folder: string): readonly string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name) && mentions(name, folder));

describe('npm start of an ordinary user', () => {
  let temp: Awaited<ReturnType<typeof makeTempDir>> | undefined;

  after(async () => {
    if (!temp) return;
    for (const pid of processesOf(temp.path)) process.kill(Number(pid), 'SIGKILL');
    await temp.remove();
  });

  it('runs from a fresh clone in a home of its own, and leaves nothing running', async function () {
    const user = findUser();
    skipWithout(this, 'root with runuser and the account daemon or nobody', user);
    assert.ok(user);
    temp = await makeTempDir();
    const [clone, home] = [join(temp.path, 'valera'), join(temp.path, 'home')];
    execFileSync('git', ['clone', '--quiet', ROOT, clone]);
    symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
    await mkdir(home);
    execFileSync('chown', ['-R', '-h', `${user}:`, temp.path]);

    const port = await freePort();
    const own = { HOME: home, XDG_DATA_HOME: join(home, 'data'), SANDBOX_PORT: port, HTTP_PORT: await freePort(), ADMIN_PORT: await freePort() };
    const env = { PATH: process.env['PATH'], ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name, String(value)])) };
    const child = spawn('runuser', ['-u', user, '--', 'npm', 'start'], { cwd: clone, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    const ended = once(child, 'close').then(() => 'ended' as const);
    while (!output.includes('Open this page:')) {
      const seen = await Promise.race([once(child.stdout, 'data').then(() => 'output' as const), ended]);
      assert.notEqual(seen, 'ended', output);
    }

    const page = await fetch(`http://127.0.0.1:${port}/`);
    assert.ok(page.status < 500, String(page.status));
    assert.equal((await fetch(`http://127.0.0.1:${own.HTTP_PORT}/ready`)).status, 200);
    assert.doesNotMatch(output, /Installing/);
    assert.equal(readdirSync(join(home, 'data/valera')).length, 1);

    process.kill(-(child.pid ?? 0), 'SIGINT');
    await ended;
    assert.match(output, /Stopped\.\n/);
    while (processesOf(temp.path).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });
});
