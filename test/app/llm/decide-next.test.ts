import assert from 'node:assert/strict';
import { decideNext } from '../../../app/llm/decide-next.ts';
import { AttemptFailure, failureOfStatus, toFailure } from '../../../app/llm/failure.ts';

const failure = (outcome: AttemptFailure['outcome'], facts = {}): AttemptFailure => new AttemptFailure(outcome, 'x', facts);

describe('what follows a failed attempt', () => {
  const base = { tries: 1, tookMs: 100, leftMs: 10_000, hasOther: true };
  const rows: [what: string, facts: Parameters<typeof decideNext>[0], expected: string][] = [
    ['a quick failure', { ...base, failure: failure('unavailable') }, 'retry'],
    ['a second one', { ...base, failure: failure('unavailable'), tries: 2 }, 'next'],
    ['a failure with no time left', { ...base, failure: failure('unavailable'), leftMs: 1_000 }, 'stop'],
    ['a slow failure beside another provider', { ...base, failure: failure('truncated'), tookMs: 5_000 }, 'next'],
    ['a slow failure of the only provider', { ...base, failure: failure('truncated'), tookMs: 5_000, hasOther: false }, 'retry'],
    ['a time-out beside another provider', { ...base, failure: failure('timeout') }, 'next'],
    ['a time-out of the only provider', { ...base, failure: failure('timeout'), hasOther: false }, 'retry'],
    ['a refusal', { ...base, failure: failure('refused') }, 'next'],
    ['a refusal of the only provider', { ...base, failure: failure('refused'), hasOther: false }, 'next'],
    ['an answer cut by the token limit', { ...base, failure: failure('truncated', { innocent: true }) }, 'next'],
    ['429 without a time', { ...base, failure: failure('limited') }, 'retry'],
    ['429 for a second', { ...base, failure: failure('limited', { retryAfterMs: 1_000 }) }, 'retry'],
    ['429 for a minute', { ...base, failure: failure('limited', { retryAfterMs: 60_000 }) }, 'next'],
    ['429 for as long as is left', { ...base, failure: failure('limited', { retryAfterMs: 1_500 }), leftMs: 2_000 }, 'next'],
    ['an abort', { ...base, failure: failure('aborted') }, 'next'],
  ];
  for (const [what, facts, expected] of rows) it(`${what}: ${expected}`, () => assert.equal(decideNext(facts).kind, expected));
});

describe('what an error of the SDK means', () => {
  const now = new Date('2026-11-24T12:00:00Z');
  const http = (status: number, headers: Record<string, string> = {}) =>
    Object.assign(new Error('body with the customer’s words'), { status, headers: new Headers(headers) });
  const waits: [header: Record<string, string>, expected: number | undefined][] = [
    [{}, undefined],
    [{ 'retry-after': '60' }, 60_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Tue, 24 Nov 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Tue, 24 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after-ms': '250', 'retry-after': '1' }, 250],
  ];
  for (const [header, expected] of waits) {
    it(`Retry-After of ${JSON.stringify(header)} is ${expected ?? 'none'}`, () => assert.equal(toFailure(http(429, header), now).facts.retryAfterMs, expected));
  }

  it('keeps nothing of what the server said', () => {
    assert.ok(!JSON.stringify(toFailure(http(422), now)).includes('customer'));
    assert.ok(!toFailure(http(422), now).message.includes('customer'));
  });

  it('blames the request, not the service, for 400, 413 and 422', () => {
    for (const status of [400, 413, 422]) assert.equal(failureOfStatus(status).facts.innocent, true);
    for (const status of [401, 402, 403, 404, 429, 500]) assert.equal(failureOfStatus(status).facts.innocent, false);
  });
});
