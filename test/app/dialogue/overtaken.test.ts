import assert from 'node:assert/strict';
import { createAppendOutbox } from '../../../app/outbox/append.ts';
import { untilBlocked } from '../../support/blocked.ts';
import { MANAGERS } from '../../support/path.ts';
import { BOT, createScene, HAND_OVER, type Scene } from '../../support/scene.ts';

const CUSTOMER = 100;
const LANE = `${BOT.id}:${CUSTOMER}`;
const WORD = 'Цену назову сам, бот ошибся';
const BOOK = {
  name: 'create_booking',
  args: { phone: '+79123450000', name: 'Анна', car: { brand: 'BMW', model: 'X5' }, services: ['Полировка'], summary: 'полировка' },
};

describe('a manager takes a dialogue while the bot is answering', () => {
  let scene: Scene;
  before(async () => {
    scene = await createScene();
  });
  after(() => scene.path.stop());
  beforeEach(async () => {
    await scene.path.reset();
    await scene.db('outbox').insert({
      bot_id: BOT.id,
      chat_id: MANAGERS,
      seq: 0,
      kind: 'notice',
      state: 'sent',
      format: 1,
      payload: { text: 'Заявка', entities: [] },
      turn_id: `${LANE}#0`,
      message_id: 8000,
    });
  });

  const managerWrites = async (text = WORD): Promise<void> => {
    await scene.inGroup({ text, more: scene.replying(8000) });
    await scene.path.answerAll();
  };
  const ask = async (text: string, more: object = {}): Promise<void> => {
    await scene.path.write({ chatId: CUSTOMER, text, more });
    const lane = await scene.path.claim();
    await scene.path.engine()(lane, new AbortController().signal);
  };
  const said = async (): Promise<string[]> =>
    (await scene.db<{ text: string; role: string; lane_key: string }>('message').where({ lane_key: LANE, role: 'assistant' }).orderBy('id')).map(
      ({ text }) => text,
    );
  const group = async (): Promise<string[]> => (await scene.texts(MANAGERS)).slice(1);

  it('the bot does not speak after them: what it would have said is dropped, and the customer’s words go to the group', async () => {
    scene.path.model.answerWith(async () => {
      await managerWrites();
      return { text: 'Я бот и отвечаю после менеджера.' };
    });
    await ask('а скидка будет?');
    assert.deepEqual(await scene.texts(CUSTOMER), [`Менеджер: ${WORD}`]);
    assert.deepEqual(await said(), [WORD]);
    const [passed, ...more] = await group();
    assert.match(passed ?? '', /^Клиент пишет[^]*а скидка будет\?/);
    assert.deepEqual(more, []);
    assert.ok((await scene.path.outcomes()).includes('silent'));
    assert.deepEqual(
      (await scene.db<{ name: string }>('event')).map(({ name }) => name).filter((name) => name === 'ai_response_time'),
      [],
    );
  });

  it('its photos go with the words', async () => {
    scene.path.model.answerWith(async () => {
      await managerWrites();
      return { text: 'Вижу.' };
    });
    await scene.path.write({ chatId: CUSTOMER, more: { caption: 'вот', photo: [{ file_id: 'f', file_unique_id: 'u', width: 90, height: 90 }] } });
    await scene.path.engine()(await scene.path.claim(), new AbortController().signal);
    assert.deepEqual(
      (await scene.rows(MANAGERS)).flatMap(({ payload }) => payload.photos ?? []),
      ['f'],
    );
    assert.equal((await scene.texts(CUSTOMER)).length, 1);
  });

  it('a booking that it has made stays, and is confirmed in one fixed sentence', async () => {
    scene.path.model.answerWith(async ({ messages }) => {
      if (messages.at(-1)?.role !== 'tool') return { call: [BOOK] };
      await managerWrites();
      return { text: 'Записал вас! А ещё могу предложить химчистку.' };
    });
    await ask('запишите');
    assert.deepEqual(await scene.texts(CUSTOMER), [`Менеджер: ${WORD}`, 'Ваша заявка №1 принята, менеджер перезвонит.']);
    assert.deepEqual(await said(), [WORD, 'Ваша заявка №1 принята, менеджер перезвонит.']);
    assert.equal((await scene.db('booking')).length, 1);
    assert.equal((await group()).filter((text) => text.startsWith('Клиент пишет')).length, 1);
  });

  it('neither an apology nor «менеджер подключится» comes behind a manager’s word', async () => {
    let asked = 0; // the model is asked again when it fails
    scene.path.model.answerWith(async () => {
      if (asked++ === 0) await managerWrites();
      return { status: 500 };
    });
    await ask('сколько стоит?');
    assert.deepEqual(await scene.texts(CUSTOMER), [`Менеджер: ${WORD}`]);
    assert.deepEqual(
      (await group()).filter((text) => !text.startsWith('Клиент пишет')),
      [],
    );
  });

  it('one who answers the bot’s own hand-over before its last sentence is not talked over either', async () => {
    scene.path.model.answerWith(async ({ messages }) => {
      if (messages.at(-1)?.role !== 'tool') return { call: [HAND_OVER] };
      await scene.sendAll();
      await scene.reply('жалоба', 'Слушаю вас');
      await scene.path.answerAll();
      return { text: 'Передал менеджеру, он скоро ответит.' };
    });
    await ask('Позовите человека');
    assert.deepEqual(await scene.texts(CUSTOMER), ['Менеджер: Слушаю вас']);
  });

  it('one who wrote first and was then handed the dialogue by the bot is not talked over either', async () => {
    scene.path.model.answerWith(async ({ messages }) => {
      if (messages.at(-1)?.role === 'tool') return { text: 'Передал менеджеру, он скоро ответит.' };
      await managerWrites();
      return { call: [HAND_OVER] };
    });
    await ask('Позовите человека');
    assert.deepEqual(await scene.texts(CUSTOMER), [`Менеджер: ${WORD}`]);
  });

  it('one who gave the dialogue back at once lets the bot’s answer through', async () => {
    scene.path.model.answerWith(async () => {
      await managerWrites();
      await managerWrites('/ai');
      return { text: 'Отвечаю я.' };
    });
    await ask('а скидка будет?');
    assert.deepEqual(await scene.texts(CUSTOMER), [`Менеджер: ${WORD}`, 'Отвечаю я.']);
  });

  it('another customer’s manager is nobody’s here', async () => {
    await scene
      .db('outbox')
      .where({ message_id: 8000 })
      .update({ turn_id: `${BOT.id}:200#0` });
    scene.path.model.answerWith(async () => {
      await managerWrites();
      return { text: 'Отвечаю я.' };
    });
    await ask('а скидка будет?');
    assert.deepEqual(await scene.texts(CUSTOMER), ['Отвечаю я.']);
  });

  it('a word that is being written while the turn commits comes before its answer, or after it, never unseen', async () => {
    await scene.path.write({ chatId: CUSTOMER, text: 'а скидка будет?' });
    const customers = await scene.path.claim();
    await scene.inGroup({ text: WORD, more: scene.replying(8000) });
    const groups = await scene.path.claim();
    const signal = new AbortController().signal;
    let managers: Promise<void> | undefined;
    let customer: Promise<void> | undefined;
    await scene.db.transaction(async (holding) => {
      // the manager's commit has written all but its last: it waits for the customer's chat
      await createAppendOutbox(BOT.id)(holding, [{ chatId: CUSTOMER, kind: 'answer', text: { text: 'раньше', entities: [] } }], {
        turnId: 'x',
        traceparent: undefined,
      });
      scene.path.model.answerWith(async () => {
        managers = scene.path.engine()(groups, signal);
        await untilBlocked(scene.db, 1);
        return { text: 'Я бот и отвечаю после менеджера.' };
      });
      customer = scene.path.engine()(customers, signal);
      await untilBlocked(scene.db, 2);
    });
    await Promise.all([managers, customer]);
    assert.deepEqual(await scene.texts(CUSTOMER), ['раньше', `Менеджер: ${WORD}`]);
  });
});
