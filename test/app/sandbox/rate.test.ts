import assert from 'node:assert/strict';
import { createRate } from '../../../app/sandbox/bot-api/rate.ts';
import { Refusal } from '../../../app/sandbox/bot-api/refusal.ts';
import { DEFAULT_LIMITS } from '../../../app/sandbox/settings.ts';

const CHAT = 100_001;
const GROUP = -1_001_000_000_001;

describe('sandbox: budget of a chat', () => {
  const start = () => {
    let now = 0;
    const clock = { now: () => new Date(now), monotonicMs: () => now, sleep: async () => undefined };
    const { take } = createRate({ clock, limits: DEFAULT_LIMITS });
    /** null = allowed, else the seconds to wait. */
    const send = (chatId: number): number | null => {
      try {
        take(chatId);
        return null;
      } catch (error) {
        assert.ok(error instanceof Refusal && error.errorCode === 429);
        assert.ok(error.parameters && 'retry_after' in error.parameters);
        return error.parameters.retry_after;
      }
    };
    return { send, pass: (ms: number) => (now += ms) };
  };

  it('lets a private chat have five at once, then one a second', () => {
    const { send, pass } = start();
    assert.deepEqual(
      Array.from({ length: 6 }, () => send(CHAT)),
      [null, null, null, null, null, 1],
    );
    assert.equal(send(CHAT + 1), null);
    for (let second = 0; second < 10; second += 1) {
      pass(1_000);
      assert.deepEqual([send(CHAT), send(CHAT)], [null, 1]);
    }
    pass(60_000);
    assert.deepEqual(
      Array.from({ length: 6 }, () => send(CHAT)),
      [null, null, null, null, null, 1],
    );
  });

  it('lets all chats together have thirty a second, and counts no refusal', () => {
    const { send, pass } = start();
    for (let n = 0; n < 5; n += 1) send(CHAT);
    assert.equal(send(CHAT), 1); // its own budget
    for (let n = 0; n < 25; n += 1) assert.equal(send(CHAT + 1 + n), null);
    assert.equal(send(CHAT + 99), 1);
    pass(1_000);
    assert.equal(send(CHAT + 99), null);
  });

  it('lets a group have twenty in any minute', () => {
    const { send, pass } = start();
    for (let n = 0; n < 20; n += 1) assert.equal(send(GROUP), null);
    assert.equal(send(GROUP), 60);
    pass(59_999);
    assert.equal(send(GROUP), 1);
    pass(1);
    assert.equal(send(GROUP), null);
  });
});
