import assert from 'node:assert/strict';
import { TEXTS } from '../../../app/dialogue/texts.ts';
import { chunk, DONE, startModelServer, USAGE_EVENT, type ModelServer, type ScriptAnswer } from '../../support/model-server.ts';
import { createPath, MANAGERS, type Path } from '../../support/path.ts';

type Call = Readonly<{ name: string; args: object }>;
type Request = Parameters<Parameters<Path['model']['answerWith']>[0]>[0];

const LOOK_UP = { name: 'find_prices', args: { service: 'покрасить бампер', car: 'Веста' } };
const HAND_OVER = { name: 'hand_over', args: { reason: 'complaint', summary: 'жалоба' } };
const PASSED_ON = 'Понимаю вас. Передаю старшему мастеру, он ответит здесь же; пока не мойте машину.';

const both = (text: string, { name, args }: Call): ScriptAnswer => ({
  pieces: [
    chunk({ role: 'assistant', content: text }),
    chunk({ tool_calls: [{ index: 0, id: 'c0', type: 'function', function: { name, arguments: JSON.stringify(args) } }] }),
    chunk({}, 'tool_calls'),
    USAGE_EVENT,
    DONE,
  ],
});
const NOTHING: ScriptAnswer = { pieces: [chunk({ role: 'assistant', content: '' }), chunk({}, 'stop'), USAGE_EVENT, DONE] };
const isPrompted = ({ messages }: Request): boolean => messages.at(-1)?.content?.includes('Напиши ответ клиенту') ?? false;
const isAfterTool = ({ messages }: Request): boolean => messages.at(-1)?.role === 'tool';

describe('a model that calls its tools and then says nothing', () => {
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
  beforeEach(() => path.reset());

  /** `prompted`: what it says when it is asked for a word. */
  const says = (first: ScriptAnswer, prompted: ScriptAnswer = NOTHING): void =>
    path.model.answerWith((request) => {
      if (isPrompted(request)) return prompted;
      return isAfterTool(request) ? NOTHING : first;
    });
  const ask = async (text: string, env: Record<string, string | number> = {}): Promise<string[]> => {
    await path.write({ text });
    await path.answerAll(path.engine(path.workshop, path.configOf(env)));
    return path.outbox(100);
  };
  const outcomes = async (): Promise<string[]> => (await path.db<{ id: number; outcome: string }>('llm_call').orderBy('id')).map(({ outcome }) => outcome);

  it('has said it beside the call: the customer reads that, and no service is blamed', async () => {
    says(both(PASSED_ON, HAND_OVER));
    const env = { LLM_BREAKER_FAILURES: 1, LLM_FALLBACK_BASE_URL: second.baseUrl, LLM_FALLBACK_API_KEY: 'k', LLM_FALLBACK_MODEL: 'm2' };
    assert.deepEqual(await ask('краска слезла!', env), [PASSED_ON]);
    assert.deepEqual(await outcomes(), ['ok', 'ok']);
    assert.equal(second.requests.length, 0);
    assert.equal((await path.outbox(MANAGERS)).length, 1, 'the hand-over, no complaint about the bot');
  });

  it('said before what the tools found: it is asked once for a word', async () => {
    says(both('Сейчас посмотрю.', LOOK_UP), { text: 'Покраска бампера — от 14 000 ₽.' });
    assert.deepEqual(await ask('сколько стоит бампер на Весту?'), ['Покраска бампера — от 14 000 ₽.']);
    assert.equal(path.model.requests.filter(isPrompted).length, 1);
    const roles = path.model.requests.at(-1)?.messages.map(({ role }) => role) ?? [];
    assert.deepEqual(roles.slice(-4), ['assistant', 'tool', 'assistant', 'user'], 'Mistral refuses a user right after a tool');
  });

  it('stays silent when asked: what it said beside the call is more than an apology', async () => {
    says(both('Сейчас посмотрю.', LOOK_UP));
    assert.deepEqual(await ask('сколько стоит бампер на Весту?'), ['Сейчас посмотрю.']);
    assert.deepEqual(await path.outbox(MANAGERS), []);
  });

  it('has said nothing at all: asked once, then the honest sentence', async () => {
    says({ call: [LOOK_UP] }, { text: 'Покраска бампера — от 14 000 ₽.' });
    assert.deepEqual(await ask('сколько стоит бампер на Весту?'), ['Покраска бампера — от 14 000 ₽.']);
    await path.reset();
    says({ call: [LOOK_UP] });
    assert.deepEqual(await ask('сколько стоит бампер на Весту?'), [TEXTS.modelFailed]);
    assert.equal((await outcomes()).at(1), 'ok', 'silence after tools is no failure of the service');
  });

  it('said beside the call what may not be said: it goes back like any other answer', async () => {
    path.model.answerWith((request) => {
      if (request.messages.at(-1)?.content?.includes('не отправлен')) return { text: 'Передаю мастеру.' };
      return isAfterTool(request) ? NOTHING : both('Покраска стоит 3 333 ₽. Передаю мастеру.', HAND_OVER);
    });
    assert.deepEqual(await ask('позовите человека'), ['Передаю мастеру.']);
    const answered = path.model.requests.at(-1)?.messages.at(-2);
    assert.deepEqual([answered?.content, answered?.tool_calls], ['Покраска стоит 3 333 ₽. Передаю мастеру.', undefined]);
  });

  it('dies after it was asked for a word: the next process replays all of it', async () => {
    await path.write({ text: 'сколько стоит бампер на Весту?' });
    const dead = new AbortController();
    path.model.answerWith((request) => {
      if (!isPrompted(request)) return isAfterTool(request) ? NOTHING : both('Сейчас посмотрю.', LOOK_UP);
      dead.abort(new Error('killed'));
      return { hang: true };
    });
    await assert.rejects(path.engine()(await path.claim(), dead.signal));
    await path.db.raw(`UPDATE lane SET lease_until = clock_timestamp() - interval '1 second'`);
    const before = path.model.requests.length;
    path.model.answerWith((request) => ({ text: isPrompted(request) ? 'Покраска бампера — от 14 000 ₽.' : 'не та просьба' }));
    await path.answerAll();
    assert.deepEqual(await path.outbox(100), ['Покраска бампера — от 14 000 ₽.']);
    assert.deepEqual([before, path.model.requests.length], [3, 4]);
  });

  it('leaves its thoughts in the text: nobody reads them, and nothing of them is kept', async () => {
    path.model.answerWith(() => ({ text: '<think>Клиент просит 5 500 ₽.</think>\n\nКакая у вас машина?' }));
    assert.deepEqual(await ask('сделаете бампер?'), ['Какая у вас машина?']);
    assert.ok(!JSON.stringify([await path.db('step'), await path.db('message')]).includes('5 500'));
  });
});
