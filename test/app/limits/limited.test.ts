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

  const BOOK = { name: 'create_booking', args: { phone: '+79123456789', car: { brand: 'Лада' }, services: ['Полировка'], summary: 'полировка' } };
  const HAND_OVER = { name: 'hand_over', args: { reason: 'asked_for_person', summary: 'просит человека' } };
  const doing = (call: { name: string; args: unknown }, then = 'Готово.') =>
    path.model.answerWith(({ messages }) => (messages.at(-1)?.role === 'tool' ? { text: then } : { call: [call] }));
  const photo = (id: string) => path.write({ more: { photo: [{ file_id: id, file_unique_id: id, width: 9, height: 9 }] } });
  type Shown = { chat_id: number; payload: { text: string; photos?: string[] } };
  const shown = async () => (await path.db<Shown>('outbox').where({ chat_id: MANAGERS }).orderBy('seq')).flatMap(({ payload }) => payload.photos ?? []);

  it('a customer under a hand-over gets twice the messages through to the group, then one polite line', async () => {
    doing(HAND_OVER);
    await say('человека!', three());
    const before = (await path.outbox(MANAGERS)).length;
    for (let n = 0; n < 20; n++) await say(`ещё ${n}`, three());
    const relayed = (await path.outbox(MANAGERS)).slice(before);
    assert.equal(relayed.length, 5, 'with the first message, six');
    assert.equal((await path.outbox(100)).filter((text) => text === LIMIT_TEXTS.messages).length, 1);
    await age(61);
    await say('ау', three());
    assert.ok((await path.outbox(MANAGERS)).at(-1)?.includes('ау'), 'and is heard again');
  });

  for (const [what, call] of [
    ['an open booking', BOOK],
    ['a hand-over', HAND_OVER],
  ] as const) {
    it(`photos sent one by one over the limit reach the managers where there is ${what}`, async () => {
      doing(call);
      await say('прошу', three());
      path.model.answerWith(() => ({ text: 'Вижу.' }));
      for (let n = 0; n < 8; n++) {
        await photo(`F${n}`);
        await path.answerAll(three());
      }
      assert.ok((await path.outcomes()).includes('limited'));
      assert.deepEqual(
        await shown(),
        Array.from({ length: 8 }, (_, n) => `F${n}`),
      );
    });
  }

  it('a flood of photos does not bury the group: what is beyond waits', async () => {
    doing(BOOK);
    await say('запишите', three());
    for (let n = 0; n < 30; n++) {
      await photo(`F${n}`);
      await path.answerAll(three());
    }
    assert.equal((await shown()).length, 8, 'three times the limit, with the words before them');
  });

  const diesAtCommit = async (run: () => Promise<void>): Promise<void> => {
    await path.db.raw(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'killed'; END $$;
      CREATE TRIGGER die BEFORE UPDATE OF done_at ON inbox FOR EACH ROW EXECUTE FUNCTION die()`);
    await assert.rejects(run());
    await path.db.raw(`DROP TRIGGER die ON inbox; DROP FUNCTION die(); UPDATE lane SET lease_until = clock_timestamp() - interval '1 second'`);
  };
  const spent = () =>
    path.db.raw(`INSERT INTO llm_call (lane_key, turn_id, purpose, provider, model, outcome, input_tokens, duration_ms, at)
      VALUES ('123456789:100', 'x', 'answer', 'p', 'm', 'ok', 500, 1, now() - interval '1 millisecond' * extract(epoch FROM now() - date_trunc('day', now())) / 2)`);

  it('what a turn has begun is finished by whoever takes it over, whatever was spent', async () => {
    const run = engine({ LIMIT_CUSTOMER_TOKENS_PER_DAY: 100 });
    doing(BOOK, 'Записал.');
    await path.write({ text: 'запишите' });
    const lane = await path.claim();
    await diesAtCommit(() => run(lane, new AbortController().signal));
    await spent();
    await path.answerAll(run);
    assert.deepEqual(await path.outbox(100), ['Записал.']);
  });

  it('a hand-over whose time is over frees nobody from the budget', async () => {
    await spent();
    await path.db.raw(`INSERT INTO handover (lane_key, turn_id, reason, started_at) VALUES ('123456789:100', 'x', 'complaint', now() - interval '2 hours')`);
    doing(BOOK);
    await say('запишите', engine({ LIMIT_CUSTOMER_TOKENS_PER_DAY: 100 }));
    assert.deepEqual(await path.outbox(100), [LIMIT_TEXTS.budget]);
    assert.deepEqual(await path.db('booking'), []);
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
