import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { processesOn, ROLES, startDemo, untilNothingRuns, type Demo, type Place } from '../support/npm-start.ts';
import { freePort } from '../support/platform.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const ROOT = join(import.meta.dirname, '../..');
const ANNA = 100_001;

describe('npm start', () => {
  let temp: Awaited<ReturnType<typeof makeTempDir>>;
  let place: Place;
  let demo: Demo;

  const call = async (path: string, body?: object): Promise<string> => {
    const { origin, searchParams } = new URL(await demo.ready);
    const headers = { authorization: `Bearer ${searchParams.get('token') ?? ''}`, 'content-type': 'application/json' };
    const response = await fetch(`${origin}${path}`, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });
    assert.ok(response.ok, `${path} answered ${response.status}`);
    return response.text();
  };
  const write = (text: string): Promise<string> => call(`/sandbox/chats/${ANNA}/messages`, { text });
  const history = (): Promise<string> => call(`/sandbox/chats/${ANNA}/messages`);

  const start = async (...args: string[]): Promise<void> => {
    demo = startDemo(place, args);
    await demo.ready;
  };

  const assertWhole = async (): Promise<void> => {
    const up = await fetch(`http://127.0.0.1:${place.ports.app}/ready`);
    assert.equal(up.status, 200);
    assert.deepEqual([...new Set(processesOn(place.dataDir).map(({ role }) => role))].sort(), [...ROLES].sort());
  };

  before(async () => {
    temp = await makeTempDir();
    place = { dataDir: realpathSync(temp.path), ports: { page: await freePort(), app: await freePort(), admin: await freePort() } };
    await start();
    await write('first words');
  });

  after(async () => {
    if (processesOn(place.dataDir).length > 0) demo.terminal('SIGINT');
    await untilNothingRuns(place.dataDir);
    await temp.remove();
  });

  it('runs every part', () => assertWhole());

  it('beside a running one says so and harms nothing', async () => {
    const second = startDemo(place);
    const { code } = await second.exited;
    assert.equal(code, 69);
    assert.ok(second.output().includes(`already running at ${await demo.ready}`), second.output());
    await assertWhole();
    assert.match(await history(), /first words/);
  });

  it('starts beside a running one by the command that it proposes', async () => {
    const refused = startDemo(place);
    await refused.exited;
    const command = /^ {2}VALERA_DATA_DIR=(\S+) (?:SANDBOX|HTTP|ADMIN)_PORT.* npm start$/m.exec(refused.output());
    assert.ok(command, refused.output());
    const [line, folder = ''] = command;
    const beside = spawn('sh', ['-c', line], { cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    beside.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    while (!output.includes('Open this page:')) await once(beside.stdout, 'data');
    await assertWhole();
    process.kill(-(beside.pid ?? 0), 'SIGINT');
    await once(beside.stdout, 'end');
    await untilNothingRuns(folder);
    assert.ok(existsSync(join(folder, 'app.log')));
    await rm(folder, { recursive: true });
  });

  it('names a busy port and the way out', async () => {
    const other = await makeTempDir();
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const busy = (blocker.address() as { port: number }).port;
    const refused = startDemo({ dataDir: other.path, ports: { ...place.ports, app: busy } });
    assert.equal((await refused.exited).code, 69);
    assert.match(refused.output(), new RegExp(`Port ${busy} \\(the app\\)[\\s\\S]*HTTP_PORT=\\d+`));
    blocker.close();
    await other.remove();
  });

  for (const [name, signals] of [
    ['Ctrl-C', ['SIGINT']],
    ['Ctrl-C twice', ['SIGINT', 'SIGINT']],
    ['the end of the terminal', ['SIGHUP']],
  ] as const) {
    it(`is stopped by ${name}, and the next start has its data`, async () => {
      for (const signal of signals) demo.terminal(signal);
      await demo.exited;
      await untilNothingRuns(place.dataDir);
      await start();
      assert.match(await history(), /first words/);
    });
  }

  for (const role of ROLES) {
    it(`starts at once after kill -9 of its ${role}, with its data`, async () => {
      demo.kill(role);
      await demo.exited;
      await start();
      await assertWhole();
      assert.match(await history(), /first words/);
    });
  }

  it('with --reset has forgotten everything', async () => {
    demo.terminal('SIGINT');
    await demo.exited;
    await start('--reset');
    assert.doesNotMatch(await history(), /first words/);
    await assertWhole();
  });
});
