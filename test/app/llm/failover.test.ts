import assert from 'node:assert/strict';
import { isAppError } from '../../../app/kit/errors.ts';
import { chunk, DONE, event, startModelServer, type ModelServer, type ScriptAnswer } from '../../support/model-server.ts';
import { modelFor } from './support.ts';

const unavailable = (error: unknown): boolean => isAppError(error, 'MODEL_UNAVAILABLE');

describe('two providers', () => {
  let first: ModelServer;
  let second: ModelServer;
  before(async () => {
    first = await startModelServer(() => ({ text: 'первый' }));
    second = await startModelServer(() => ({ text: 'второй' }));
  });
  after(async () => {
    await first.stop();
    await second.stop();
  });
  beforeEach(() => {
    for (const server of [first, second]) server.requests.length = 0;
    first.answerWith(() => ({ text: 'первый' }));
    second.answerWith(() => ({ text: 'второй' }));
  });

  const both = (env: Record<string, string | number> = {}) =>
    modelFor({
      env: { LLM_BASE_URL: first.baseUrl, LLM_FALLBACK_BASE_URL: second.baseUrl, LLM_FALLBACK_API_KEY: 'key-2', LLM_FALLBACK_MODEL: 'model-2', ...env },
    });
  const asked = (): [number, number] => [first.requests.length, second.requests.length];
  const FAST = { LLM_FIRST_CHUNK_TIMEOUT_MS: 30, LLM_IDLE_TIMEOUT_MS: 30 };

  it('the first one answers alone while it can', async () => {
    assert.equal((await both().ask()).text, 'первый');
    assert.deepEqual(asked(), [1, 0]);
  });

  it('the second one is asked with its own key and model', async () => {
    first.answerWith(() => ({ status: 401 }));
    assert.equal((await both().ask()).text, 'второй');
    assert.equal(second.requests[0]?.model, 'model-2');
    assert.equal(second.headers.at(-1)?.authorization, 'Bearer key-2');
  });

  const HELLO = chunk({ content: 'Покраска' });
  const faults: [what: string, script: ScriptAnswer, attemptsAtFirst: number, env?: Record<string, number>][] = [
    ['500', { status: 500 }, 2],
    ['429 for a minute', { status: 429, headers: { 'retry-after': '60' } }, 1],
    ['a wrong key', { status: 401 }, 1],
    ['a request it does not take', { status: 400 }, 1],
    ['garbage in JSON', { pieces: ['{"choices":[{"message":{"content":"Покр\u0000'], type: 'application/json' }, 2],
    ['garbage in the stream', { pieces: [HELLO, event('{"choices":[{"mess'), DONE] }, 2],
    ['a cut within the stream', { pieces: [HELLO], end: 'cut' }, 2],
    ['a stream without its end', { pieces: [HELLO] }, 2],
    [
      'a tool call cut by the token limit',
      { pieces: [chunk({ tool_calls: [{ index: 0, id: 'x', function: { name: 'a', arguments: '{' } }] }, 'length'), DONE] },
      1,
    ],
    ['an empty answer', { text: '' }, 2],
  ];
  for (const [what, script, attempts] of faults) {
    it(`${what}: the second one answers`, async () => {
      first.answerWith(() => script);
      const { ask, calls } = both();
      assert.equal((await ask()).text, 'второй');
      assert.deepEqual(asked(), [attempts, 1]);
      assert.equal(calls.length, attempts + 1, 'one record for each attempt');
    });
  }

  // the second provider is not the one under the small limits: a busy machine must not make it fail
  const stalls: [what: string, script: ScriptAnswer][] = [
    ['a stall before the first byte', { hang: true }],
    ['a stall within the stream', { pieces: [HELLO], end: 'stall' }],
  ];
  for (const [what, script] of stalls) {
    it(`${what}: the time that is left goes to the second one, not to a repeat`, async () => {
      first.answerWith(() => script);
      second.answerWith(() => ({ status: 400 }));
      const { ask, calls } = both(FAST);
      await assert.rejects(ask(), unavailable);
      assert.equal(first.requests.length, 1);
      assert.deepEqual(calls.map(({ outcome }) => outcome).slice(0, 1), ['timeout']);
      assert.equal(calls.length, 2);
    });
  }

  it('all down: the last failure is told, after two attempts at each', async () => {
    for (const server of [first, second]) server.answerWith(() => ({ status: 500 }));
    await assert.rejects(both().ask(), unavailable);
    assert.deepEqual(asked(), [2, 2]);
  });

  it('slow beyond the deadline: nobody else is asked when no time is left', async () => {
    first.answerWith(() => ({ hang: true }));
    await assert.rejects(both().ask({ totalMs: 50 }), unavailable);
    assert.deepEqual(asked(), [1, 0]);
  });

  it('a tool nobody knows is an answer like any other: who called it decides', async () => {
    first.answerWith(() => ({ call: [{ name: 'order_spare_parts', args: { part: 'бампер' } }] }));
    assert.equal((await both().ask()).toolCalls[0]?.name, 'order_spare_parts');
    assert.deepEqual(asked(), [1, 0]);
  });

  it('sticky: after failures in a row the first one is passed over; when its probe succeeds it is the first again', async () => {
    const { ask, metrics, skip } = both({ LLM_BREAKER_FAILURES: 4, LLM_BREAKER_COOL_DOWN_MS: 600_000 });
    const state = async (): Promise<string | undefined> =>
      new RegExp(`ai_breaker_state\\{provider="${new URL(first.baseUrl).host}"\\} (\\d)`).exec(await metrics.render())?.[1];
    first.answerWith(() => ({ status: 500 }));
    await ask();
    assert.deepEqual([asked(), await state()], [[2, 1], '0']);
    await ask();
    assert.deepEqual([asked(), await state()], [[4, 2], '2']);
    for (let n = 0; n < 3; n++) assert.equal((await ask()).text, 'второй');
    assert.deepEqual(asked(), [4, 5]);
    skip(600_000);
    assert.equal((await ask()).text, 'второй');
    assert.deepEqual([asked(), await state()], [[5, 6], '2'], 'one probe, no repeat of it');
    skip(600_000);
    first.answerWith(() => ({ text: 'снова первый' }));
    assert.equal((await ask()).text, 'снова первый');
    assert.equal((await ask()).text, 'снова первый');
    assert.deepEqual([asked(), await state()], [[7, 6], '0']);
  });

  it('while a probe is under way the others go to the second one', async () => {
    const { ask, skip } = both({ LLM_BREAKER_FAILURES: 1, LLM_BREAKER_COOL_DOWN_MS: 600_000 });
    first.answerWith(() => ({ status: 401 }));
    await ask();
    skip(600_000);
    const others: string[] = [];
    first.answerWith(async () => {
      for (let n = 0; n < 3; n++) others.push((await ask()).text);
      return { text: 'проба' };
    });
    assert.equal((await ask()).text, 'проба');
    assert.deepEqual(others, ['второй', 'второй', 'второй']);
  });

  it('all open: it fails at once without asking, and a probe still goes when its time has come', async () => {
    const { ask, skip } = both({ LLM_BREAKER_FAILURES: 1, LLM_BREAKER_COOL_DOWN_MS: 600_000 });
    for (const server of [first, second]) server.answerWith(() => ({ status: 500 }));
    await assert.rejects(ask(), unavailable);
    assert.deepEqual(asked(), [1, 1]);
    await assert.rejects(ask(), (error) => unavailable(error) && /left alone/.test(String(error)));
    assert.deepEqual(asked(), [1, 1]);
    skip(600_000);
    second.answerWith(() => ({ text: 'второй снова' }));
    assert.equal((await ask()).text, 'второй снова');
  });

  it('a request that is itself at fault never opens the breaker: others are still answered', async () => {
    const { ask } = both({ LLM_BREAKER_FAILURES: 1 });
    first.answerWith(() => ({ status: 400 }));
    await ask();
    first.answerWith(() => ({ text: 'первый' }));
    assert.equal((await ask()).text, 'первый');
  });

  it('two models of one service are two providers', async () => {
    first.answerWith(({ model }) => (model === 'model-2' ? { text: 'другая модель' } : { status: 500 }));
    const { ask, calls } = both({ LLM_FALLBACK_BASE_URL: first.baseUrl });
    assert.equal((await ask()).text, 'другая модель');
    const host = new URL(first.baseUrl).host;
    assert.deepEqual(
      calls.map(({ provider }) => provider),
      [host, host, `${host}#2`],
    );
  });
});
