import assert from 'node:assert/strict';
import { createBackground } from '../../../app/kit/background.ts';

describe('kit/background', () => {
  const untilAborted = (signal: AbortSignal): Promise<void> => new Promise((resolve) => signal.addEventListener('abort', () => resolve()));

  it('runs one work per key at a time, and the next when it has ended', async () => {
    const background = createBackground();
    const begun: string[] = [];
    const gate = Promise.withResolvers<undefined>();
    const work = (name: string) => async (): Promise<void> => {
      begun.push(name);
      await gate.promise;
    };
    background.begin('a', work('first'));
    background.begin('a', work('second'));
    background.begin('b', work('other'));
    gate.resolve(undefined);
    await new Promise(setImmediate);
    background.begin('a', work('third'));
    assert.deepEqual(begun, ['first', 'other', 'third']);
    await background.stop();
  });

  it('a stop aborts what is under way and waits until it has ended; nothing begins after it', async () => {
    const background = createBackground();
    const ended: string[] = [];
    background.begin('a', async (signal) => {
      await untilAborted(signal);
      await new Promise(setImmediate); // its last words
      ended.push('a');
    });
    await background.stop();
    assert.deepEqual(ended, ['a']);
    background.begin('b', () => Promise.resolve(void ended.push('b')));
    assert.deepEqual(ended, ['a']);
  });

  it('work that fails stops nothing', async () => {
    const background = createBackground();
    background.begin('a', () => Promise.reject(new Error('x')));
    await background.stop();
  });
});
