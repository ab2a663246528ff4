import assert from 'node:assert/strict';
import type { Clock } from '../../../app/kit/clock.ts';
import { holdLease } from '../../../app/kit/hold.ts';

/** A clock that a test moves by hand; sleepers wake when their time has come. */
const handClock = () => {
  let now = 0;
  const sleepers = new Set<{ at: number; wake: () => void }>();
  const clock: Clock = {
    now: () => new Date(now),
    monotonicMs: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = { at: now + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  return {
    clock,
    advance: async (ms: number): Promise<void> => {
      const end = now + ms;
      for (;;) {
        await settle();
        const next = [...sleepers].sort((a, b) => a.at - b.at)[0];
        if (!next || next.at > end) break;
        now = Math.max(now, next.at);
        sleepers.delete(next);
        next.wake();
      }
      now = end;
      await settle();
    },
    /** The process was stopped: time went by and no timer ran. */
    freeze: (ms: number): void => {
      now += ms;
    },
  };
};

describe('holding a lease', () => {
  const times = { leaseMs: 15_000, leaseRenewMs: 5_000, leaseMarginMs: 2_000, takenAtMs: 0 };

  it('renews every five seconds for as long as the work takes', async () => {
    const { clock, advance } = handClock();
    let renewals = 0;
    const hold = holdLease(() => Promise.resolve(++renewals > 0), { ...times, clock });
    await advance(60_000);
    assert.equal(renewals, 12);
    assert.equal(hold.signal.aborted, false);
    hold.end();
    await advance(60_000);
    assert.equal(renewals, 12);
  });

  it('stops the work at once when somebody else owns the lane', async () => {
    const { clock, advance } = handClock();
    const hold = holdLease(() => Promise.resolve(false), { ...times, clock });
    await advance(5_000);
    assert.equal((hold.signal.reason as { code: string }).code, 'FENCE_LOST');
  });

  it('survives a database that is away for less than the lease, and stops a margin before its end otherwise', async () => {
    const { clock, advance } = handClock();
    const hold = holdLease(() => Promise.reject(new Error('away')), { ...times, clock });
    await advance(12_999);
    assert.equal(hold.signal.aborted, false);
    await advance(1);
    assert.equal(hold.signal.aborted, true);
  });

  it('a renewal counts from before it was asked, however long its answer took', async () => {
    const { clock, advance } = handClock();
    const answers: (() => void)[] = [];
    const hold = holdLease(() => new Promise((resolve) => answers.push(() => resolve(true))), { ...times, clock });
    await advance(5_000); // asked at 5 s, answered at 12 s: sure until 20 s less the margin
    await advance(7_000);
    answers.forEach((answer) => answer());
    await advance(5_999);
    assert.equal(hold.signal.aborted, false);
    await advance(1);
    assert.equal(hold.signal.aborted, true);
  });

  it('a renewal that never answers does not keep the work alive', async () => {
    const { clock, advance } = handClock();
    const hold = holdLease(() => new Promise(() => undefined), { ...times, clock });
    await advance(12_999);
    assert.equal(hold.signal.aborted, false);
    await advance(1);
    assert.equal(hold.signal.aborted, true);
  });

  it('counts from before the claim', async () => {
    const { clock, advance } = handClock();
    await advance(4_000);
    const hold = holdLease(() => Promise.reject(new Error('away')), { ...times, clock, takenAtMs: 1_000 });
    await advance(9_999);
    assert.equal(hold.signal.aborted, false);
    await advance(1);
    assert.equal(hold.signal.aborted, true);
  });

  it('a process that was stopped for longer than its lease notices before it writes anything more', async () => {
    const { clock, advance, freeze } = handClock();
    const hold = holdLease(() => Promise.resolve(true), { ...times, clock });
    await advance(4_000);
    hold.assertHeld();
    freeze(40_000);
    assert.throws(() => hold.assertHeld(), { code: 'FENCE_LOST' });
    assert.equal(hold.signal.aborted, true);
  });
});
