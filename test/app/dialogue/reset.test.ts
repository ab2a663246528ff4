import assert from 'node:assert/strict';
import { rowsOf } from '../../../app/db/connect.ts';
import { createPath, MANAGERS, type Path } from '../../support/path.ts';

const PHONE = '79123450000';
const WORD = 'планетарий';
const BOOK = { name: 'create_booking', args: { phone: `+${PHONE}`, name: 'Анна', car: { brand: 'Лада' }, services: ['Полировка'], summary: 'полировка' } };

describe('/reset', () => {
  let path: Path;
  before(async () => {
    path = await createPath();
  });
  after(() => path.stop());
  beforeEach(() => path.reset());

  /** Every row of every table as text. */
  const dump = async (): Promise<string> => {
    const tables = await rowsOf<{ name: string }>(path.db.raw(`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`));
    const texts = await Promise.all(
      tables.map(async ({ name }) =>
        (await rowsOf<{ row: string }>(path.db.raw(`SELECT t::text AS row FROM "${name}" t`))).map(({ row }) => `${name}: ${row}`).join('\n'),
      ),
    );
    const bodies = await rowsOf<{ body: string }>(path.db.raw(`SELECT convert_from(body, 'UTF8') AS body FROM inbox WHERE body IS NOT NULL`));
    return [...texts, ...bodies.map(({ body }) => body)].join('\n');
  };
  const linesWith = async (part: string): Promise<string[]> => (await dump()).split('\n').filter((line) => line.includes(part));
  const sendAll = () => path.db('outbox').update({ state: 'sent', done_at: new Date() });

  it('leaves no trace of who they are and what they wrote', async () => {
    path.model.answerWith(({ messages }) => ({ text: `Вы написали: ${messages.at(-1)?.content ?? ''}` }));
    await path.write({ text: `мой телефон ${PHONE}, ${WORD}` });
    await path.write({ text: '/start' });
    await path.answerAll();
    await sendAll();
    await path.write({ text: `ещё раз ${PHONE}` }); // answered, but not sent yet
    await path.answerAll();
    assert.ok((await linesWith(PHONE)).length >= 4, 'the words are really there before');
    await path.write({ text: '/reset' });
    await path.answerAll();
    for (const part of [PHONE, WORD]) assert.deepEqual(await linesWith(part), []);
    const left = (await path.outbox(100)).filter((text) => text !== '');
    assert.equal(left.length, 1);
    assert.match(left[0] ?? '', /удалены/);
    assert.equal((await path.db('event')).length, 0);
  });

  it('nor of photos, summaries, hand-overs and what the model cost him before today', async () => {
    const lane = '123456789:100';
    path.model.answerWith(({ messages }) =>
      messages.at(-1)?.role === 'tool'
        ? { text: 'Передал.' }
        : { call: [{ name: 'hand_over', args: { reason: 'complaint', summary: `${WORD}, перезвонить <phone:1>` } }] },
    );
    const photo = [{ file_id: `file-${WORD}`, file_unique_id: 'u', width: 1, height: 1 }];
    await path.write({ more: { photo, caption: `позовите человека, ${WORD}, ${PHONE}` } });
    await path.answerAll();
    await sendAll();
    await path.db('summary').insert({ lane_key: lane, turn_id: 't', up_to_message_id: 1, text: `${WORD} ${PHONE}` });
    await path
      .db('llm_call')
      .where({ lane_key: lane })
      .limit(1)
      .update({ at: new Date(Date.now() - 2 * 86_400_000), turn_id: WORD });
    const tables = (lines: readonly string[]): string[] => [...new Set(lines.map((line) => line.slice(0, line.indexOf(':'))))];
    const before = tables(await linesWith(WORD));
    for (const table of ['attachment', 'llm_call', 'message', 'outbox', 'step', 'summary']) assert.ok(before.includes(table), `${table}: ${before.join()}`);
    assert.equal((await path.db('handover')).length, 1);

    await path.write({ text: '/reset' });
    await path.answerAll();
    for (const part of [PHONE, WORD]) assert.deepEqual(await linesWith(part), []);
    for (const table of ['attachment', 'handover', 'summary']) assert.deepEqual(await path.db(table), [], table);
    assert.ok((await path.db('llm_call').where({ lane_key: '' })).length > 0, 'what the workshop paid stays counted');
    await path.write({ text: 'снова здравствуйте' });
    path.model.answerWith(() => ({ text: 'Здравствуйте!' }));
    await path.answerAll();
    assert.equal((await path.outbox(100)).at(-1), 'Здравствуйте!', 'the bot answers again, not the manager');
  });

  it('also the question that a manager got because the model had failed, once it was sent', async () => {
    path.model.answerWith(() => ({ status: 500 }));
    await path.write({ text: `${WORD} ${PHONE}` });
    await path.answerAll();
    await sendAll();
    await path.write({ text: '/reset' });
    await path.answerAll();
    assert.deepEqual(await linesWith(WORD), []);
  });

  it('keeps the booking and its notice, and says so by number', async () => {
    path.model.answerWith(({ messages }) => (messages.some(({ role }) => role === 'tool') ? { text: 'Записал' } : { call: [BOOK] }));
    await path.write({ text: `запишите, ${WORD}` });
    await path.answerAll();
    await path.write({ text: '/reset' });
    await path.answerAll();
    assert.match((await path.outbox(100)).at(-1) ?? '', /Заявка №1 .* остаётся/);
    assert.deepEqual((await linesWith(PHONE)).map((line) => line.slice(0, line.indexOf(':'))).toSorted(), ['client', 'outbox']);
    assert.match((await path.outbox(MANAGERS))[0] ?? '', /Заявка №1/);
    assert.deepEqual(await linesWith(WORD), []);
  });

  it('touches nobody else, and the dialogue starts anew', async () => {
    await path.write({ chatId: 200, text: `чужое: ${WORD}` });
    await path.write({ chatId: 100, text: 'моё' });
    await path.answerAll();
    await path.write({ chatId: 100, text: '/reset' });
    await path.answerAll();
    assert.ok((await linesWith(WORD)).length >= 2);
    await path.write({ chatId: 100, text: 'снова здравствуйте' });
    await path.answerAll();
    const seen =
      path.model.requests
        .at(-1)
        ?.messages.map((message) => message.content)
        .join('\n') ?? '';
    assert.ok(!seen.includes('моё') && !seen.includes(WORD));
  });
});
