import assert from 'node:assert/strict';
import { MANAGERS } from '../../support/path.ts';
import { createScene, HAND_OVER, type Scene } from '../../support/scene.ts';

const CUSTOMER = 100;
const sizes = (id: string) =>
  ['s', 'x', 'y'].map((letter, index) => ({ file_id: `${id}-${letter}`, file_unique_id: `${id}${letter}`, width: 100 * (index + 1), height: 90 }));
const BOOK = { name: 'create_booking', args: { phone: '+79123450000', name: 'Анна', car: { brand: 'Лада' }, services: ['Полировка'], summary: 'полировка' } };

describe('a customer’s photos', () => {
  let scene: Scene;
  before(async () => {
    scene = await createScene();
  });
  after(() => scene.path.stop());
  beforeEach(() => scene.path.reset());

  const photo = (id: string, more: object = {}, parts: object = {}) => scene.path.write({ chatId: CUSTOMER, ...parts, more: { photo: sizes(id), ...more } });
  const quiet = () => scene.db.raw(`UPDATE inbox SET received_at = received_at - interval '2 seconds' WHERE done_at IS NULL`);
  const asked = () => scene.path.model.requests.map(({ messages }) => messages.at(-1)?.content);
  const shown = async () => (await scene.rows(MANAGERS)).flatMap(({ payload }) => (payload.photos ? [[payload.text, ...payload.photos]] : []));
  const answerAll = () => scene.path.answerAll();
  const book = async (): Promise<void> => {
    scene.path.model.answerWith(({ messages }) => (messages.at(-1)?.role === 'tool' ? { text: 'Записал' } : { call: [BOOK] }));
    await scene.path.write({ chatId: CUSTOMER, text: 'запишите' });
    await answerAll();
    scene.path.model.answerWith(() => ({ text: 'Вижу.' }));
  };

  it('are answered like words, kept by the file id of the largest size, and shown to nobody yet', async () => {
    await photo('a', { caption: 'вмятина' });
    await answerAll();
    await photo('b');
    await answerAll();
    assert.deepEqual(asked(), ['[фото] вмятина', '[фото]']);
    const kept = await scene.db<{ file_id: string }>('attachment').orderBy('id');
    assert.deepEqual(
      kept.map((row) => row.file_id),
      ['a-y', 'b-y'],
    );
    assert.deepEqual(await shown(), []);
  });

  it('an album is one turn, one marker, one answer', async () => {
    await photo('a', { media_group_id: '7' });
    await photo('b', { media_group_id: '7', caption: 'бампер' });
    await photo('c', { media_group_id: '7', caption: 'и крыло' });
    await quiet();
    await answerAll();
    assert.deepEqual(asked(), ['[фото: 3] бампер; и крыло']);
    assert.equal((await scene.texts(CUSTOMER)).length, 1);
    assert.equal((await scene.db('attachment')).length, 3);
  });

  it('an edited caption is answered, an unchanged one is not, and the photo stays one', async () => {
    const id = await photo('a', { caption: 'вмятина' });
    await answerAll();
    await photo('a', { caption: 'вмятина' }, { messageId: id, edit: true });
    await answerAll().catch(() => undefined);
    const afterUnchanged = asked().length;
    await photo('a', { caption: 'две вмятины' }, { messageId: id, edit: true });
    await answerAll();
    assert.equal(afterUnchanged, 1);
    assert.equal(asked().at(-1), '[фото] две вмятины');
    assert.equal((await scene.db('attachment')).length, 1);
  });

  it('sent before the booking, they come with it; sent after it, at once', async () => {
    await photo('a');
    await answerAll();
    await book();
    const withBooking = await shown();
    await photo('b', { caption: 'ещё' });
    await answerAll();
    assert.deepEqual(
      withBooking.map(([, ...ids]) => ids),
      [['a-y']],
    );
    assert.deepEqual((await shown()).slice(1), [['Фото к заявке №1', 'b-y']]);
    assert.equal((await scene.texts(MANAGERS)).filter((text) => text.startsWith('Заявка №1')).length, 1);
  });

  it('of a customer whose visit was long ago they only wait for what comes next', async () => {
    await book();
    const longAgo = new Date(Date.now() - 100 * 86_400_000);
    await scene.db('booking').update({ created_at: longAgo, wished_at: longAgo });
    await photo('b', { caption: 'другая царапина' });
    await answerAll();
    assert.deepEqual(await shown(), []);
    assert.equal((await scene.db('attachment').whereNull('shown_at')).length, 1);
    await book();
    assert.deepEqual(await shown(), [['Фото к заявке №2', 'b-y']]);
  });

  it('come with a hand-over, and afterwards with each message that goes to the manager', async () => {
    await photo('a');
    await answerAll();
    scene.modelHandsOver(HAND_OVER);
    await scene.path.write({ chatId: CUSTOMER, text: 'Позовите человека' });
    await answerAll();
    await scene.sendAll();
    assert.deepEqual(await shown(), [['Фото клиента: Анна', 'a-y']]);
    await photo('b', { media_group_id: '8' });
    await photo('c', { media_group_id: '8', caption: 'вот здесь' });
    await photo('d', { media_group_id: '9' });
    await quiet();
    await answerAll();
    const last = (await scene.rows(MANAGERS)).slice(2).map(({ payload }) => [payload.text.includes('вот здесь'), payload.photos ?? [], payload.replyTo]);
    const anchor = (await scene.rows(MANAGERS))[0]?.message_id;
    assert.deepEqual(last, [
      [true, [], anchor],
      [false, ['b-y', 'c-y', 'd-y'], anchor],
    ]);
  });

  it('go to the group with the question that the model could not answer', async () => {
    scene.path.model.answerWith(() => ({ status: 500 }));
    await photo('a', { caption: 'сколько это будет стоить?' });
    await answerAll();
    assert.deepEqual(await shown(), [['Фото клиента: Анна', 'a-y']]);
  });

  it('are shown once, whatever dies', async () => {
    await book();
    await photo('b');
    const stale = await scene.path.claim();
    await scene.db('lane').where({ key: stale.key }).update({ lease_until: null });
    const fresh = await scene.path.claim();
    await scene.path.engine()(fresh, new AbortController().signal);
    await assert.rejects(scene.path.engine()(stale, new AbortController().signal), { code: 'FENCE_LOST' });
    assert.deepEqual(await shown(), [['Фото к заявке №1', 'b-y']]);
  });

  it('/reset forgets them', async () => {
    await photo('planted');
    await answerAll();
    await scene.path.write({ chatId: CUSTOMER, text: '/reset' });
    await answerAll();
    assert.deepEqual(await scene.db('attachment'), []);
  });
});
