import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { silentLogger } from '../../../app/kit/logger.ts';
import { lockDataDir } from '../../../app/sandbox/data-lock.ts';
import { startEmbeddedPostgres } from '../../../app/sandbox/postgres.ts';
import { freePort } from '../../support/platform.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const ENTRY = join(import.meta.dirname, '../../../scripts/demo.ts');

type Started = Readonly<{ child: ChildProcess; output: () => string; said: (words: string) => Promise<void>; exitCode: () => Promise<number | null> }>;

describe('npm start that is refused', () => {
  let temp: Awaited<ReturnType<typeof makeTempDir>>;
  let dataDir: string;
  let ports: Record<string, string>;
  let child: ChildProcess | undefined;
  let cleanUps: (() => unknown)[];

  /** The program under the wrapper; both its outputs in the order in which a terminal shows them. */
  const start = (env: Record<string, string> = {}, args: readonly string[] = []): Started => {
    const started = spawn('sh', ['-c', 'exec "$0" "$@" 2>&1', process.execPath, ENTRY, ...args], {
      env: { PATH: process.env['PATH'], HOME: temp.path, VALERA_DATA_DIR: dataDir, ...ports, ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    child = started;
    let output = '';
    const { stdout } = started;
    assert.ok(stdout);
    stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    const closed = Promise.all([once(started, 'exit'), once(stdout, 'end')]); // after disconnect() there is no 'close'
    return {
      child: started,
      output: () => output,
      said: async (words) => {
        while (!output.includes(words)) await Promise.race([once(stdout, 'data'), closed.then(() => assert.fail(output))]);
      },
      exitCode: async () => {
        await closed;
        return started.exitCode;
      },
    };
  };

  const occupy = async (): Promise<Server> => {
    const server = createServer().listen(0, '127.0.0.1');
    cleanUps.push(() => server.close());
    await once(server, 'listening');
    return server;
  };
  const portOf = (server: Server): string => String((server.address() as AddressInfo).port);

  before(async () => {
    ports = { SANDBOX_PORT: String(await freePort()), HTTP_PORT: String(await freePort()), ADMIN_PORT: String(await freePort()) };
  });
  beforeEach(async () => {
    cleanUps = [];
    temp = await makeTempDir();
    dataDir = join(temp.path, 'data');
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    for (const cleanUp of cleanUps) await cleanUp();
    await temp.remove();
  });

  it('ends with 2 for a command line that nobody understands', async () => {
    const { output, exitCode } = start({}, ['--rest']);
    assert.equal(await exitCode(), 2);
    assert.match(output(), /^Unknown option '--rest'[\s\S]*npm start -- --reset/);
  });

  it('ends with 78 for a mistake in any setting, before anything is touched', async () => {
    for (const mistake of [{ LOG_LEVEL: 'loud' }, { TELEGRAM_MODE: 'polling' }, { SANDBOX_PROT: '3001' }, { WORKSHOP_DIR: '/nowhere' }]) {
      const { output, exitCode } = start(mistake);
      assert.equal(await exitCode(), 78, output());
      const [name = ''] = Object.keys(mistake);
      assert.match(output(), name === 'WORKSHOP_DIR' ? /nowhere/ : new RegExp(name));
      assert.doesNotMatch(output(), /Stopped|Valera \d/);
      assert.equal(existsSync(dataDir), false);
    }
  });

  it('says which port is busy first, then a command, and does not claim to have stopped anything', async () => {
    const blocker = await occupy();
    const { output, exitCode } = start({ HTTP_PORT: portOf(blocker) });
    assert.equal(await exitCode(), 69);
    assert.match(output(), new RegExp(`^Port ${portOf(blocker)} \\(the app\\) is taken`));
    assert.ok(output().includes(`  VALERA_DATA_DIR=${dataDir} SANDBOX_PORT=${ports['SANDBOX_PORT'] ?? ''} HTTP_PORT=`), output());
    assert.doesNotMatch(output(), /Stopped/);
  });

  it('beside a running one says where that is and a command with another folder', async () => {
    const lock = await lockDataDir(dataDir);
    cleanUps.push(() => lock.release());
    const { output, exitCode } = start();
    assert.equal(await exitCode(), 69);
    assert.match(output(), /^Valera is already running/);
    const { SANDBOX_PORT, HTTP_PORT, ADMIN_PORT } = ports;
    const command = `VALERA_DATA_DIR=${dataDir}-2 SANDBOX_PORT=${SANDBOX_PORT} HTTP_PORT=${HTTP_PORT} ADMIN_PORT=${ADMIN_PORT} npm start`;
    assert.ok(output().endsWith(`:\n  ${command}\n`), output());
    assert.doesNotMatch(output(), /<another folder>|Stopped/);
  });

  for (const end of ['SIGINT', 'the death of npm start'] as const) {
    it(`ends on ${end} while it waits for something that never comes`, async () => {
      const lock = await lockDataDir(dataDir);
      cleanUps.push(() => lock.release());
      lock.stopping();
      const { child: waiting, said, exitCode, output } = start();
      await said('waiting for it');
      if (end === 'SIGINT') waiting.kill('SIGINT');
      else waiting.disconnect();
      await exitCode();
      assert.equal(waiting.signalCode, end === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
      assert.match(output(), /Stopped before anything was started\.\n$/);
    });
  }

  it('names the address of a database that is not there, and neither its user nor its password', async () => {
    const address = `127.0.0.1:${await freePort()}/mine`;
    const { output, exitCode } = start({ DATABASE_URL: `postgresql://anna:geheim@${address}` });
    assert.equal(await exitCode(), 75);
    assert.ok(output().includes(`DATABASE_URL: ${address} cannot be used`), output());
    assert.doesNotMatch(output(), /anna|geheim/);
    assert.ok(output().indexOf('DATABASE_URL') < output().indexOf('Stopped.'), output());
  });

  it('names the address of a database whose password is wrong', async () => {
    const server = await startEmbeddedPostgres({ dataDir: temp.path, durable: false, logger: silentLogger });
    cleanUps.push(() => server.stop('immediate'));
    const { host } = new URL(server.url);
    const { output, exitCode } = start({ DATABASE_URL: `postgresql://anna:geheim@${host}/valera` });
    assert.equal(await exitCode(), 75);
    assert.ok(output().includes(`DATABASE_URL: ${host}/valera cannot be used: database unavailable (28P01)`), output());
    assert.doesNotMatch(output(), /anna|geheim/);
  });

  it('writes its log into the folder that VALERA_DATA_DIR names', async () => {
    const { exitCode } = start({ DATABASE_URL: `postgresql://anna:geheim@127.0.0.1:${await freePort()}/mine` });
    await exitCode();
    assert.ok(readdirSync(dataDir).includes('app.log'));
  });
});
