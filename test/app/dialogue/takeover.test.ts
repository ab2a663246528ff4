import assert from 'node:assert/strict';
import { isAppError } from '../../../app/kit/errors.ts';
import { createPath, MANAGERS, type Path } from '../../support/path.ts';

const BOOK = {
  name: 'create_booking',
  args: { phone: '+79123456789', car: { brand: 'Лада', model: 'Веста' }, services: ['Покраска бампера'], summary: 'бампер' },
};

describe('a turn taken over by another process', () => {
  let path: Path;
  before(async () => {
    path = await createPath();
  });
  after(() => path.stop());
  beforeEach(() => path.reset());

  const never = new AbortController().signal;
  const expireLease = () => path.db.raw(`UPDATE lane SET lease_until = clock_timestamp() - interval '1 second'`);
  /** A model that looks up, books, then says so; `calls` counts what it was asked. */
  const bookingModel = () =>
    path.model.answerWith(({ messages }) => {
      const results = messages.filter(({ role }) => role === 'tool').length;
      if (results === 0) return { call: [{ name: 'find_prices', args: { service: 'покрасить бампер', car: 'Веста' } }] };
      if (results === 1) return { call: [BOOK] };
      return { text: 'Записал вас.' };
    });
  const facts = async () => ({
    bookings: (await path.db('booking')).length,
    events: (await path.db('event').where({ name: 'booking_request_created' })).length,
    notices: (await path.outbox(MANAGERS)).length,
    answers: await path.outbox(100),
  });
  const ONCE = { bookings: 1, events: 1, notices: 1, answers: ['Записал вас.'] };

  // The process dies at the n-th model call: everything before it is on disk.
  for (const deathAt of [1, 2, 3]) {
    it(`dead at model call ${deathAt}: one booking, one notice, one event, one answer, and no stored call is asked again`, async () => {
      await path.write({ text: 'запишите меня' });
      bookingModel();
      const dead = new AbortController();
      const script = path.model.requests;
      const first = await path.claim();
      path.model.answerWith(async (request) => {
        if (script.length < deathAt) return scripted(request.messages.filter(({ role }) => role === 'tool').length);
        dead.abort(new Error('killed'));
        return { hang: true };
      });
      await assert.rejects(path.engine()(first, dead.signal));
      await expireLease();
      bookingModel();
      await path.answerAll();
      assert.deepEqual(await facts(), ONCE);
      assert.equal(script.length, 4, 'three calls and the one that died');
    });
  }
  const scripted = (results: number) => {
    if (results === 0) return { call: [{ name: 'find_prices', args: { service: 'покрасить бампер', car: 'Веста' } }] };
    return results === 1 ? { call: [BOOK] } : { text: 'Записал вас.' };
  };

  it('words of a manager that were being written when the turn began are none of its past', async () => {
    await path.db('message').insert({ lane_key: '123456789:100', role: 'user', turn_id: 'old', text: 'раньше' });
    const manager = await path.db.transaction();
    await manager('message').insert({ lane_key: '123456789:100', role: 'assistant', author: 'manager', turn_id: 'g#1', text: 'слово менеджера' });
    await path.write({ text: 'вопрос' });
    const dead = new AbortController();
    path.model.answerWith(({ messages }) => {
      if (messages.at(-1)?.role !== 'tool') return scripted(0);
      dead.abort(new Error('killed'));
      return { hang: true };
    });
    await assert.rejects(path.engine()(await path.claim(), dead.signal));
    await manager.commit();
    await expireLease();
    const before = path.model.requests.length;
    path.model.answerWith(() => ({ text: 'Хорошо.' }));
    await path.answerAll();
    assert.equal(path.model.requests.length, before + 1, 'the stored look-up is replayed');
    assert.ok(!JSON.stringify(path.model.requests.at(-1)?.messages).includes('слово менеджера'));
  });

  it('a turn that release 0.1.0 froze goes on with what was said before it', async () => {
    await path.db('message').insert({ lane_key: '123456789:100', role: 'user', turn_id: 'old', text: 'раньше' });
    await path.write({ text: 'вопрос' });
    const dead = new AbortController();
    path.model.answerWith(() => {
      dead.abort(new Error('killed'));
      return { hang: true };
    });
    await assert.rejects(path.engine()(await path.claim(), dead.signal));
    await path.db('turn_input').update({ history_up_to: null });
    await expireLease();
    path.model.answerWith(() => ({ text: 'Хорошо.' }));
    await path.answerAll();
    const said = path.model.requests.at(-1)?.messages.slice(1);
    assert.deepEqual(
      said?.map(({ content }) => content),
      ['раньше', 'вопрос'],
    );
  });

  it('dead between the last model call and the commit', async () => {
    await path.write({ text: 'запишите меня' });
    bookingModel();
    const first = await path.claim();
    await path.db.raw(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'killed'; END $$;
      CREATE TRIGGER die BEFORE UPDATE OF done_at ON inbox FOR EACH ROW EXECUTE FUNCTION die()`);
    await assert.rejects(path.engine()(first, never));
    await path.db.raw('DROP TRIGGER die ON inbox; DROP FUNCTION die()');
    await expireLease();
    await path.answerAll();
    assert.deepEqual(await facts(), ONCE);
    assert.equal(path.model.requests.length, 3);
  });

  it('two processes hold the same turn: the old one is stopped by its fence, whatever it still does', async () => {
    await path.write({ text: 'запишите меня' });
    bookingModel();
    const old = await path.claim();
    let resume: () => void = () => undefined;
    const paused = new Promise<void>((resolve) => {
      resume = resolve;
    });
    path.model.answerWith(async ({ messages }) => {
      if (path.model.requests.length === 1) await paused; // the old owner sleeps inside its first call
      return scripted(messages.filter(({ role }) => role === 'tool').length);
    });
    const late = path.engine()(old, never);
    const refused = assert.rejects(late, (error) => isAppError(error, 'FENCE_LOST'));
    while (path.model.requests.length === 0) await path.db.raw('SELECT 1');
    await expireLease();
    await path.answerAll();
    resume();
    await refused;
    assert.deepEqual(await facts(), ONCE);
  });

  it('an update that arrives between death and takeover is not mixed into the frozen turn', async () => {
    await path.write({ text: 'первый' });
    path.model.answerWith(() => ({ hang: true }));
    const dead = new AbortController();
    const dying = assert.rejects(path.engine()(await path.claim(), dead.signal));
    while (path.model.requests.length === 0) await path.db.raw('SELECT 1');
    dead.abort(new Error('killed'));
    await dying;
    await path.write({ text: 'второй' });
    await expireLease();
    path.model.answerWith(({ messages }) => ({ text: `на: ${messages.at(-1)?.content ?? ''}` }));
    await path.answerAll();
    assert.deepEqual(await path.outbox(100), ['на: первый', 'на: второй']);
  });

  it('by a release with other content: model steps are asked anew, what was booked stays booked and is shown to the model', async () => {
    await path.write({ text: 'запишите меня' });
    const dead = new AbortController();
    path.model.answerWith(({ messages }) => {
      const results = messages.filter(({ role }) => role === 'tool').length;
      if (results < 2) return scripted(results);
      dead.abort(new Error('killed'));
      return { hang: true };
    });
    await assert.rejects(path.engine()(await path.claim(), dead.signal));
    await expireLease();
    bookingModel();
    await path.answerAll(path.engine({ ...path.workshop, prompt: 'Другие правила.' }));
    assert.deepEqual(await facts(), ONCE);
    const system =
      path.model.requests.find(({ messages }) => messages[0]?.content?.startsWith('Другие правила.') && messages[0].content.includes('Уже сделано'))
        ?.messages[0]?.content ?? '';
    assert.ok(system.includes('"number":1'), 'the new release knows the booking');
  });

  it('an update with an older number that is committed late does not start a second turn of the frozen one', async () => {
    // what Telegram delivers side by side (a callback beside a message, two pods) can be committed in any order
    const late = await path.db.transaction();
    const body = JSON.stringify({
      update_id: 77,
      message: { message_id: 77, date: 0, chat: { id: 100, type: 'private' }, from: { id: 100, is_bot: false, first_name: 'А' }, text: 'поздний' },
    });
    await late.raw(`INSERT INTO inbox (bot_id, update_key, lane_key, body) VALUES (123456789, 'late', '123456789:100', ?)`, [Buffer.from(body)]);
    await path.write({ text: 'запишите меня' });
    const dead = new AbortController();
    path.model.answerWith(({ messages }) => {
      const results = messages.filter(({ role }) => role === 'tool').length;
      if (results < 2) return scripted(results);
      dead.abort(new Error('killed'));
      return { hang: true };
    });
    await assert.rejects(path.engine()(await path.claim(), dead.signal));
    await late.commit();
    await expireLease();
    bookingModel();
    await path.answerAll();
    assert.equal((await path.db('booking')).length, 1);
    assert.equal((await path.db('turn_input')).length, 2);
    assert.equal((await path.db('message').where({ role: 'user', text: 'запишите меня' })).length, 1);
    assert.equal((await path.outbox(100)).length, 2);
  });

  it('two takeovers by other releases in a row: still one booking, shown to each of them', async () => {
    await path.write({ text: 'запишите меня' });
    const dieAfter = async (calls: number, prompt: string): Promise<void> => {
      const dead = new AbortController();
      const before = path.model.requests.length;
      path.model.answerWith(({ messages }) => {
        if (path.model.requests.length - before > calls) {
          dead.abort(new Error('killed'));
          return { hang: true };
        }
        const done = messages[0]?.content?.includes('Уже сделано') ?? false;
        const results = messages.filter(({ role }) => role === 'tool').length;
        return done && results === 0 ? { call: [{ name: 'find_prices', args: { service: prompt } }] } : scripted(results);
      });
      await assert.rejects(path.engine({ ...path.workshop, prompt })(await path.claim(), dead.signal));
      await expireLease();
    };
    await dieAfter(2, 'Правила первые.'); // look-up, booking, dead
    await dieAfter(1, 'Правила вторые.'); // forked, one step stored, dead
    path.model.answerWith(({ messages }) =>
      messages[0]?.content?.includes('Уже сделано')
        ? { text: 'Вы уже записаны.' }
        : { call: [{ ...BOOK, args: { ...BOOK.args, car: { brand: 'Неведомая' } } }] },
    );
    await path.answerAll(path.engine({ ...path.workshop, prompt: 'Правила третьи.' }));
    assert.deepEqual(await facts(), { ...ONCE, answers: ['Вы уже записаны.'] });
  });

  it('a takeover in the middle of a booking: the old owner’s transaction is refused, the heir books once', async () => {
    await path.write({ text: 'запишите меня' });
    const first = await path.claim();
    bookingModel();
    // the lane changes hands just when the model's wish to book is stored, before the booking itself
    await path.db.raw(`CREATE FUNCTION take_over() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.kind = 'model' AND NEW.result::text LIKE '%create_booking%' THEN UPDATE lane SET fence = fence + 1; END IF; RETURN NEW; END $$;
      CREATE TRIGGER take_over AFTER INSERT ON step FOR EACH ROW EXECUTE FUNCTION take_over()`);
    await assert.rejects(path.engine()(first, never), (error) => isAppError(error, 'FENCE_LOST'));
    await path.db.raw('DROP TRIGGER take_over ON step; DROP FUNCTION take_over()');
    assert.equal((await path.db('booking')).length, 0);
    await expireLease();
    bookingModel();
    await path.answerAll();
    assert.deepEqual(await facts(), ONCE);
  });

  it('two bookings asked for in one answer are two, also when the process dies between them and the next call', async () => {
    await path.write({ text: 'запишите обе' });
    const both = [BOOK, { ...BOOK, args: { ...BOOK.args, car: { brand: 'Kia', model: 'Rio' } } }];
    const dead = new AbortController();
    path.model.answerWith(({ messages }) => {
      if (!messages.some(({ role }) => role === 'tool')) return { call: both };
      dead.abort(new Error('killed'));
      return { hang: true };
    });
    await assert.rejects(path.engine()(await path.claim(), dead.signal));
    await expireLease();
    path.model.answerWith(({ messages }) => (messages.some(({ role }) => role === 'tool') ? { text: 'Обе.' } : { call: both }));
    await path.answerAll();
    assert.deepEqual(await facts(), { bookings: 2, events: 2, notices: 2, answers: ['Обе.'] });
  });
});

describe('a lane whose turns fail', () => {
  let path: Path;
  before(async () => {
    path = await createPath();
  });
  after(() => path.stop());
  beforeEach(() => path.reset());

  it('is tried again, and after the last attempt gets an apology while a manager gets a notice; what follows is answered', async () => {
    await path.write({ text: 'ядовитое' });
    let runs = 0;
    const good = path.engine();
    const config = path.configOf({ LANE_MAX_ATTEMPTS: 4 });
    await path.workUntilDone(async (lane, signal) => {
      runs++;
      if (runs < 4) throw new Error('the turn throws');
      return good(lane, signal);
    }, config);
    assert.equal(runs, 3);
    assert.deepEqual(await path.outcomes(), ['dead']);
    const [apology = ''] = await path.outbox(100);
    assert.match(apology, /Извините/);
    assert.equal((await path.outbox(MANAGERS)).length, 1);
    await path.write({ text: 'обычное' });
    await path.workUntilDone(good, config);
    assert.deepEqual(await path.outbox(100), [apology, 'Хорошо.']);
  });

  it('whose customer was booked before it gave up is not told that it failed', async () => {
    await path.write({ text: 'запишите меня' });
    path.model.answerWith(() => ({ call: [BOOK] }));
    const good = path.engine();
    let runs = 0;
    await path.workUntilDone(async (lane, signal) => {
      if (++runs > 1) throw new Error('the turn throws');
      const after = new AbortController();
      path.model.answerWith(({ messages }) => {
        if (!messages.some(({ role }) => role === 'tool')) return { call: [BOOK] };
        after.abort(new Error('thrown after the booking'));
        return { hang: true };
      });
      await good(lane, AbortSignal.any([signal, after.signal]));
    });
    assert.match((await path.outbox(100)).join(), /заявка №1 принята/);
    assert.doesNotMatch((await path.outbox(100)).join(), /ответить не получилось/);
  });

  it('runs alone after a crash, and takes no innocent neighbour with it', async () => {
    const running = new Set<string>();
    const beside: string[] = [];
    for (let chatId = 1; chatId <= 12; chatId++) await path.write({ chatId, text: 'привет' });
    await path.db.raw(`UPDATE lane SET attempts = 2 WHERE key LIKE '%:5' OR key LIKE '%:9'`); // both were claimed twice by processes that died
    const good = path.engine();
    await path.workUntilDone(async (lane, signal) => {
      running.add(lane.key);
      if (lane.attempts >= 3 && running.size > 1) beside.push(lane.key);
      await good(lane, signal);
      if (lane.attempts < 3 && [...running].some((key) => /:(5|9)$/.test(key))) beside.push(lane.key);
      running.delete(lane.key);
    });
    assert.deepEqual(beside, []);
    for (let chatId = 1; chatId <= 12; chatId++) assert.deepEqual(await path.outbox(chatId), ['Хорошо.']);
  });

  it('a database outage and a stop give the attempt back', async () => {
    await path.write({ text: 'привет' });
    const { AppError } = await import('../../../app/kit/errors.ts');
    const seen: number[] = [];
    const good = path.engine();
    await path.workUntilDone(async (lane, signal) => {
      seen.push(lane.attempts);
      if (seen.length <= 6) throw new AppError('DATABASE_UNAVAILABLE', 'away');
      return good(lane, signal);
    });
    assert.ok(
      seen.every((attempts) => attempts === 1),
      seen.join(),
    );
    assert.deepEqual(await path.outbox(100), ['Хорошо.']);
  });
});
