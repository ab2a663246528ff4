import assert from 'node:assert/strict';
import { MANAGERS } from '../../support/path.ts';
import { BOT, createScene, type Scene } from '../../support/scene.ts';

const CUSTOMER = 100;
const UPGRADED = -1001000000002;
const photo = (id: string) => [{ file_id: id, file_unique_id: id, width: 90, height: 90 }];

describe('managers in their group', () => {
  let scene: Scene;
  before(async () => {
    scene = await createScene();
  });
  after(() => scene.path.stop());
  beforeEach(async () => {
    await scene.path.reset();
    scene.modelHandsOver();
    await scene.path.write({ chatId: CUSTOMER, text: 'Позовите человека!' });
    await scene.path.answerAll();
    await scene.sendAll();
    scene.modelTalks();
  });

  type Message = { role: string; author: string | null; text: string; lane_key: string };
  const dialogue = (): Promise<Message[]> =>
    scene
      .db<Message>('message')
      .where({ lane_key: `${BOT.id}:${CUSTOMER}` })
      .orderBy('id');
  const relays = async () => (await scene.rows(CUSTOMER)).filter(({ kind }) => kind === 'relay').map(({ payload }) => payload);
  const group = async (): Promise<string[]> => (await scene.texts(MANAGERS)).slice(1);
  const answerAll = () => scene.path.answerAll();

  it('a reply goes to the customer once, is a person’s word in the dialogue, and makes it the manager’s', async () => {
    await scene.reply('жалоба', 'Здравствуйте! Приезжайте завтра');
    await answerAll();
    assert.deepEqual(await relays(), [{ text: 'Менеджер: Здравствуйте! Приезжайте завтра', entities: [{ type: 'bold', offset: 0, length: 9 }] }]);
    const said = (await dialogue()).at(-1);
    assert.deepEqual([said?.role, said?.author, said?.text], ['assistant', 'manager', 'Здравствуйте! Приезжайте завтра']);
    assert.notEqual((await scene.handovers())[0]?.last_manager_at, null);
    assert.deepEqual(await group(), []);
  });

  it('a booking’s notice can be replied to as well: the bot keeps silent from then on', async () => {
    const book = {
      name: 'create_booking',
      args: { phone: '+79123450000', name: 'Борис', car: { brand: 'Лада' }, services: ['Полировка'], summary: 'полировка' },
    };
    scene.path.model.answerWith(({ messages }) => (messages.some(({ role }) => role === 'tool') ? { text: 'Записал' } : { call: [book] }));
    await scene.path.write({ chatId: 200, text: 'запишите' });
    await answerAll();
    await scene.sendAll();
    await scene.reply('Заявка №1', 'Борис, когда вам удобно?');
    await answerAll();
    assert.match((await scene.texts(200)).at(-1) ?? '', /Борис, когда вам удобно\?/);
    scene.path.model.requests.length = 0;
    await scene.path.write({ chatId: 200, text: 'Завтра' });
    await answerAll();
    assert.equal(scene.path.model.requests.length, 0);
    assert.match((await scene.texts(MANAGERS)).at(-1) ?? '', /Завтра/);
    assert.ok(!(await scene.texts(200)).some((text) => text.startsWith('Передал ваше')), 'the manager is there already');
  });

  it('so can what the customer wrote meanwhile, and the notice of a dead letter', async () => {
    await scene.path.write({ chatId: CUSTOMER, text: 'Вы тут?' });
    await answerAll();
    await scene.sendAll();
    await scene.reply('Вы тут?', 'Тут');
    await answerAll();
    assert.equal((await relays()).length, 1);
    await scene.db('outbox').insert({
      bot_id: BOT.id,
      chat_id: MANAGERS,
      seq: 0,
      kind: 'notice',
      state: 'sent',
      format: 1,
      payload: { text: 'мертво', entities: [] },
      turn_id: `${BOT.id}:300#77`,
      message_id: 8000,
    });
    await scene.inGroup({ text: 'Извините за ошибку', more: scene.replying(8000) });
    await answerAll();
    assert.match((await scene.texts(300)).at(-1) ?? '', /Извините за ошибку/);
  });

  it('a photo goes with its caption, an album whole, a long caption as a text behind', async () => {
    await scene.inGroup({ more: { photo: photo('p1'), caption: 'Вот она', ...scene.replying(await scene.notice('жалоба')) } });
    await answerAll();
    const album = { ...scene.replying(await scene.notice('жалоба')), media_group_id: 'a' };
    await scene.inGroup({ more: { photo: photo('p2'), ...album } });
    await scene.inGroup({ more: { photo: photo('p3'), caption: 'я'.repeat(1024), ...album } });
    await scene.db.raw(`UPDATE inbox SET received_at = received_at - interval '10 seconds' WHERE done_at IS NULL`);
    await answerAll();
    const sent = await relays();
    assert.deepEqual(
      sent.map(({ photos, text }) => [photos ?? [], text.length]),
      [
        [['p1'], 'Менеджер: Вот она'.length],
        [['p2', 'p3'], 'Фото'.length],
        [[], 1024 + 'Менеджер: '.length],
      ],
    );
    assert.deepEqual(
      (await dialogue()).slice(-2).map(({ text }) => text.slice(0, 12)),
      ['[фото] Вот о', '[фото: 2] яя'],
    );
  });

  it('an album stays whole while the group goes on talking', async () => {
    const album = { ...scene.replying(await scene.notice('жалоба')), media_group_id: 'a' };
    await scene.inGroup({ more: { photo: photo('p1'), caption: 'было и стало', ...album } });
    await scene.inGroup({ text: 'кто на обед?' });
    await answerAll(); // looks between the parts
    await scene.inGroup({ more: { photo: photo('p2'), ...album } });
    await scene.db.raw(`UPDATE inbox SET received_at = received_at - interval '10 seconds' WHERE done_at IS NULL; UPDATE lane SET not_before = NULL`);
    await answerAll();
    assert.deepEqual(
      (await relays()).map(({ photos }) => photos),
      [['p1', 'p2']],
    );
  });

  it('a corrected reply is relayed once more and says so; one that only looks edited is not', async () => {
    const id = await scene.reply('жалоба', 'Приезжайте в 10');
    await answerAll();
    const again = async (text: string) => {
      await scene.inGroup({ messageId: id, edit: true, text, more: scene.replying(await scene.notice('жалоба')) });
      await answerAll();
    };
    await again('Приезжайте в 10');
    await again('Приезжайте в 11');
    await again('Приезжайте в 11');
    assert.deepEqual(
      (await relays()).map(({ text }) => text),
      ['Менеджер: Приезжайте в 10', 'Менеджер: (исправлено) Приезжайте в 11'],
    );
  });

  it('a reply corrected before it was read is relayed in its last words', async () => {
    const id = await scene.reply('жалоба', 'Приезжайте в 10');
    await scene.inGroup({ messageId: id, edit: true, text: 'Приезжайте в 11', more: scene.replying(await scene.notice('жалоба')) });
    await answerAll();
    assert.deepEqual(
      (await relays()).map(({ text }) => text),
      ['Менеджер: Приезжайте в 11'],
    );
  });

  it('/ai gives the dialogue back at once', async () => {
    await scene.reply('жалоба', 'Здравствуйте');
    await scene.reply('жалоба', '/ai@valera_bot');
    await answerAll();
    assert.deepEqual(await group(), ['Разговор с клиентом снова ведёт бот.']);
    assert.deepEqual((await relays()).length, 1);
    await scene.path.write({ chatId: CUSTOMER, text: 'Сколько стоит мойка?' });
    await answerAll();
    assert.equal((await scene.texts(CUSTOMER)).at(-1), 'Отвечаю я, бот.');
    await scene.sendAll();
    await scene.reply('снова ведёт бот', '/ai');
    await answerAll();
    assert.equal((await group()).at(-1), 'Разговор с клиентом и так ведёт бот.');
  });

  const lines: [what: string, parts: () => Promise<object>, expected: RegExp | undefined][] = [
    ['small talk', () => Promise.resolve({ text: 'обед' }), undefined],
    [
      'a call by name',
      () => Promise.resolve({ text: '@valera_bot что ты умеешь', more: { entities: [{ type: 'mention', offset: 0, length: 11 }] } }),
      /ответьте \(Reply\)/,
    ],
    [
      'a voice in reply',
      async () => ({ more: { voice: { file_id: 'v', file_unique_id: 'v', duration: 1 }, ...scene.replying(await scene.notice('жалоба')) } }),
      /только текст и фото/,
    ],
    ['a command of another kind', async () => ({ text: '/start', more: scene.replying(await scene.notice('жалоба')) }), /ответьте \(Reply\)/],
    ['a reply to something unknown', () => Promise.resolve({ text: 'да', more: scene.replying(5) }), /Не нашёл/],
    ['another bot', async () => ({ text: 'да', isBot: true, more: scene.replying(await scene.notice('жалоба')) }), undefined],
    ['another group', async () => ({ chatId: -555, text: 'да', more: scene.replying(await scene.notice('жалоба')) }), undefined],
  ];
  for (const [what, parts, expected] of lines) {
    it(`${what}: ${expected ? 'one line, in reply' : 'silence'}, and nothing for the customer`, async () => {
      const id = await scene.inGroup(await parts());
      await answerAll();
      assert.deepEqual(await relays(), []);
      const said = (await scene.rows(MANAGERS)).slice(1);
      assert.equal(said.length, expected ? 1 : 0);
      if (expected) assert.match(said[0]?.payload.text ?? '', expected);
      if (expected) assert.equal(said[0]?.payload.replyTo, id);
      assert.deepEqual(await scene.texts(-555), []);
    });
  }

  it('an administrator who writes anonymously is a manager', async () => {
    await scene.reply('жалоба', 'Слушаю', { from: { id: 1087968824, is_bot: true, first_name: 'Group' }, sender_chat: { id: MANAGERS, type: 'supergroup' } });
    await answerAll();
    assert.equal((await relays()).length, 1);
  });

  it('of the group nothing is kept: neither texts nor the updates, which quote customers', async () => {
    await scene.inGroup({ text: 'обед в час' });
    await scene.reply('жалоба', 'Слушаю');
    await answerAll();
    assert.equal((await scene.db('message').whereNot({ lane_key: `${BOT.id}:${CUSTOMER}` })).length, 0);
    assert.equal(
      (
        await scene
          .db('inbox')
          .where({ lane_key: `${BOT.id}:${MANAGERS}` })
          .whereNotNull('body')
      ).length,
      0,
    );
    assert.equal(
      (
        await scene
          .db('inbox')
          .where({ lane_key: `${BOT.id}:${MANAGERS}` })
          .whereNull('done_at')
      ).length,
      0,
    );
  });

  it('/reset blanks what told the group that a reply had not come through', async () => {
    const lost = { text: 'Ждём по телефону 79990001122', entities: [], about: CUSTOMER };
    await scene
      .db('outbox')
      .insert({ bot_id: BOT.id, chat_id: MANAGERS, seq: 0, kind: 'notice', state: 'sent', format: 1, payload: lost, turn_id: 'x', message_id: 8000 });
    await scene.path.write({ chatId: CUSTOMER, text: '/reset' });
    await answerAll();
    assert.ok(!JSON.stringify(await scene.rows(MANAGERS)).includes('79990001122'));
  });

  it('when the group has become a supergroup, replies work there, to old messages and new ones', async () => {
    await scene.db('outbox_chat').where({ chat_id: MANAGERS }).update({ migrated_to: UPGRADED });
    await scene.inGroup({ chatId: UPGRADED, text: 'из новой группы', more: scene.replying(await scene.notice('жалоба')) });
    await answerAll();
    assert.deepEqual(
      (await relays()).map(({ text }) => text),
      ['Менеджер: из новой группы'],
    );
  });

  it('any photo of an album of ours can be replied to', async () => {
    await scene.db('outbox').insert({
      bot_id: BOT.id,
      chat_id: MANAGERS,
      seq: 0,
      kind: 'notice',
      state: 'sent',
      format: 1,
      payload: { text: '', entities: [], photos: ['a', 'b', 'c'] },
      turn_id: `${BOT.id}:300#77`,
      message_id: 8000,
    });
    await scene.inGroup({ text: 'третье', more: scene.replying(8002) });
    await scene.inGroup({ text: 'мимо', more: scene.replying(8003) });
    await answerAll();
    assert.deepEqual(await scene.texts(300), ['Менеджер: третье']);
    assert.match((await group()).at(-1) ?? '', /Не нашёл/);
  });

  it('a turn that two workers finish relays once', async () => {
    await scene.reply('жалоба', 'Здравствуйте');
    const stale = await scene.path.claim();
    await scene.db('lane').where({ key: stale.key }).update({ lease_until: null });
    const fresh = await scene.path.claim();
    await scene.path.engine()(fresh, new AbortController().signal);
    await assert.rejects(scene.path.engine()(stale, new AbortController().signal), { code: 'FENCE_LOST' });
    await answerAll();
    assert.equal((await relays()).length, 1);
    assert.equal((await dialogue()).filter(({ author }) => author === 'manager').length, 1);
  });

  it('let back into the group, the bot sends what had been held; the same when a customer unblocks it', async () => {
    await scene.db.raw(`UPDATE outbox SET state = 'held', not_before = clock_timestamp() + interval '1 hour', done_at = NULL WHERE chat_id = ?`, [MANAGERS]);
    await scene.db.raw(`UPDATE outbox_chat SET ready_at = clock_timestamp() + interval '1 hour' WHERE chat_id = ?`, [MANAGERS]);
    await scene.db('client').insert({ telegram_user_id: CUSTOMER, blocked_at: new Date() });
    const change = (id: number, chat: object, status: string) =>
      scene.path.receive({ update_id: id, my_chat_member: { chat, from: { id: 1 }, date: 0, new_chat_member: { status, user: BOT } } });
    await change(90_000, { id: MANAGERS, type: 'supergroup' }, 'kicked');
    await answerAll();
    const due = async () => (await scene.db('outbox').where({ chat_id: MANAGERS, state: 'held' }).whereNull('not_before')).length;
    assert.equal(await due(), 0);
    await change(90_001, { id: MANAGERS, type: 'supergroup' }, 'member');
    await change(90_002, { id: CUSTOMER, type: 'private' }, 'member');
    await answerAll();
    assert.equal(await due(), 1);
    assert.equal((await scene.db('outbox_chat').where({ chat_id: MANAGERS }).whereRaw('ready_at <= clock_timestamp()')).length, 1);
    assert.equal((await scene.db('client').whereNull('blocked_at')).length, 1);
  });
});
