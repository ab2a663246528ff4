import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { isAppError } from '../../../app/kit/errors.ts';
import { createStopper } from '../../../scripts/demo/stopper.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const STOPPER = join(import.meta.dirname, '../../../scripts/demo/stopper.ts');

const setUp = () => {
  const said: string[] = [];
  const exits: number[] = [];
  const kills: string[] = [];
  const self = Object.assign(new EventEmitter(), {
    pid: 1,
    exit: (code: number) => exits.push(code),
    kill: (_pid: number, signal: string) => kills.push(signal),
  });
  const stopper = createStopper({ say: (line) => said.push(line), process: self as unknown as NodeJS.Process });
  return { said, exits, kills, self, stopper };
};

describe('the end of npm start', () => {
  it('stops parts in reverse order, also when one of them fails', async () => {
    const { stopper, said } = setUp();
    const stopped: string[] = [];
    for (const name of ['lock', 'database', 'app']) {
      stopper.add(name, async () => {
        stopped.push(name);
        if (name === 'app') throw new Error('it hangs');
      });
    }
    assert.deepEqual(await stopper.stopAll(), ['app', 'database', 'lock']);
    assert.deepEqual(stopped, ['app', 'database', 'lock']);
    assert.deepEqual(said, ['app did not stop cleanly: it hangs']);
    await stopper.stopAll();
    assert.equal(stopped.length, 3);
  });

  it('is asked for once by a signal; the second one ends the process', async () => {
    const { stopper, self, exits } = setUp();
    stopper.add('lock', async () => undefined);
    self.emit('SIGINT');
    assert.equal(await stopper.requested, 'SIGINT');
    assert.deepEqual(exits, []);
    self.emit('SIGTERM');
    assert.deepEqual(exits, [130]);
  });

  it('comes in order when npm start dies, and a signal after that is the second one', async () => {
    const { stopper, self, exits } = setUp();
    stopper.add('lock', async () => undefined);
    self.emit('disconnect');
    assert.equal(await stopper.requested, 'npm start is gone');
    self.emit('disconnect');
    assert.deepEqual(exits, []);
  });

  it('breaks off a start that is still under way, and the part just started is stopped too', async () => {
    const { stopper, self } = setUp();
    const stopped: string[] = [];
    stopper.add('lock', async () => stopped.push('lock'));
    self.emit('SIGINT');
    assert.throws(
      () => stopper.add('database', async () => stopped.push('database')),
      (error) => isAppError(error, 'STOPPED'),
    );
    await stopper.stopAll();
    assert.deepEqual(stopped, ['database', 'lock']);
  });

  for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) {
    it(`is at once when nothing has started yet: ${event}`, () => {
      const { self, kills, exits } = setUp();
      self.emit(event);
      assert.deepEqual([kills, exits], [[event === 'disconnect' ? 'SIGTERM' : event], []]);
      assert.equal(self.listenerCount(kills[0] ?? ''), 0);
    });
  }

  it('is at once though a file operation hangs', async () => {
    const temp = await makeTempDir();
    const fifo = join(temp.path, 'fifo');
    execFileSync('mkfifo', [fifo]); // opened by nobody else it blocks for ever, as a dead network folder does
    const program = `
      import { open } from 'node:fs';
      import { createStopper } from ${JSON.stringify(STOPPER)};
      createStopper({ say: () => undefined, process });
      open(${JSON.stringify(fifo)}, 'r', () => undefined);
      setTimeout(() => console.log('up'), 0);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'exit'), [null, 'SIGINT']);
    await temp.remove();
  });

  it('stays orderly while the parts of a failed start are being stopped', async () => {
    const { stopper, self, exits } = setUp();
    stopper.add('app', async () => void self.emit('SIGINT'));
    await stopper.stopAll();
    assert.deepEqual(exits, []);
  });
});
