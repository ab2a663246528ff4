import assert from 'node:assert/strict';
import { NOT_PASSED_ON } from '../../../app/dialogue/manager-texts.ts';
import { chatOfLane } from '../../../app/lanes/lane.ts';
import { createAppendOutbox } from '../../../app/outbox/append.ts';
import { createUndelivered } from '../../../app/outbox/undelivered.ts';
import { MANAGERS } from '../../support/path.ts';
import { BOT, createScene, HAND_OVER, type Scene } from '../../support/scene.ts';

const CUSTOMER = 100;
const PASSED_ON = 'Передал ваше сообщение менеджеру, он ответит здесь.';

describe('a dialogue handed over to a person', () => {
  let scene: Scene;
  before(async () => {
    scene = await createScene();
  });
  after(() => scene.path.stop());
  beforeEach(() => scene.path.reset());

  const write = async (text: string, more: object = {}): Promise<void> => {
    await scene.path.write({ chatId: CUSTOMER, text, more });
    await scene.path.answerAll();
  };
  const handOver = async (): Promise<void> => {
    scene.modelHandsOver();
    await write('Позовите человека!');
    await scene.sendAll();
    scene.modelTalks();
    scene.path.model.requests.length = 0;
  };

  it('the group reads why, who, the phone if it is known, what it is about, and how to answer', async () => {
    await scene.db('client').insert({ telegram_user_id: CUSTOMER, name: 'Анна', phone: '+79123450000' });
    scene.modelHandsOver();
    await write('Позовите человека!', { from: { id: CUSTOMER, is_bot: false, first_name: 'Анна', username: 'anna' } });
    const [notice] = await scene.texts(MANAGERS);
    for (const part of ['жалоба', 'Анна, @anna', '+79123450000', 'Царапина после ремонта', 'Ответьте на это сообщение — клиент получит ваш ответ.']) {
      assert.ok(notice?.includes(part), `«${part}» in ${notice}`);
    }
    assert.deepEqual(await scene.texts(CUSTOMER), ['Передал менеджеру.']);
    const [handover] = await scene.handovers();
    assert.deepEqual([handover?.reason, chatOfLane(handover?.lane_key ?? ''), handover?.ended_at], ['complaint', CUSTOMER, null]);
  });

  it('called twice in one turn it is one hand-over with one notice', async () => {
    scene.path.model.answerWith(({ messages }) => (messages.at(-1)?.role === 'tool' ? { text: 'Передал.' } : { call: [HAND_OVER, HAND_OVER] }));
    await write('Позовите человека!');
    assert.equal((await scene.handovers()).length, 1);
    assert.equal((await scene.texts(MANAGERS)).length, 1);
    const results = scene.path.model.requests.at(-1)?.messages.flatMap(({ role, content }) => (role === 'tool' ? [JSON.parse(content ?? '') as object] : []));
    assert.deepEqual(
      results?.map((result) => ({ ...result, message: '' })),
      [false, true].map((repeated) => ({ ok: true, did: 'handed_over', repeated, message: '' })),
    );
  });

  it('the next words go to the group in reply to the notice, no model is asked, and the customer is told once', async () => {
    await handOver();
    const anchor = await scene.notice('жалоба');
    await write('Царапина на левой двери');
    await write('И на правой');
    const [, first, second] = await scene.rows(MANAGERS);
    assert.match(first?.payload.text ?? '', /Клиент пишет[^]*Анна[^]*Царапина на левой двери[^]*клиент получит ваш ответ/);
    assert.match(second?.payload.text ?? '', /И на правой/);
    assert.deepEqual([first?.payload.replyTo, second?.payload.replyTo], [anchor, anchor]);
    assert.deepEqual(await scene.texts(CUSTOMER), ['Передал менеджеру.', PASSED_ON]);
    assert.equal(scene.path.model.requests.length, 0);
    assert.deepEqual(await scene.path.outcomes(), ['answered', 'answered', 'silent']);
  });

  it('a text of 4096 characters reaches the group whole', async () => {
    await handOver();
    const text = Array.from({ length: 455 }, (_, index) => `слово${String(index).padStart(3, '0')}`).join(' ');
    await write(text);
    const read = (await scene.texts(MANAGERS)).slice(1).join('\n');
    for (const word of text.split(' ')) assert.ok(read.includes(word), word);
  });

  it('half an hour after the last word the bot answers again; when nobody came, the group is told once', async () => {
    await handOver();
    await scene.later(29);
    await write('Ау?');
    assert.equal(scene.path.model.requests.length, 0);
    await scene.later(2);
    await write('Сколько стоит полировка?');
    await write('А мойка?');
    assert.equal(scene.path.model.requests.length, 2);
    assert.deepEqual((await scene.texts(CUSTOMER)).slice(-2), ['Отвечаю я, бот.', 'Отвечаю я, бот.']);
    const told = (await scene.rows(MANAGERS)).filter(({ payload }) => payload.text.includes('разговор снова ведёт бот'));
    assert.equal(told.length, 1);
    assert.match(told[0]?.payload.text ?? '', /^Менеджер не ответил за 30 минут, разговор снова ведёт бот\.\nКлиент: Анна\n/);
    assert.equal(told[0]?.payload.replyTo, await scene.notice('жалоба'));
    assert.notEqual((await scene.handovers())[0]?.ended_at, null);
  });

  it('the time runs from the manager’s last word, and then nobody is told', async () => {
    await handOver();
    await scene.later(20);
    await scene.reply('жалоба', 'Здравствуйте, это Марина');
    await scene.path.answerAll();
    await scene.later(20);
    await write('Спасибо');
    assert.equal(scene.path.model.requests.length, 0);
    await scene.later(11);
    await write('А сколько стоит мойка?');
    assert.equal(scene.path.model.requests.length, 1);
    assert.ok((await scene.texts(MANAGERS)).every((text) => !text.includes('снова ведёт бот')));
  });

  it('it is judged by when the customer wrote, not by when the turn runs', async () => {
    await handOver();
    await scene.path.write({ chatId: CUSTOMER, text: 'Ау?' });
    await scene.db.raw(`UPDATE inbox SET received_at = received_at - interval '5 minutes' WHERE done_at IS NULL`);
    await scene.later(31); // by the clock it is over, but the customer wrote 26 minutes after its beginning
    await scene.path.answerAll();
    assert.equal(scene.path.model.requests.length, 0);
  });

  it('a turn that the bot has begun goes on after a takeover; what it would say behind a manager’s word is left out', async () => {
    await handOver();
    await scene.later(31);
    await scene.path.write({ chatId: CUSTOMER, text: 'Сколько стоит полировка?' });
    const lane = await scene.path.claim();
    const dying = new AbortController();
    scene.path.model.answerWith(({ messages }) => {
      if (messages.at(-1)?.role !== 'tool') return { call: [{ name: 'find_prices', args: { service: 'полировка' } }] };
      dying.abort(new Error('killed'));
      return { hang: true };
    });
    await assert.rejects(scene.path.engine()(lane, dying.signal));
    await scene.reply('жалоба', 'Я тут'); // opens a new hand-over while the bot's answer is half made
    scene.modelTalks();
    scene.path.model.requests.length = 0;
    await scene.path.answerAll(); // the group's
    await scene.db('lane').where({ key: lane.key }).update({ lease_until: null });
    await scene.path.answerAll();
    assert.deepEqual(
      scene.path.model.requests.map(({ messages }) => messages.at(-1)?.role),
      ['tool'],
      'it goes on with what the first one had found',
    );
    assert.deepEqual((await scene.texts(CUSTOMER)).slice(1), ['Менеджер: Я тут']);
    assert.match((await scene.texts(MANAGERS)).at(-1) ?? '', /Клиент пишет[^]*Сколько стоит полировка\?/);
    scene.path.model.requests.length = 0;
    await write('Спасибо');
    assert.equal(scene.path.model.requests.length, 0, 'the next one is the manager’s');
  });

  const voice = { voice: { file_id: 'v', file_unique_id: 'v', duration: 1 } };
  const sent = async (more: object): Promise<void> => {
    await scene.path.write({ chatId: CUSTOMER, more });
    await scene.path.answerAll();
  };

  it('of a voice message the group learns, and the customer that it was not passed on', async () => {
    await handOver();
    const anchor = await scene.notice('жалоба');
    await sent(voice);
    const [, told] = await scene.rows(MANAGERS);
    assert.match(told?.payload.text ?? '', /^Клиент прислал голосовое сообщение\nКлиент: Анна\n/);
    assert.equal(told?.payload.replyTo, anchor);
    assert.deepEqual((await scene.texts(CUSTOMER)).slice(1), [NOT_PASSED_ON]);
  });

  it('a voice message beside words does not get lost, and the words are passed on', async () => {
    await handOver();
    await scene.path.write({ chatId: CUSTOMER, text: 'Послушайте:' });
    await scene.path.write({ chatId: CUSTOMER, more: voice });
    await scene.path.write({ chatId: CUSTOMER, more: voice });
    await scene.path.answerAll();
    const [, words, told] = await scene.texts(MANAGERS);
    assert.match(words ?? '', /^Клиент пишет[^]*Послушайте:/);
    assert.match(told ?? '', /^Клиент прислал голосовое сообщение \(2\)\n/);
    assert.deepEqual((await scene.texts(CUSTOMER)).slice(1), [`${PASSED_ON}\n\n${NOT_PASSED_ON}`]);
    await write('Ау?');
    assert.equal((await scene.texts(CUSTOMER)).length, 2, 'passed on is told once');
  });

  it('while the bot leads, a voice message is the bot’s to answer', async () => {
    await sent(voice);
    assert.match((await scene.texts(CUSTOMER)).at(-1) ?? '', /только текст и фотографии[^]*я подскажу/);
    assert.deepEqual(await scene.texts(MANAGERS), []);
  });

  it('after a reply that never came the customer is told that a person will answer, as though nobody had', async () => {
    await handOver();
    await scene.reply('жалоба', 'Здравствуйте');
    await scene.path.answerAll();
    const undelivered = createUndelivered({ managerChatId: MANAGERS, appendOutbox: createAppendOutbox(BOT.id) });
    const relay = (await scene.rows(CUSTOMER)).find(({ kind }) => kind === 'relay');
    const lost = { id: relay?.id ?? 0, botId: BOT.id, chatId: CUSTOMER, turnId: 't', payload: { text: '', entities: [] }, blocked: true, error: '' };
    await scene.db.transaction((trx) => undelivered.discount(trx, lost));
    await write('Ау?');
    assert.equal((await scene.texts(CUSTOMER)).at(-1), PASSED_ON);
  });

  it('hand-overs are counted by why, once each', async () => {
    const counted = async (reason: string): Promise<number> =>
      Number(new RegExp(`^handovers_total\\{reason="${reason}"\\} (\\d+)`, 'm').exec(await scene.path.metrics.render())?.[1]);
    const before = [await counted('complaint'), await counted('manager_wrote')];
    await handOver();
    await scene.reply('жалоба', 'Слушаю');
    await scene.path.answerAll();
    await scene.db('handover').update({ ended_at: new Date() });
    await scene.reply('жалоба', 'И ещё');
    await scene.reply('жалоба', 'И ещё одно');
    await scene.path.answerAll();
    assert.deepEqual(
      [await counted('complaint'), await counted('manager_wrote')].map((now, index) => now - (before[index] ?? 0)),
      [1, 1],
    );
  });

  it('/start greets, and /reset forgets and gives the dialogue back to the bot', async () => {
    await handOver();
    await write('/start');
    assert.equal((await scene.texts(CUSTOMER)).at(-1), scene.path.workshop.welcome.trim());
    await write('ещё');
    assert.equal(scene.path.model.requests.length, 0);
    await write('/reset');
    assert.match((await scene.texts(CUSTOMER)).at(-1) ?? '', /удалены/);
    await write('Здравствуйте');
    assert.equal(scene.path.model.requests.length, 1);
    assert.deepEqual(await scene.handovers(), []);
  });

  it('one customer’s hand-over is nobody else’s', async () => {
    await handOver();
    await scene.path.write({ chatId: 200, text: 'Здравствуйте' });
    await scene.path.answerAll();
    assert.equal(scene.path.model.requests.length, 1);
  });

  it('a smoke test hands nothing over', async () => {
    const { createHandOverTool } = await import('../../../app/dialogue/tools/hand-over.ts');
    const refused = new Proxy({}, { get: () => () => Promise.reject(new Error('written')) });
    const tool = createHandOverTool({
      handovers: refused,
      managerChatId: MANAGERS,
      appendOutbox: () => Promise.reject(new Error('sent')),
      dryRun: true,
    } as never);
    const steps = { effect: (_: unknown, work: (trx: unknown) => Promise<unknown>) => work({}) };
    const result = (await tool.hand_over({ reason: 'other', summary: 'x' }, { steps } as never, {} as never)) as { ok: boolean };
    assert.equal(result.ok, true);
  });
});
