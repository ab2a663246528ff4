import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { isAppError } from '../../../app/kit/errors.ts';
import { createStopper } from '../../../scripts/demo/stopper.ts';

const setUp = () => {
  const said: string[] = [];
  const exits: number[] = [];
  const self = Object.assign(new EventEmitter(), { exit: (code: number) => exits.push(code) });
  const stopper = createStopper({ say: (line) => said.push(line), process: self as unknown as NodeJS.Process });
  return { said, exits, self, stopper };
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
    await stopper.stopAll();
    assert.deepEqual(stopped, ['app', 'database', 'lock']);
    assert.deepEqual(said, ['app did not stop cleanly: it hangs']);
    await stopper.stopAll();
    assert.equal(stopped.length, 3);
  });

  it('is asked for once by a signal; the second one ends the process', async () => {
    const { stopper, self, exits } = setUp();
    self.emit('SIGINT');
    assert.equal(await stopper.requested, 'SIGINT');
    assert.deepEqual(exits, []);
    self.emit('SIGTERM');
    assert.deepEqual(exits, [130]);
  });

  it('comes in order when npm start dies, and a signal after that is the second one', async () => {
    const { stopper, self, exits } = setUp();
    self.emit('disconnect');
    assert.equal(await stopper.requested, 'npm start is gone');
    self.emit('disconnect');
    assert.deepEqual(exits, []);
  });

  it('breaks off a start that is still under way, and the part just started is stopped too', async () => {
    const { stopper, self } = setUp();
    const stopped: string[] = [];
    self.emit('SIGINT');
    assert.throws(
      () => stopper.add('database', async () => stopped.push('database')),
      (error) => isAppError(error, 'STOPPED'),
    );
    await stopper.stopAll();
    assert.deepEqual(stopped, ['database']);
  });
});
