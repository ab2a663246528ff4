import assert from 'node:assert/strict';
import { createBooking, type BookingRequest, type BookingResult } from '../../../app/booking/create.ts';
import { createMetrics } from '../../../app/observability/metrics.ts';
import { createAppendOutbox } from '../../../app/outbox/append.ts';
import type { Workshop } from '../../../app/workshop/types.ts';
import { createMigratedDatabase, type MigratedDatabase } from '../../support/database.ts';
import { exampleWorkshop } from '../../support/workshop.ts';

const MANAGERS = -1001000000001;
const NOW = new Date('2026-11-24T09:30:00Z'); // a Tuesday, 12:30 in Moscow

describe('booking an inspection', () => {
  let database: MigratedDatabase;
  let workshop: Workshop;
  let calls = 0;
  before(async () => {
    database = await createMigratedDatabase();
    workshop = await exampleWorkshop();
  });
  after(() => database.drop());
  beforeEach(() => database.db.raw('TRUNCATE booking, vehicle, client, event, outbox, outbox_chat; UPDATE booking_counter SET next = 1'));

  const useCase = (content: Workshop = workshop) => {
    return createBooking({ workshop: content, managerChatId: MANAGERS, appendOutbox: createAppendOutbox(42), metrics: createMetrics(), monotonicMs: () => 0 });
  };
  type Args = Partial<BookingRequest['args']>;
  const request = (userId: number, args: Args = {}, callKey = `t#${++calls}`): BookingRequest => ({
    args: { phone: '8 912 345-67-89', car: { brand: 'Лада', model: 'Веста' }, services: ['Покраска бампера'], summary: 'Покрасить бампер', ...args },
    sender: { userId, name: 'Анна', username: 'anna', languageCode: 'ru' },
    turnId: 't',
    laneKey: '42:1',
    callKey,
    at: NOW,
    startedMs: 0,
  });
  const book = (userId: number, args?: Args, content?: Workshop): Promise<BookingResult> =>
    database.db.transaction((trx) => useCase(content).book(trx, request(userId, args)));
  const count = async (table: string): Promise<number> => (await database.db(table)).length;
  const facts = async () => ({
    bookings: await count('booking'),
    notices: await count('outbox'),
    events: (await database.db('event').where({ name: 'booking_request_created' })).length,
  });

  it('stores client, car, booking, event and one notice with everything a manager needs', async () => {
    assert.deepEqual(await book(1, { wished_at: '2026-11-25T10:00', quoted_price: 14_000, name: 'Анна' }), {
      ok: true,
      did: 'booked',
      number: 1,
      wished: 'ср, 25 ноября, 10:00',
      services: ['Покраска бампера'],
      repeated: false,
    });
    assert.deepEqual(await facts(), { bookings: 1, notices: 1, events: 1 });
    const [notice] = await database.db<{ chat_id: number; kind: string; payload: { text: string } }>('outbox');
    assert.equal(notice?.chat_id, MANAGERS);
    for (const part of ['№1', 'Анна', '@anna', '+79123456789', 'Лада Веста', 'Покраска бампера', 'ср, 25 ноября, 10:00', '14 000', 'Покрасить бампер']) {
      assert.ok(notice.payload.text.replaceAll('\u00a0', ' ').includes(part), `${part} in:\n${notice.payload.text}`);
    }
    const [client] = await database.db<{ telegram_user_id: number; phone: string }>('client');
    assert.deepEqual([client?.telegram_user_id, client?.phone], [1, '+79123456789']);
  });

  it('a price that the list does not give is neither stored nor told', async () => {
    for (const [userId, quoted_price] of [
      [1, 9_990],
      [2, 5_000],
      [3, 21_000],
    ] as const) {
      await database.db.raw('TRUNCATE outbox, outbox_chat');
      await book(userId, { quoted_price });
      const [booking] = await database.db<{ quoted_price: number | null }>('booking').orderBy('number', 'desc');
      assert.equal(booking?.quoted_price, null, String(quoted_price));
      const [notice] = await database.db<{ payload: { text: string } }>('outbox');
      assert.doesNotMatch(notice?.payload.text ?? '', /цена|₽/);
    }
  });

  it('numbers run without gaps under concurrency, refusals and roll-backs', async () => {
    const customers = Array.from({ length: 24 }, (_, index) => index + 1);
    const results = await Promise.allSettled(
      customers.map((userId) => {
        if (userId % 6 === 0) return book(userId, { wished_at: '2026-11-29T03:00' });
        return database.db.transaction(async (trx) => {
          const result = await useCase().book(trx, request(userId));
          if (userId % 5 === 0) throw new Error('the process dies before it commits');
          return result;
        });
      }),
    );
    const numbers = results.flatMap((result) => (result.status === 'fulfilled' && result.value.ok ? [result.value.number] : []));
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      Array.from({ length: numbers.length }, (_, index) => index + 1),
    );
    assert.ok(numbers.length >= 14, `${numbers.length} booked`);
    assert.deepEqual(await facts(), { bookings: numbers.length, notices: numbers.length, events: numbers.length });
  });

  it('a second yes for the same car returns the same number and tells nobody again', async () => {
    const first = await book(1);
    const second = await book(1, { car: { brand: 'лада', model: 'ВЕСТА' } });
    assert.deepEqual(second, { ...first, repeated: true });
    assert.deepEqual(await facts(), { bookings: 1, notices: 1, events: 1 });
  });

  it('another spelling of the same car is the same car', async () => {
    const first = await book(1);
    assert.deepEqual(await book(1, { car: { brand: 'Lada', model: 'Vesta' } }), { ...first, repeated: true });
    assert.equal(await count('vehicle'), 1);
  });

  it('another time for a booked car: the booking stays, nobody is told, and the answer names the tool that moves it', async () => {
    await book(1, { wished_at: '2026-11-25T10:00' });
    const again = await book(1, { wished_at: '2026-11-26T15:00' });
    assert.ok(again.ok && again.repeated);
    assert.deepEqual([again.number, again.wished], [1, 'ср, 25 ноября, 10:00']);
    assert.match(again.note ?? '', /№1 .*ср, 25 ноября, 10:00.*change_booking/);
    assert.deepEqual(await facts(), { bookings: 1, notices: 1, events: 1 });
  });

  it('a booking whose time is over, or that never had one for weeks, does not keep the customer from the next one', async () => {
    await book(1, { wished_at: '2026-11-25T10:00' });
    await book(1, { car: { brand: 'Kia', model: 'Rio' } });
    await database.db.raw(`UPDATE booking SET wished_at = wished_at - interval '1 year', created_at = created_at - interval '1 year'`);
    const next = await book(1, { wished_at: '2026-11-26T10:00' });
    assert.deepEqual([next.ok && next.repeated, next.ok && next.number], [false, 3]);
    const without = await book(1, { car: { brand: 'Kia', model: 'Rio' } });
    assert.deepEqual([without.ok && without.repeated, without.ok && without.number], [false, 4]);
    assert.deepEqual(
      (await database.db<{ status: string; number: number }>('booking').orderBy('number')).map((row) => row.status),
      ['past', 'past', 'new', 'new'],
    );
  });

  it('of many who want the last place of an hour, one gets it', async () => {
    const small = { ...workshop, capacityPerHour: 1 };
    const results = await Promise.all(Array.from({ length: 8 }, (_, index) => book(index + 1, { wished_at: '2026-11-25T10:00' }, small)));
    assert.equal(results.filter((result) => result.ok).length, 1);
    assert.equal(await count('booking'), 1);
  });

  it('two cars are two bookings', async () => {
    await book(1);
    assert.deepEqual(await book(1, { car: { brand: 'Toyota', model: 'Camry' } }), {
      ok: true,
      did: 'booked',
      number: 2,
      wished: null,
      services: ['Покраска бампера'],
      repeated: false,
    });
  });

  it('two customers with the same car are two bookings', async () => {
    await book(1);
    assert.equal((await book(2)).ok, true);
    assert.equal(await count('booking'), 2);
  });

  it('a known customer need not repeat the phone; it is never taken from another one', async () => {
    await book(1);
    const again = await book(1, { phone: undefined, car: { brand: 'Kia', model: 'Rio' } });
    assert.equal(again.ok, true);
    const stranger = await book(2, { phone: undefined });
    assert.deepEqual([stranger.ok, !stranger.ok && stranger.reason, !stranger.ok && stranger.missing], [false, 'missing', ['phone']]);
  });

  const refused: [what: string, args: Args, reason: string][] = [
    ['Sunday at three in the morning', { wished_at: '2026-11-29T03:00' }, 'closed'],
    ['Saturday after closing', { wished_at: '2026-11-28T18:30' }, 'closed'],
    ['yesterday', { wished_at: '2026-11-23T10:00' }, 'past'],
    ['in three years', { wished_at: '2029-11-23T10:00' }, 'too_far'],
    ['no time at all', { wished_at: 'завтра' }, 'unreadable'],
    ['a phone of five digits', { phone: '12345' }, 'bad_phone'],
  ];
  for (const [what, args, reason] of refused) {
    it(`${what} is refused as ${reason}, and nothing is written`, async () => {
      const result = await book(1, args);
      assert.deepEqual([result.ok, !result.ok && result.reason], [false, reason]);
      assert.ok(!result.ok && result.message.length > 10);
      assert.deepEqual(await facts(), { bookings: 0, notices: 0, events: 0 });
      assert.equal(await count('client'), 0);
    });
  }

  it('an hour that is full is refused, the next one is not', async () => {
    const small = { ...workshop, capacityPerHour: 1 };
    assert.equal((await book(1, { wished_at: '2026-11-25T10:00' }, small)).ok, true);
    const full = await book(2, { wished_at: '2026-11-25T10:30' }, small);
    assert.deepEqual([full.ok, !full.ok && full.reason], [false, 'full']);
    assert.deepEqual(!full.ok && full.nearest, ['2026-11-25T11:00', '2026-11-25T12:00', '2026-11-25T13:00']);
    assert.equal(await count('client'), 1, 'contact data is kept only with a booking');
    assert.equal((await book(2, { wished_at: '2026-11-25T11:00' }, small)).ok, true);
  });

  it('a rehearsal answers alike and writes nothing', async () => {
    const result = await database.db.transaction((trx) => useCase().rehearse(trx, request(1, { wished_at: '2026-11-25T10:00' })));
    assert.deepEqual(result, { ok: true, did: 'booked', number: 0, wished: 'ср, 25 ноября, 10:00', services: ['Покраска бампера'], repeated: false });
    assert.deepEqual(await facts(), { bookings: 0, notices: 0, events: 0 });
  });

  it('names and summaries with NUL and lone surrogates are stored without them', async () => {
    assert.equal((await book(1, { name: 'А\u0000нна\ud800', summary: 'x\u0000y', car: { brand: 'Ла\u0000да' } })).ok, true);
    const [client] = await database.db<{ name: string }>('client');
    assert.equal(client?.name, 'А\ufffdнна\ufffd');
  });
});
