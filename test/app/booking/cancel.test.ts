import assert from 'node:assert/strict';
import { createBookingDesk, type BookingDesk } from '../../support/bookings.ts';

const WEDNESDAY = '2026-11-25T10:00';

describe('cancelling a booking', () => {
  let desk: BookingDesk;
  before(async () => {
    desk = await createBookingDesk();
  });
  after(() => desk.drop());
  beforeEach(() => desk.reset());

  it('ends it, and the group gets one notice with the reason', async () => {
    await desk.book(1, { wished_at: WEDNESDAY });
    assert.deepEqual(await desk.cancel(1, { reason: 'уезжаю' }), { ok: true, did: 'cancelled', number: 1, repeated: false });
    const [row] = await desk.rows();
    assert.deepEqual([row?.status, row?.changed_at instanceof Date], ['cancelled', true]);
    const [, notice = '', ...more] = await desk.notices();
    assert.deepEqual(more, []);
    for (const part of ['Заявка №1 отменена', '@anna', '+79123456789', 'Лада Веста', 'Покраска бампера', 'ср, 25 ноября, 10:00', 'уезжаю']) {
      assert.ok(notice.includes(part), `${part} in:\n${notice}`);
    }
  });

  it('again, with or without its number, says so and tells nobody', async () => {
    await desk.book(1);
    await desk.cancel(1);
    const before = await desk.dump();
    for (const args of [{}, { number: 1 }]) assert.deepEqual(await desk.cancel(1, args), { ok: true, did: 'cancelled', number: 1, repeated: true });
    assert.equal(await desk.dump(), before);
  });

  it('again by its number while another is open leaves the other one alone', async () => {
    await desk.book(1);
    await desk.book(1, { car: { brand: 'Kia', model: 'Rio' } });
    await desk.cancel(1, { number: 1 });
    assert.deepEqual(await desk.cancel(1, { number: 1 }), { ok: true, did: 'cancelled', number: 1, repeated: true });
    assert.deepEqual(
      (await desk.rows()).map((row) => row.status),
      ['cancelled', 'new'],
    );
  });

  it('again without its number while others are open is a question', async () => {
    for (const brand of ['Kia', 'Skoda', 'Lada']) await desk.book(1, { car: { brand } });
    await desk.cancel(1, { number: 3 });
    const result = await desk.cancel(1);
    assert.deepEqual(!result.ok && [result.reason, result.bookings?.map(({ number }) => number)], ['which', [1, 2]]);
  });

  it('its place is free, and its car can be booked anew under a new number', async () => {
    const small = { ...desk.workshop, capacityPerHour: 1 };
    await desk.book(1, { wished_at: WEDNESDAY }, small);
    await desk.cancel(1);
    const again = await desk.book(1, { wished_at: WEDNESDAY }, small);
    assert.deepEqual([again.ok && again.number, again.ok && again.repeated], [2, false]);
    await desk.cancel(1);
    assert.equal((await desk.book(2, { wished_at: WEDNESDAY }, small)).ok, true);
  });

  it('a cancelled booking can no longer be changed, and is not shown', async () => {
    await desk.book(1);
    await desk.cancel(1);
    const changed = await desk.change(1, { number: 1, wished_at: WEDNESDAY });
    assert.deepEqual([changed.ok, !changed.ok && changed.reason], [false, 'none']);
    assert.deepEqual(await desk.find(1), []);
  });

  it('two open and no number: which; none at all: none', async () => {
    assert.deepEqual(await desk.cancel(1), { ok: false, reason: 'none', message: 'Открытых заявок у вас нет.' });
    await desk.book(1);
    await desk.book(1, { car: { brand: 'Kia', model: 'Rio' } });
    const result = await desk.cancel(1);
    assert.deepEqual(!result.ok && [result.reason, result.bookings?.map(({ number }) => number)], ['which', [1, 2]]);
    assert.equal((await desk.notices()).length, 2);
  });

  it('another customer’s number is exactly as unknown as one that does not exist, cancelled or not', async () => {
    await desk.book(1);
    await desk.book(2, { car: { brand: 'Kia', model: 'Rio' } });
    await desk.book(3, { car: { brand: 'Kia', model: 'Rio' } });
    await desk.cancel(3);
    const before = await desk.dump();
    for (const stranger of [2, 4]) {
      const unknown = await desk.cancel(stranger, { number: 99 });
      assert.equal(unknown.ok, false);
      for (const number of [1, 3]) assert.deepEqual(await desk.cancel(stranger, { number }), unknown);
    }
    assert.equal(await desk.dump(), before);
  });

  it('two at the same moment are one cancellation and one notice', async () => {
    await desk.book(1);
    const results = await Promise.all([desk.cancel(1), desk.cancel(1), desk.cancel(1)]);
    assert.deepEqual(results.map((result) => result.ok && result.repeated).toSorted(), [false, true, true]);
    assert.equal((await desk.notices()).length, 2);
  });

  it('a rehearsal answers alike and writes nothing', async () => {
    await desk.book(1);
    const before = await desk.dump();
    const rehearsed = await desk.rehearseCancel(1);
    assert.equal(await desk.dump(), before);
    assert.deepEqual(rehearsed, await desk.cancel(1));
  });
});
