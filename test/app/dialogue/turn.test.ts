import assert from 'node:assert/strict';
import { TEXTS } from '../../../app/dialogue/texts.ts';
import { createPath, MANAGERS, type Path } from '../../support/path.ts';

const LANE_CALL = {
  name: 'create_booking',
  args: { phone: '+79123456789', car: { brand: 'Лада', model: 'Веста' }, services: ['Покраска бампера'], summary: 'бампер' },
};

describe('a turn from update to outbox', () => {
  let path: Path;
  before(async () => {
    path = await createPath();
  });
  after(() => path.stop());
  beforeEach(() => path.reset());

  const lastUserText = () => path.model.requests.at(-1)?.messages.findLast((message) => message.role === 'user')?.content;

  it('greets on /start without a model', async () => {
    await path.write({ text: '/start' });
    await path.answerAll();
    assert.equal(path.model.requests.length, 0);
    const [greeting] = await path.outbox(100);
    assert.ok(greeting && greeting.length > 20);
    assert.equal((await path.db('event').where({ name: 'greeting_sent' })).length, 1);
  });

  it('a command is a turn of its own: what was written before and after it is answered apart, in order', async () => {
    await path.write({ text: 'раз' });
    await path.write({ text: '/start' });
    await path.write({ text: 'два' });
    path.model.answerWith(({ messages }) => ({ text: `ответ на: ${messages.at(-1)?.content ?? ''}` }));
    await path.answerAll();
    const [first, greeting, second] = await path.outbox(100);
    assert.equal(first, 'ответ на: раз');
    assert.ok(greeting && !greeting.startsWith('ответ'));
    assert.equal(second, 'ответ на: два');
  });

  it('answers together what was written while the turn before ran', async () => {
    await path.write({ text: 'один' });
    path.model.answerWith(async ({ messages }) => {
      if (path.model.requests.length === 1) for (const text of ['два', 'три']) await path.write({ text });
      return { text: `на: ${messages.at(-1)?.content ?? ''}` };
    });
    await path.answerAll();
    assert.deepEqual(await path.outbox(100), ['на: один', 'на: два\nтри']);
    assert.deepEqual(await path.outcomes(), ['answered', 'answered', 'answered']);
  });

  it('the model sees the dialogue so far, of this chat alone', async () => {
    await path.write({ chatId: 100, text: 'моя тайна' });
    await path.write({ chatId: 200, text: 'я другой' });
    await path.answerAll();
    await path.write({ chatId: 200, text: 'что я писал?' });
    await path.answerAll();
    const seen = path.model.requests
      .at(-1)
      ?.messages.filter((message) => message.role !== 'system')
      .map((message) => message.content);
    assert.deepEqual(seen, ['я другой', 'Хорошо.', 'что я писал?']);
  });

  it('an edit before the answer replaces the text; the same text again after it is not answered, another one is', async () => {
    const id = await path.write({ text: 'бампр' });
    await path.write({ messageId: id, text: 'бампер', edit: true });
    await path.answerAll();
    assert.equal(lastUserText(), 'бампер');
    assert.deepEqual(await path.outcomes(), ['superseded', 'answered']);
    await path.write({ messageId: id, text: 'бампер', edit: true });
    await path.answerAll();
    assert.equal(path.model.requests.length, 1);
    assert.deepEqual(await path.outcomes(), ['superseded', 'answered', 'silent']);
    await path.write({ messageId: id, text: 'капот', edit: true });
    await path.answerAll();
    assert.equal(lastUserText(), 'капот');
    assert.equal((await path.outbox(100)).length, 2);
  });

  for (const what of ['voice', 'sticker', 'document', 'location']) {
    it(`one polite line for a ${what}`, async () => {
      await path.write({ more: { [what]: { file_id: 'x' } } });
      await path.answerAll();
      assert.deepEqual(await path.outbox(100), [TEXTS.unsupported]);
      assert.equal(path.model.requests.length, 0);
    });
  }

  it('three voices at once get one line', async () => {
    for (let n = 0; n < 3; n++) await path.write({ more: { voice: {} } });
    await path.answerAll();
    assert.deepEqual(await path.outbox(100), [TEXTS.unsupported]);
  });

  const silent: [what: string, parts: Parameters<Path['write']>[0]][] = [
    ['a group', { chatId: -500, userId: 7, text: 'всем привет', chatType: 'group' }],
    ['a supergroup, /start included', { chatId: -100500, userId: 7, text: '/start', chatType: 'supergroup' }],
    ['a channel', { chatId: -100501, userId: 7, text: 'пост', chatType: 'channel' }],
    ['another bot', { text: 'я бот', isBot: true }],
    ['a service message', { more: { pinned_message: {} } }],
  ];
  for (const [what, parts] of silent) {
    it(`silence towards ${what}`, async () => {
      await path.write(parts);
      await path.answerAll();
      assert.deepEqual(await path.outcomes(), ['silent']);
      assert.equal((await path.db('outbox')).length, 0);
      assert.equal(path.model.requests.length, 0);
    });
  }

  it('updates that are no messages are closed in silence, whatever they hold', async () => {
    const bodies = [
      '{"update_id":1,"poll":{}}',
      '{"update_id":2,"message":{"chat":{"id":1}}}',
      '{"update_id":3,"message":{"chat":{"id":1,"type":"private"},"message_id":1,"from":null,"text":5}}',
    ];
    for (const [index, body] of bodies.entries()) {
      await path.db('inbox').insert({ bot_id: 1, update_key: `${index}`, lane_key: '1:1', body: Buffer.from(body) });
    }
    await path.db.raw(`INSERT INTO lane (key, ready_at) VALUES ('1:1', clock_timestamp())`);
    await path.answerAll();
    assert.deepEqual(await path.outcomes(), ['silent', 'silent', 'silent']);
  });

  it('numbers at the start of a line reach the customer', async () => {
    path.model.answerWith(() => ({ text: 'Цены:\n\n14 000 ₽ — бампер\n18000 ₽ — капот\n1. 2019 год' }));
    await path.write({ text: 'сколько?' });
    await path.answerAll();
    const [text = ''] = await path.outbox(100);
    for (const part of ['14 000 ₽ — бампер', '18000 ₽ — капот', '1. 2019 год']) assert.ok(text.includes(part), text);
  });

  it('a text of 30 000 characters is answered, and the model gets an excerpt of it', async () => {
    await path.write({ text: 'покраска '.repeat(3_400) });
    await path.answerAll();
    assert.equal((await path.outbox(100)).length, 1);
    const sent = lastUserText() ?? '';
    assert.ok(sent.length < 13_000 && sent.endsWith('[сокращено]'), String(sent.length));
  });

  it('a long answer is split', async () => {
    path.model.answerWith(() => ({ text: Array.from({ length: 300 }, (_, n) => `Строка номер ${n} о покраске.`).join('\n\n') }));
    await path.write({ text: 'расскажи всё' });
    await path.answerAll();
    const parts = await path.outbox(100);
    assert.ok(parts.length >= 2 && parts.every((part) => part.length <= 4096));
    assert.ok(parts.join('\n').includes('Строка номер 299'));
  });

  it('NUL and lone surrogates in text and answer are stored and answered', async () => {
    path.model.answerWith(() => ({ text: 'о\u0000к \ud800' }));
    await path.write({ text: 'a\u0000b\ud800' });
    await path.answerAll();
    assert.deepEqual(await path.outbox(100), ['о\ufffdк \ufffd']);
  });

  it('a photo beside an unchanged edit still gets its line', async () => {
    const id = await path.write({ text: 'бампер' });
    await path.answerAll();
    await path.write({ more: { photo: [] } });
    await path.write({ messageId: id, text: 'бампер', edit: true });
    await path.answerAll();
    assert.equal((await path.outbox(100)).at(-1), TEXTS.unsupported);
  });

  it('ids that do not fit are nobody’s: silence, and nothing stays open', async () => {
    const body = (from: string, message: string) =>
      `{"update_id":1,"message":{"message_id":${message},"date":0,"chat":{"id":5,"type":"private"},"from":{"id":${from},"is_bot":false,"first_name":"x"},"text":"hi"}}`;
    for (const [index, text] of [body('9007199254740993', '1'), body('5', '1e300')].entries()) {
      await path.db('inbox').insert({ bot_id: 1, update_key: `${index}`, lane_key: '1:5', body: Buffer.from(text) });
    }
    await path.db.raw(`INSERT INTO lane (key, ready_at) VALUES ('1:5', clock_timestamp())`);
    await path.answerAll();
    assert.deepEqual(await path.outcomes(), ['silent', 'silent']);
  });

  it('the model sees the last messages of a long dialogue, no more than configured', async () => {
    for (let n = 1; n <= 6; n++) {
      await path.write({ text: `вопрос ${n}` });
      await path.answerAll(path.engine(path.workshop, path.configOf({ LLM_HISTORY_MESSAGES: 4 })));
    }
    const seen = path.model.requests
      .at(-1)
      ?.messages.filter(({ role }) => role === 'user')
      .map(({ content }) => content);
    assert.deepEqual(seen, ['вопрос 4', 'вопрос 5', 'вопрос 6']);
  });

  it('all calls of one answer share one time: what is over it is an honest sentence, not a longer wait', async () => {
    path.model.answerWith(async () => {
      await path.db.raw('SELECT pg_sleep(0.15)');
      return { call: [{ name: 'find_prices', args: { service: 'бампер' } }] };
    });
    await path.write({ text: 'сколько?' });
    await path.answerAll(path.engine(path.workshop, path.configOf({ LLM_TOTAL_TIMEOUT_MS: 400, LLM_ATTEMPT_TIMEOUT_MS: 400, LLM_MAX_STEPS: 100 })));
    assert.deepEqual(await path.outbox(100), [TEXTS.modelFailed]);
    assert.ok(path.model.requests.length <= 4, `${path.model.requests.length} calls`);
  });

  describe('when the model fails', () => {
    it('for long, the group is told once per customer, and the customer is not told twice that it was', async () => {
      path.model.answerWith(() => ({ status: 500 }));
      for (let n = 0; n < 4; n++) {
        await path.write({ text: `вопрос ${n}` });
        await path.answerAll();
      }
      assert.equal((await path.outbox(MANAGERS)).length, 1);
      assert.deepEqual(await path.outbox(100), [TEXTS.modelFailed, ...Array.from({ length: 3 }, () => TEXTS.modelStillFailing)]);
    });

    const failures: [what: string, script: Parameters<Path['model']['answerWith']>[0]][] = [
      ['with 500', () => ({ status: 500 })],
      ['with 401', () => ({ status: 401 })],
      ['with an empty answer', () => ({ text: '   ' })],
      ['with nonsense', () => ({ raw: { hello: 1 } })],
      ['with an endless run of look-ups', () => ({ call: [{ name: 'find_prices', args: { service: 'бампер' } }] })],
    ];
    for (const [what, script] of failures) {
      it(`${what}: an honest sentence, and a manager gets the question`, async () => {
        path.model.answerWith(script);
        await path.write({ text: 'покрасить бампер?' });
        await path.answerAll();
        assert.deepEqual(await path.outbox(100), [TEXTS.modelFailed]);
        const [notice = ''] = await path.outbox(MANAGERS);
        assert.ok(notice.includes('покрасить бампер?') && notice.includes('Анна'), notice);
      });
    }

    it('after the booking was made: the sentence names it, and never says that it failed', async () => {
      path.model.answerWith(({ messages }) => (messages.some(({ role }) => role === 'tool') ? { status: 500 } : { call: [LANE_CALL] }));
      await path.write({ text: 'запишите' });
      await path.answerAll();
      const [text = ''] = await path.outbox(100);
      assert.match(text, /заявка №1 принята/);
      assert.equal((await path.db('booking')).length, 1);
    });
  });

  it('wrong tool arguments are told to the model, which may correct them', async () => {
    const problems: string[] = [];
    path.model.answerWith(({ messages }) => {
      const result = messages.findLast(({ role }) => role === 'tool')?.content ?? '';
      if (result.includes('invalid arguments')) problems.push(result);
      if (problems.length === 0) return { call: [{ name: 'create_booking', args: { phone: 5 } }] };
      return result.includes('"ok":true') ? { text: 'Готово' } : { call: [LANE_CALL] };
    });
    await path.write({ text: 'запишите' });
    await path.answerAll();
    assert.equal(problems.length, 1);
    assert.deepEqual(await path.outbox(100), ['Готово']);
  });
});
