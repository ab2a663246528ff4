import assert from 'node:assert/strict';
import { rowsOf } from '../../../app/db/connect.ts';
import { systemClock as clock } from '../../../app/kit/clock.ts';
import { silentLogger as logger } from '../../../app/kit/logger.ts';
import { createDeadLetter } from '../../../app/lanes/dead-letter.ts';
import { createAppendOutbox } from '../../../app/outbox/append.ts';
import { eraseAbout } from '../../../app/outbox/origin.ts';
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
    const newest = (await path.db('message').max('id as id').first()) as { id: number } | undefined;
    await path.db('summary').insert({ lane_key: lane, turn_id: 't', up_to_message_id: newest?.id, text: `${WORD} ${PHONE}` });
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

  it('nor of what a manager quoted in a reply that was given up', async () => {
    const quoted = { message_id: 5, date: 0, chat: { id: MANAGERS, type: 'supergroup' }, from: { id: 123456789, is_bot: true, first_name: 'V' }, text: WORD };
    await path.write({ chatId: MANAGERS, userId: 9, chatType: 'supergroup', text: 'ответ', more: { reply_to_message: quoted } });
    assert.equal((await linesWith(WORD)).length, 1);
    const appendOutbox = createAppendOutbox(123456789);
    const deadLetter = createDeadLetter({ db: path.db, appendOutbox, managerChatId: MANAGERS, metrics: path.metrics, clock, logger });
    await deadLetter(await path.claim());
    assert.deepEqual([await path.outcomes(), await linesWith(WORD)], [['dead'], []]);
    await path.write({ text: `вопрос: ${WORD}` });
    await deadLetter(await path.claim());
    assert.equal((await linesWith(WORD)).length, 1, 'a customer’s own update is kept for whoever looks into it; /reset finds it');
  });

  it('finds the notices about a customer by an index', async () => {
    await path.db.raw(`INSERT INTO outbox (bot_id, chat_id, seq, kind, state, format, payload, done_at)
      SELECT 123456789, ${MANAGERS}, n, 'notice', 'sent', 1, CASE WHEN n % 100 = 0 THEN jsonb_build_object('text', 'x', 'about', n) ELSE '{"text":"x"}' END, now()
      FROM generate_series(1, 20000) n; ANALYZE outbox`);
    const read = await path.db.transaction(async (trx) => {
      // a connection's figures hold what its earlier transactions have not reported yet
      const scanned = async (): Promise<number> => {
        const sql = `SELECT coalesce(seq_tup_read, 0) AS n FROM pg_stat_xact_user_tables WHERE relname = 'outbox'`;
        return (await rowsOf<{ n: number }>(trx.raw(sql)))[0]?.n ?? 0;
      };
      const before = await scanned();
      await eraseAbout(trx, { botId: 123456789, chatId: 100 });
      return (await scanned()) - before;
    });
    assert.equal(read, 0);
    assert.equal((await path.db('outbox').where({ erase: true })).length, 1);
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
