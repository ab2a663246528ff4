import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SUPERVISE = join(import.meta.dirname, '../../../scripts/lib/supervise.mjs');

// The supervised program: says its number and every signal; ends by itself on `disconnect`, or with 7 after SIGTERM.
const PROGRAM = `
  const say = (text) => process.stdout.write(text + '\\n');
  process.on('SIGINT', () => say('SIGINT')).on('SIGHUP', () => say('SIGHUP')).on('SIGTERM', () => process.exit(7));
  process.on('disconnect', () => process.exit(3));
  setInterval(() => {}, 1000);
  say('pid ' + process.pid);`;

const WRAPPER = `
  import { supervise } from ${JSON.stringify(SUPERVISE)};
  process.exitCode = await supervise({ command: process.execPath, args: ['-e', process.env.PROGRAM], cwd: '/', env: process.env });`;

const isGone = (pid: number): boolean => {
  try {
    return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
};

describe('supervision of the Node 24 child', () => {
  let wrapper: ChildProcess;
  let lines: AsyncIterator<string>;
  let programPid: number;

  const nextLine = async (): Promise<string> => String((await lines.next()).value);

  const start = async (env: Record<string, string> = {}, command = [process.execPath, '--input-type=module', '-e', WRAPPER]): Promise<void> => {
    const [file = '', ...args] = command;
    wrapper = spawn(file, args, { env: { PATH: process.env['PATH'], PROGRAM, WRAPPER, ...env }, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    assert.ok(wrapper.stdout);
    lines = createInterface({ input: wrapper.stdout })[Symbol.asyncIterator]();
    programPid = Number((await nextLine()).replace('pid ', ''));
  };

  const exitCode = async (): Promise<unknown> => wrapper.exitCode ?? ((await once(wrapper, 'exit')) as unknown[])[0];

  afterEach(() => {
    if (!isGone(programPid)) process.kill(programPid, 'SIGKILL');
    wrapper.kill('SIGKILL');
  });

  it('passes a Ctrl-C on once, though the terminal and npm both send it, and returns the exit code', async () => {
    await start();
    assert.ok(wrapper.pid);
    process.kill(-wrapper.pid, 'SIGINT'); // what a terminal does: to the whole group
    process.kill(wrapper.pid, 'SIGINT'); // what npm does on top
    assert.equal(await nextLine(), 'SIGINT');
    wrapper.kill('SIGTERM'); // not before: another thread may take a later signal first
    assert.deepEqual([await lines.next(), await exitCode()], [{ value: undefined, done: true }, 7]);
  });

  it('passes on different signals one by one', async () => {
    await start();
    wrapper.kill('SIGHUP');
    assert.equal(await nextLine(), 'SIGHUP');
    wrapper.kill('SIGINT');
    assert.equal(await nextLine(), 'SIGINT');
  });

  it('ends a child that heeds no signal at the third', async () => {
    await start({ PROGRAM: PROGRAM.replace('process.exit(7)', `say('SIGTERM')`) });
    for (const signal of ['SIGHUP', 'SIGTERM'] as const) {
      wrapper.kill(signal);
      await nextLine();
    }
    wrapper.kill('SIGINT');
    assert.equal(await exitCode(), 128 + 9);
  });

  it('tells the child of its own death, also by kill -9', async () => {
    await start();
    wrapper.kill('SIGKILL');
    await once(wrapper, 'exit');
    while (!isGone(programPid)) await new Promise(setImmediate);
  });

  it('ends when the npm that started it is killed', async () => {
    await start({ npm_lifecycle_event: 'start', NODE: process.execPath }, ['/bin/sh', '-c', '"$NODE" --input-type=module -e "$WRAPPER"; true']);
    wrapper.kill('SIGKILL');
    while (!isGone(programPid)) await new Promise(setImmediate);
  });
});
