import assert from 'node:assert/strict';
import { LIMIT_TEXTS } from '../../../app/dialogue/limited.ts';
import { createPath, MANAGERS, type Path } from '../../support/path.ts';

describe('limits in the path of a message', () => {
  let path: Path;
  before(async () => {
    path = await createPath();
  });
  after(() => path.stop());
  beforeEach(() => path.reset());

  const engine = (env: Record<string, string | number>) => path.engine(path.workshop, path.configOf(env));
  const three = () => engine({ LIMIT_CUSTOMER_MESSAGES: 3 });
  const say = async (text: string, run: ReturnType<typeof engine>, chatId = 100): Promise<void> => {
    await path.write({ chatId, text });
    await path.answerAll(run);
  };
  /** As if everything had happened so much earlier. */
  const age = async (seconds: number): Promise<void> => {
    await path.db.raw(`UPDATE inbox SET received_at = received_at - ? * interval '1 second'`, [seconds]);
    await path.db.raw(`UPDATE message SET created_at = created_at - ? * interval '1 second'`, [seconds]);
  };

  it('over the messages of a window: stored, outcome limited, one polite line, no model', async () => {
    for (const text of ['1', '2', '3', '4', '5', '6']) await say(text, three());
    assert.deepEqual(await path.outbox(100), ['Хорошо.', 'Хорошо.', 'Хорошо.', LIMIT_TEXTS.messages]);
    assert.deepEqual(await path.outcomes(), ['answered', 'answered', 'answered', 'limited', 'limited', 'limited']);
    assert.equal(path.model.requests.length, 3);
    assert.equal((await path.outbox(MANAGERS)).length, 0);
  });

  it('the next window answers again, and knows what was written meanwhile; a new flood gets a new line', async () => {
    for (const text of ['1', '2', '3', 'мой номер +79123456789']) await say(text, three());
    await age(61);
    await say('ответьте', three());
    assert.equal((await path.outbox(100)).at(-1), 'Хорошо.');
    assert.ok(JSON.stringify(path.model.requests.at(-1)?.messages).includes('мой номер'));
    for (const text of ['а', 'б', 'в', 'г']) await say(text, three());
    assert.equal((await path.outbox(100)).filter((text) => text === LIMIT_TEXTS.messages).length, 2);
  });

  it('several at once are one turn, and one line', async () => {
    for (const text of ['1', '2', '3', '4', '5']) await path.write({ text });
    await path.answerAll(three());
    assert.deepEqual(await path.outbox(100), [LIMIT_TEXTS.messages]);
  });

  it('one customer’s flood is nobody else’s', async () => {
    for (const text of ['1', '2', '3', '4']) await say(text, three());
    await say('я другой', three(), 200);
    assert.deepEqual(await path.outbox(200), ['Хорошо.']);
  });

  it('commands are never limited', async () => {
    for (const text of ['1', '2', '3', '4']) await say(text, three());
    await say('/start', three());
    await say('/reset', three());
    const [greeting, forgotten] = (await path.outbox(100)).slice(-2);
    assert.notEqual(greeting, LIMIT_TEXTS.messages);
    assert.ok(forgotten && forgotten !== LIMIT_TEXTS.messages);
    assert.deepEqual((await path.outcomes()).slice(-2), ['answered', 'answered']);
  });

  it('normal use is never limited: a talkative customer for a quarter of an hour, with the limits as they come', async () => {
    const run = engine({ LIMIT_CUSTOMER_MESSAGES: 10 });
    for (let n = 0; n < 30; n++) {
      await say(`вопрос ${n}`, run);
      await age(n % 5 === 0 ? 60 : 7); // five quick ones, then a pause
    }
    assert.ok((await path.outcomes()).every((outcome) => outcome === 'answered'));
  });

  describe('over a budget of tokens or money', () => {
    const budgets: [what: string, env: Record<string, string | number>, reason: RegExp][] = [
      ['of one customer', { LIMIT_CUSTOMER_TOKENS_PER_DAY: 15 }, /на одного клиента/],
      ['of the instance', { LIMIT_INSTANCE_TOKENS_PER_DAY: 15 }, /общий дневной лимит/],
      ['of money', { LIMIT_INSTANCE_COST_PER_DAY: '0.000015', LLM_INPUT_PRICE: 1, LLM_OUTPUT_PRICE: 1 }, /дневной бюджет/],
    ];
    for (const [what, env, reason] of budgets) {
      it(`${what}: an honest sentence, and the managers get the question once`, async () => {
        await say('первый вопрос', engine(env)); // 15 tokens
        await say('сколько стоит бампер?', engine(env));
        await say('ау?', engine(env));
        assert.deepEqual(await path.outbox(100), ['Хорошо.', LIMIT_TEXTS.budget, LIMIT_TEXTS.budgetAgain]);
        assert.deepEqual(await path.outcomes(), ['answered', 'limited', 'limited']);
        const notices = await path.outbox(MANAGERS);
        assert.equal(notices.length, 1);
        assert.match(notices[0] ?? '', reason);
        assert.ok(notices[0]?.includes('сколько стоит бампер?') && notices[0].includes('Анна'));
        assert.equal(path.model.requests.length, 1);
      });
    }

    it('of one customer: another one is answered; of the instance: nobody is, and each is told', async () => {
      await say('вопрос', engine({ LIMIT_CUSTOMER_TOKENS_PER_DAY: 15 }));
      await say('другой', engine({ LIMIT_CUSTOMER_TOKENS_PER_DAY: 15 }), 200);
      assert.deepEqual(await path.outbox(200), ['Хорошо.']);
      await say('третий', engine({ LIMIT_INSTANCE_TOKENS_PER_DAY: 15 }), 300);
      assert.deepEqual(await path.outbox(300), [LIMIT_TEXTS.budget]);
    });

    it('a new day begins anew', async () => {
      const run = engine({ LIMIT_CUSTOMER_TOKENS_PER_DAY: 15 });
      await say('вчера', run);
      await age(25 * 3_600);
      await path.db.raw(`UPDATE llm_call SET at = at - interval '25 hours'`);
      await say('сегодня', run);
      assert.deepEqual(await path.outbox(100), ['Хорошо.', 'Хорошо.']);
    });

    it('/reset does not give the tokens back', async () => {
      const run = engine({ LIMIT_CUSTOMER_TOKENS_PER_DAY: 15 });
      await say('вопрос', run);
      await say('/reset', run);
      await say('ещё вопрос', run);
      assert.equal((await path.outbox(100)).at(-1), LIMIT_TEXTS.budget);
    });
  });
});
