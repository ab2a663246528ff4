import assert from 'node:assert/strict';
import { decideAfter, decideNext, spendTokens, type OpenRow, type RetryTimes, type Spend } from '../../../app/outbox/decide.ts';

const row = (id: number, more: Partial<OpenRow> = {}): OpenRow => ({ id, seq: id, kind: 'answer', state: 'pending', attempts: 0, dueInMs: 0, ...more });

describe('what a chat sends next', () => {
  const cases: [what: string, rows: OpenRow[], expected: ReturnType<typeof decideNext>][] = [
    ['nothing open', [], { kind: 'idle' }],
    ['the first of several', [row(1), row(2)], { kind: 'send', row: row(1) }],
    ['a head that waits holds back what follows', [row(1, { state: 'unknown', dueInMs: 5000 }), row(2)], { kind: 'wait', readyInMs: 5000 }],
    [
      'an unknown head that is due is repeated',
      [row(1, { state: 'unknown', dueInMs: -1 }), row(2)],
      { kind: 'send', row: row(1, { state: 'unknown', dueInMs: -1 }) },
    ],
    ['a row whose sender died', [row(1, { state: 'sending' }), row(2)], { kind: 'recover', row: row(1, { state: 'sending' }) }],
    ['a held answer keeps its place', [row(1, { state: 'held', dueInMs: 9000 }), row(2)], { kind: 'wait', readyInMs: 9000 }],
    [
      'a held notice steps aside',
      [row(1, { kind: 'notice', state: 'held', dueInMs: 9000 }), row(2, { kind: 'notice' })],
      { kind: 'send', row: row(2, { kind: 'notice' }) },
    ],
    [
      'only held notices',
      [row(1, { kind: 'notice', state: 'held', dueInMs: 9000 }), row(2, { kind: 'notice', state: 'held', dueInMs: 4000 })],
      { kind: 'wait', readyInMs: 4000 },
    ],
    [
      'a held notice that is due comes first',
      [row(1, { kind: 'notice', state: 'held', dueInMs: -5 }), row(2, { kind: 'notice' })],
      { kind: 'send', row: row(1, { kind: 'notice', state: 'held', dueInMs: -5 }) },
    ],
    [
      'an unknown notice holds the group back',
      [row(1, { kind: 'notice', state: 'unknown', dueInMs: 70 }), row(2, { kind: 'notice' })],
      { kind: 'wait', readyInMs: 70 },
    ],
  ];
  for (const [what, rows, expected] of cases) it(what, () => assert.deepEqual(decideNext(rows), expected));
});

describe('how a row goes on after an attempt', () => {
  const times: RetryTimes = {
    unknownBackoffMs: [5, 30, 120],
    heldRetryMs: 3600,
    failureBackoffMs: (attempt) => attempt * 100,
    floodJitter: 0.1,
    random: () => 0.5,
  };
  const after = (outcome: Parameters<typeof decideAfter>[1], more: Partial<OpenRow> = {}) => decideAfter(row(1, more), outcome, times);

  it('sent', () => assert.deepEqual(after({ kind: 'sent', messageId: 9 }), { state: 'sent', messageId: 9 }));
  it('unknown backs off further each time and stays at the last step', () => {
    const waits = [0, 1, 2, 3, 40].map((attempts) => after({ kind: 'unknown', description: 'reset' }, { attempts }).retryInMs);
    assert.deepEqual(waits, [5, 30, 120, 120, 120]);
  });
  it('a 429 silences the chat for its time and some jitter, and is no attempt of the row', () => {
    assert.deepEqual(after({ kind: 'flood', retryAfterMs: 2000 }), { state: 'pending', pauseMs: 2100, error: 'flood control' });
  });
  it('a photo that is not taken is dropped, its words go on', () => {
    assert.deepEqual(after({ kind: 'bad_photo', description: 'wrong file' }), { state: 'pending', dropPhotos: true, error: 'wrong file' });
  });
  it('a migrated group is followed', () => assert.deepEqual(after({ kind: 'migrated', chatId: -100 }), { state: 'pending', migratedTo: -100 }));
  it('refused entities: the same text plain', () => assert.equal(after({ kind: 'bad_entities', description: 'x' }).dropEntities, true));
  it('surely not sent: again after a pause', () => {
    assert.deepEqual(after({ kind: 'failed', description: 'x', alert: false }, { attempts: 2 }), {
      state: 'pending',
      retryInMs: 300,
      error: 'x',
      alert: false,
    });
  });
  it('a customer who blocked the bot ends the row and is marked', () => {
    const outcome = after({ kind: 'rejected', code: 403, description: 'blocked' });
    assert.equal(outcome.state, 'dead');
    assert.equal(outcome.blocked, true);
    assert.equal(outcome.alert, false);
  });
  it('another refusal of an answer ends it and calls a person', () => assert.equal(after({ kind: 'rejected', code: 400, description: 'x' }).alert, true));
  it('a notice never dies', () => {
    for (const code of [400, 403]) {
      const outcome = after({ kind: 'rejected', code, description: 'x' }, { kind: 'notice' });
      assert.deepEqual([outcome.state, outcome.retryInMs, outcome.alert], ['held', 3600, true]);
    }
  });
});

describe('the send budget of a chat', () => {
  const bucket = { capacity: 20, perSecond: 20 / 60 };
  it('a full bucket gives its capacity at once and then one every three seconds', () => {
    let tokens: number | null = null;
    for (let n = 0; n < 20; n++) {
      const spend: Spend = spendTokens(bucket, { tokens, elapsedMs: 0 }, 1);
      assert.ok(spend.ok);
      tokens = spend.tokens;
    }
    assert.deepEqual(spendTokens(bucket, { tokens, elapsedMs: 0 }, 1), { ok: false, waitMs: 3000 });
    assert.equal(spendTokens(bucket, { tokens, elapsedMs: 3000 }, 1).ok, true);
  });
  it('never fills beyond its capacity, and a clock that stepped back takes nothing away', () => {
    assert.deepEqual(spendTokens(bucket, { tokens: 5, elapsedMs: 3_600_000 }, 1), { ok: true, tokens: 19 });
    assert.deepEqual(spendTokens(bucket, { tokens: 5, elapsedMs: -3_600_000 }, 1), { ok: true, tokens: 4 });
  });
  it('an album takes a token for each of its photos, and waits until they are there', () => {
    assert.deepEqual(spendTokens(bucket, { tokens: 12, elapsedMs: 0 }, 10), { ok: true, tokens: 2 });
    assert.deepEqual(spendTokens(bucket, { tokens: 4, elapsedMs: 0 }, 10), { ok: false, waitMs: 18_000 });
    assert.equal(spendTokens(bucket, { tokens: 4, elapsedMs: 18_000 }, 10).ok, true);
  });
  it('an album larger than the bucket goes when it is full', () => {
    const small = { capacity: 3, perSecond: 1 };
    assert.deepEqual(spendTokens(small, { tokens: null, elapsedMs: 0 }, 10), { ok: true, tokens: 0 });
    assert.deepEqual(spendTokens(small, { tokens: 1, elapsedMs: 0 }, 10), { ok: false, waitMs: 2000 });
    assert.deepEqual(spendTokens(small, { tokens: 1, elapsedMs: 2000 }, 10), { ok: true, tokens: 0 });
  });
});
