import assert from 'node:assert/strict';
import { TEXTS } from '../../../app/dialogue/texts.ts';
import { chunk, DONE, event, startModelServer, type ModelServer, type Script, type ScriptAnswer } from '../../support/model-server.ts';
import { createPath, MANAGERS, type Path } from '../../support/path.ts';

const QUESTION = 'сколько стоит покрасить бампер?';
const HELLO = chunk({ content: 'Покраска бампера стоит' });

describe('what customer and managers see when the model fails', () => {
  let path: Path;
  let second: ModelServer;
  before(async () => {
    path = await createPath();
    second = await startModelServer(() => ({ text: 'Ответ второго.' }));
  });
  after(async () => {
    await second.stop();
    await path.stop();
  });
  beforeEach(async () => {
    await path.reset();
    second.requests.length = 0;
    second.answerWith(() => ({ text: 'Ответ второго.' }));
  });

  const withSecond = (): Record<string, string> => ({ LLM_FALLBACK_BASE_URL: second.baseUrl, LLM_FALLBACK_API_KEY: 'k', LLM_FALLBACK_MODEL: 'm2' });
  const ask = async (script: Script, env: Record<string, string | number> = {}): Promise<void> => {
    path.model.answerWith(script);
    await path.write({ text: QUESTION });
    await path.answerAll(path.engine(path.workshop, path.configOf(env)));
  };
  const assertHonest = async (): Promise<void> => {
    assert.deepEqual(await path.outbox(100), [TEXTS.modelFailed]);
    const notices = await path.outbox(MANAGERS);
    assert.equal(notices.length, 1);
    assert.ok(notices[0]?.includes(QUESTION) && notices[0].includes('Анна'), notices[0]);
    assert.deepEqual(await path.outcomes(), ['answered']);
  };
  const outcomes = async (): Promise<string[]> => (await path.db<{ id: number; outcome: string }>('llm_call').orderBy('id')).map((row) => row.outcome);

  const stalls = { LLM_FIRST_CHUNK_TIMEOUT_MS: 30, LLM_IDLE_TIMEOUT_MS: 30 };
  const faults: [what: string, script: ScriptAnswer, recorded: string[], env?: Record<string, number>][] = [
    ['500', { status: 500 }, ['unavailable', 'unavailable']],
    ['429 for a minute', { status: 429, headers: { 'retry-after': '60' } }, ['limited']],
    ['garbage instead of JSON', { pieces: ['{"choices":[{"message":{"content":"Покр\u0000'], type: 'application/json' }, ['invalid', 'invalid']],
    ['garbage in the stream', { pieces: [HELLO, event('{"choices":[{"mess\u0000'), DONE] }, ['invalid', 'invalid']],
    ['silence', { hang: true }, ['timeout', 'timeout'], stalls],
    ['a stall within the stream', { pieces: [HELLO], end: 'stall' }, ['timeout', 'timeout'], stalls],
    ['a cut within the stream', { pieces: [HELLO], end: 'cut' }, ['truncated', 'truncated']],
    ['a stream without its end', { pieces: [HELLO] }, ['truncated', 'truncated']],
    ['an answer slower than the whole time', { hang: true }, ['timeout'], { LLM_ATTEMPT_TIMEOUT_MS: 200, LLM_TOTAL_TIMEOUT_MS: 200 }],
  ];
  for (const [what, script, recorded, env] of faults) {
    it(`${what}: an honest sentence, never a piece of an answer, and a manager gets the question`, async () => {
      await ask(() => script, env);
      await assertHonest();
      assert.deepEqual(await outcomes(), recorded);
    });
  }

  const broken = faults.filter(([, , , env]) => env === undefined);
  for (const [what, script] of broken) {
    it(`${what}, and a second provider: the customer gets its answer, nobody is bothered`, async () => {
      await ask(() => script, withSecond());
      assert.deepEqual(await path.outbox(100), ['Ответ второго.']);
      assert.deepEqual(await path.outbox(MANAGERS), []);
      assert.equal((await outcomes()).at(-1), 'ok');
    });
  }

  it('all providers down: the honest sentence, and each was tried', async () => {
    second.answerWith(() => ({ status: 503 }));
    await ask(() => ({ status: 500 }), withSecond());
    await assertHonest();
    assert.deepEqual([path.model.requests.length, second.requests.length], [2, 2]);
    assert.deepEqual(await outcomes(), ['unavailable', 'unavailable', 'unavailable', 'unavailable']);
  });

  it('a provider that fails after the tools were run is followed by one that goes on with their results', async () => {
    second.answerWith(({ messages }) => ({ text: messages.some(({ role }) => role === 'tool') ? 'Посмотрел в прайсе.' : 'ничего не знаю' }));
    await ask(
      ({ messages }) => (messages.some(({ role }) => role === 'tool') ? { status: 500 } : { call: [{ name: 'find_prices', args: { service: 'бампер' } }] }),
      withSecond(),
    );
    assert.deepEqual(await path.outbox(100), ['Посмотрел в прайсе.']);
  });

  it('a tool nobody knows is told to the model, which may go on', async () => {
    const told: string[] = [];
    await ask(({ messages }) => {
      const result = messages.findLast(({ role }) => role === 'tool')?.content;
      if (!result) return { call: [{ name: 'order_spare_parts', args: { part: 'бампер' } }] };
      told.push(result);
      return { text: 'Запчасти мы не заказываем.' };
    });
    assert.match(told.join(), /unknown tool/);
    assert.deepEqual(await path.outbox(100), ['Запчасти мы не заказываем.']);
    assert.deepEqual(await path.outbox(MANAGERS), []);
  });

  it('a model that knows nothing but a tool nobody knows: the honest sentence', async () => {
    await ask(() => ({ call: [{ name: 'order_spare_parts', args: {} }] }));
    await assertHonest();
  });

  it('wrong arguments, for ever: the honest sentence, and nothing was booked', async () => {
    await ask(() => ({ call: [{ name: 'create_booking', args: { phone: 5 } }] }));
    await assertHonest();
    assert.equal((await path.db('booking')).length, 0);
  });

  it('arguments that are no JSON are told to the model, which may correct them', async () => {
    await ask(({ messages }) =>
      messages.some(({ role }) => role === 'tool') ? { text: 'Уточните, пожалуйста.' } : { call: [{ name: 'find_prices', args: '{"service":' }] },
    );
    assert.deepEqual(await path.outbox(100), ['Уточните, пожалуйста.']);
  });
});
