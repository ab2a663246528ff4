import assert from 'node:assert/strict';
import { openSlots } from '../../../app/workshop/hours.ts';
import type { Script } from '../../support/model-server.ts';
import { createPath, MANAGERS, type Path } from '../../support/path.ts';

const BOOK = {
  name: 'create_booking',
  args: { phone: '+79123456789', car: { brand: 'Лада', model: 'Веста' }, services: ['Покраска бампера'], summary: 'бампер' },
};
const CHANGE = { name: 'change_booking', args: { services: ['Полировка фар'] } };
const CANCEL = { name: 'cancel_booking', args: {} };

type Call = { name: string; args: unknown };

describe('bookings in a turn', () => {
  let path: Path;
  before(async () => {
    path = await createPath();
  });
  after(() => path.stop());
  beforeEach(() => path.reset());

  /** A model that calls these tools one after another since the last message of the customer, then says the last result. */
  const calling =
    (...calls: Call[]): Script =>
    ({ messages }) => {
      const asked = messages.slice(messages.findLastIndex(({ role }) => role === 'user'));
      const results = asked.filter(({ role }) => role === 'tool');
      const next = calls[results.length];
      return next ? { call: [next] } : { text: `Сделано: ${results.length}.` };
    };
  const say = async (text: string, script: Script, chatId = 100): Promise<void> => {
    path.model.answerWith(script);
    await path.write({ chatId, text });
    await path.answerAll();
  };
  const lastResult = (): Record<string, unknown> =>
    JSON.parse(path.model.requests.at(-1)?.messages.findLast(({ role }) => role === 'tool')?.content ?? '{}') as Record<string, unknown>;
  const statuses = async (): Promise<string[]> => path.db('booking').orderBy('number').pluck('status');
  const counted = async (outcome: string): Promise<number> =>
    Number(new RegExp(`bookings_total\\{outcome="${outcome}"\\} (\\d+)`).exec(await path.metrics.render())?.[1] ?? 0);
  const expireLease = () => path.db.raw(`UPDATE lane SET lease_until = clock_timestamp() - interval '1 second'`);

  it('are booked, found, moved and cancelled by the one who writes', async () => {
    const [first = '', second = ''] = openSlots(path.workshop, new Date(Date.now() + 24 * 3_600_000), 2);
    await say('запишите', calling({ ...BOOK, args: { ...BOOK.args, wished_at: first } }));
    await say('когда я записан?', calling({ name: 'find_bookings', args: {} }));
    assert.deepEqual(
      (lastResult()['bookings'] as { number: number }[]).map(({ number }) => number),
      [1],
    );
    await say('перенесите', calling({ name: 'change_booking', args: { wished_at: second } }));
    assert.deepEqual(lastResult()['changed'], ['time']);
    await say('отмените', calling(CANCEL));
    assert.deepEqual(await statuses(), ['cancelled']);
    const notices = await path.outbox(MANAGERS);
    assert.deepEqual(
      notices.map((notice) => notice.split('\n')[0]),
      ['Заявка №1', 'Заявка №1 изменена', 'Заявка №1 отменена клиентом'],
    );
    for (const outcome of ['created', 'changed', 'cancelled']) assert.equal(await counted(outcome), 1, outcome);
  });

  it('of another customer are out of reach, whatever the model says', async () => {
    await say('запишите', calling(BOOK), 100);
    for (const call of [
      { name: 'change_booking', args: { number: 1, services: ['Полировка фар'] } },
      { name: 'cancel_booking', args: { number: 1 } },
    ]) {
      await say('сделай с заявкой 1', calling(call), 200);
      assert.deepEqual([lastResult()['ok'], lastResult()['reason']], [false, 'none']);
    }
    await say('какие есть?', calling({ name: 'find_bookings', args: {} }), 200);
    assert.deepEqual(lastResult(), { bookings: [] });
    assert.deepEqual([await statuses(), (await path.outbox(MANAGERS)).length], [['new'], 1]);
    assert.ok((await counted('none')) >= 2);
  });

  it('a rehearsing engine writes nothing for any of the tools, and answers as the real one', async () => {
    await say('запишите', calling(BOOK));
    const dump = async () => JSON.stringify([await path.db('booking'), await path.db('client'), await path.db('event'), await path.outbox(MANAGERS)]);
    const before = await dump();
    const calls = [CHANGE, CANCEL, { ...BOOK, args: { ...BOOK.args, car: { brand: 'Kia', model: 'Rio' } } }, { name: 'find_bookings', args: {} }];
    path.model.answerWith(calling(...calls));
    await path.write({ text: 'проверка' });
    await path.answerAll(path.engine(path.workshop, path.configOf(), true));
    assert.equal(await dump(), before);
    assert.equal((await path.outbox(100)).at(-1), 'Сделано: 4.');
    const results = path.model.requests.at(-1)?.messages.filter(({ role }) => role === 'tool') ?? [];
    assert.deepEqual(
      results.map(({ content }) => (JSON.parse(content ?? '') as { ok?: boolean }).ok),
      [true, true, true, undefined],
    );
  });

  for (const [what, call, status] of [
    ['a change', CHANGE, 'new'],
    ['a cancellation', CANCEL, 'cancelled'],
  ] as const) {
    it(`${what} in a turn that is killed and taken over is made once and told once`, async () => {
      await say('запишите', calling(BOOK));
      await path.write({ text: 'ещё' });
      const dead = new AbortController();
      path.model.answerWith((request) => {
        if (request.messages.at(-1)?.role !== 'tool') return { call: [call] };
        dead.abort(new Error('killed'));
        return { hang: true };
      });
      await assert.rejects(path.engine()(await path.claim(), dead.signal));
      await expireLease();
      path.model.answerWith(calling(call));
      await path.answerAll();
      assert.deepEqual(await statuses(), [status]);
      assert.deepEqual(await path.db('booking').pluck('services'), [status === 'new' ? ['Полировка фар'] : ['Покраска бампера']]);
      assert.equal((await path.outbox(MANAGERS)).length, 2);
      assert.deepEqual((await path.outbox(100)).slice(1), ['Сделано: 1.']);
    });

    it(`${what} that died before its step was stored is not there, and the heir makes it once`, async () => {
      await say('запишите', calling(BOOK));
      await path.write({ text: 'ещё' });
      path.model.answerWith(calling(call));
      await path.db.raw(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'killed'; END $$;
        CREATE TRIGGER die BEFORE INSERT ON step FOR EACH ROW WHEN (NEW.kind = 'effect') EXECUTE FUNCTION die()`);
      await assert.rejects(path.engine()(await path.claim(), new AbortController().signal));
      await path.db.raw('DROP TRIGGER die ON step; DROP FUNCTION die()');
      assert.deepEqual([await statuses(), (await path.outbox(MANAGERS)).length], [['new'], 1]);
      await expireLease();
      await path.answerAll();
      assert.deepEqual([await statuses(), (await path.outbox(MANAGERS)).length], [[status], 2]);
    });

    it(`${what} asked for again by a release with other content is not made twice`, async () => {
      await say('запишите', calling(BOOK));
      await path.write({ text: 'ещё' });
      const dead = new AbortController();
      path.model.answerWith((request) => {
        if (request.messages.at(-1)?.role !== 'tool') return { call: [call] };
        dead.abort(new Error('killed'));
        return { hang: true };
      });
      await assert.rejects(path.engine()(await path.claim(), dead.signal));
      await expireLease();
      path.model.answerWith(calling(call));
      await path.answerAll(path.engine({ ...path.workshop, prompt: 'Другие правила.' }));
      assert.deepEqual([await statuses(), (await path.outbox(MANAGERS)).length], [[status], 2]);
    });
  }

  describe('when the turn dies after them', () => {
    const afterwards: [what: string, call: Call, said: RegExp][] = [
      ['a change', CHANGE, /заявка №1 изменена/i],
      ['a cancellation', CANCEL, /заявка №1 отменена/i],
    ];
    for (const [what, call, said] of afterwards) {
      it(`${what} is named when the model fails, and no booking is claimed`, async () => {
        await say('запишите', calling(BOOK));
        await say('ещё', (request) => (request.messages.at(-1)?.role === 'tool' ? { status: 401 } : { call: [call] }));
        const answer = (await path.outbox(100)).at(-1) ?? '';
        assert.match(answer, said);
        assert.doesNotMatch(answer, /принята/);
      });

      it(`${what} is named when the batch is given up, to the customer and to the managers`, async () => {
        await say('запишите', calling(BOOK));
        await path.write({ text: 'ещё' });
        const good = path.engine();
        let runs = 0;
        await path.workUntilDone(async (lane, signal) => {
          if (++runs > 1) throw new Error('the turn throws');
          const after = new AbortController();
          path.model.answerWith((request) => {
            if (request.messages.at(-1)?.role !== 'tool') return { call: [call] };
            after.abort(new Error('thrown after the effect'));
            return { hang: true };
          });
          await good(lane, AbortSignal.any([signal, after.signal]));
        });
        const [answer = '', notice = ''] = [(await path.outbox(100)).at(-1), (await path.outbox(MANAGERS)).at(-1)];
        assert.match(answer, said);
        assert.doesNotMatch(answer, /принята|ответить не получилось/);
        assert.match(notice, said);
      });
    }
  });
});
