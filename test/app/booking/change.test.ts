import assert from 'node:assert/strict';
import { createBookingDesk, type BookingDesk } from '../../support/bookings.ts';

const WEDNESDAY = '2026-11-25T10:00';
const THURSDAY = '2026-11-26T15:00';

describe('changing a booking', () => {
  let desk: BookingDesk;
  before(async () => {
    desk = await createBookingDesk();
  });
  after(() => desk.drop());
  beforeEach(() => desk.reset());

  it('moves it, and the group gets one notice with before and after', async () => {
    await desk.book(1, { wished_at: WEDNESDAY });
    assert.deepEqual(await desk.change(1, { wished_at: THURSDAY }), {
      ok: true,
      did: 'changed',
      number: 1,
      wished: 'чт, 26 ноября, 15:00',
      services: ['Покраска бампера'],
      changed: ['time'],
    });
    const [row] = await desk.rows();
    assert.equal(row?.wished_at?.toISOString(), '2026-11-26T12:00:00.000Z');
    assert.ok(row.changed_at instanceof Date);
    const [, notice = '', ...more] = await desk.notices();
    assert.deepEqual(more, []);
    for (const part of ['Заявка №1 изменена', 'Анна, @anna', '+79123456789', 'Лада Веста', 'Когда: ср, 25 ноября, 10:00 → чт, 26 ноября, 15:00']) {
      assert.ok(notice.includes(part), `${part} in:\n${notice}`);
    }
    assert.ok(!notice.includes('Услуги'), 'what did not change is not listed');
  });

  it('changes several fields at once, in one notice', async () => {
    await desk.book(1, { wished_at: WEDNESDAY, quoted_price: 14_000, name: 'Анна' });
    const services = ['Покраска бампера', 'Полировка фар'];
    const changed = await desk.change(1, {
      wished_at: THURSDAY,
      services,
      car: { brand: 'Toyota', model: 'Camry', year: 2019 },
      name: 'Аня',
      phone: '8 (900) 111-22-33',
      quoted_price: 21_500,
    });
    assert.deepEqual([changed.ok && changed.changed, changed.ok && changed.services], [['time', 'services', 'car', 'name', 'phone', 'price'], services]);
    const [row] = await desk.rows();
    assert.deepEqual([row?.services, row?.quoted_price], [services, 21_500]);
    const [client] = await desk.db<{ name: string; phone: string }>('client');
    assert.deepEqual([client?.name, client?.phone], ['Аня', '+79001112233']);
    assert.deepEqual(
      (await desk.find(1)).map(({ car }) => car),
      ['Toyota Camry'],
    );
    assert.deepEqual(await desk.db('vehicle').where({ model: 'Camry' }).pluck('year'), [2019]);
    const notices = await desk.notices();
    assert.equal(notices.length, 2);
    for (const part of [
      'Клиент: Анна, @anna → Аня, @anna',
      'Телефон: +79123456789 → +79001112233',
      'Автомобиль: Лада Веста (класс 1) → Toyota Camry 2019 г. (класс 2)',
      'Услуги: Покраска бампера → Покраска бампера; Полировка фар',
      '14 000 ₽ → 21 500 ₽',
    ]) {
      assert.ok(notices[1]?.includes(part), `${part} in:\n${notices[1]}`);
    }
  });

  it('the new end of a long list is never cut from the notice', async () => {
    await desk.book(1);
    const services = Array.from({ length: 4 }, (_, index) => `${index} ${'очень длинная услуга '.repeat(4)}`.trim());
    await desk.change(1, { services });
    await desk.change(1, { services: [...services.slice(1), 'последняя'] });
    assert.match((await desk.notices()).at(-1) ?? '', /Услуги, стало: .*последняя/);
  });

  it('what is so already changes nothing and tells nobody, however it is spelled', async () => {
    await desk.book(1, { wished_at: WEDNESDAY, services: ['Покраска бампера', 'Полировка фар'] });
    const before = await desk.dump();
    const same = await desk.change(1, {
      wished_at: WEDNESDAY,
      services: ['полировка фар', 'Покраска бампера '],
      car: { brand: 'lada', model: 'Vesta' },
      phone: '+7 912 345 67 89',
      name: ' Анна ',
    });
    assert.deepEqual(same.ok && same.changed, []);
    assert.equal(await desk.dump(), before);
  });

  it('the same change asked twice is one change and one notice', async () => {
    await desk.book(1, { wished_at: WEDNESDAY });
    await desk.change(1, { wished_at: THURSDAY });
    const again = await desk.change(1, { wished_at: THURSDAY });
    assert.deepEqual([again.ok && again.changed, again.ok && again.wished], [[], 'чт, 26 ноября, 15:00']);
    assert.equal((await desk.notices()).length, 2);
  });

  it('a time that has passed by now may be repeated beside another change', async () => {
    await desk.book(1, { wished_at: WEDNESDAY });
    await desk.db.raw(`UPDATE booking SET wished_at = '2026-11-24T06:00:00Z'`); // this morning
    const result = await desk.change(1, { wished_at: '2026-11-24T09:00', services: ['Полировка фар'] });
    assert.deepEqual(result.ok && result.changed, ['services']);
  });

  it('nothing to change is a question', async () => {
    await desk.book(1);
    const result = await desk.change(1, { number: 1 });
    assert.deepEqual([result.ok, !result.ok && result.reason], [false, 'nothing']);
  });

  it('a confirmed booking must be confirmed again when time, services or car change', async () => {
    for (const args of [{ wished_at: THURSDAY }, { services: ['Полировка фар'] }, { car: { brand: 'Kia', model: 'Rio' } }]) {
      await desk.reset();
      await desk.book(1, { wished_at: WEDNESDAY });
      await desk.confirm(1);
      await desk.change(1, args);
      assert.equal((await desk.rows())[0]?.status, 'new', JSON.stringify(args));
      assert.match((await desk.notices()).at(-1) ?? '', /подтвердите её заново/);
    }
  });

  it('another name, phone or price leaves it confirmed', async () => {
    await desk.book(1, { wished_at: WEDNESDAY });
    await desk.confirm(1);
    await desk.change(1, { name: 'Аня', phone: '89001112233', quoted_price: 14_000 });
    assert.deepEqual(
      (await desk.rows()).map(({ status, quoted_price }) => [status, quoted_price]),
      [['confirmed', 14_000]],
    );
    assert.doesNotMatch((await desk.notices()).at(-1) ?? '', /подтвердите/);
  });

  it('a price falls with the works or the car it was named for', async () => {
    const dropped = [{ services: ['Полировка фар'] }, { car: { brand: 'Kia', model: 'Rio' } }, { services: ['Полировка фар'], quoted_price: 9_990 }];
    for (const args of dropped) {
      await desk.reset();
      await desk.book(1, { quoted_price: 14_000 });
      await desk.change(1, args);
      assert.equal((await desk.rows())[0]?.quoted_price, null, JSON.stringify(args));
      assert.match((await desk.notices()).at(-1) ?? '', /Названная цена: 14 000 ₽ → не называлась/);
    }
  });

  it('a price stays while works and car do, whatever other number the model gives', async () => {
    for (const args of [{ wished_at: THURSDAY }, { wished_at: THURSDAY, quoted_price: 9_990 }, { wished_at: THURSDAY, services: ['покраска бампера'] }]) {
      await desk.reset();
      await desk.book(1, { wished_at: WEDNESDAY, quoted_price: 14_000 });
      await desk.change(1, args);
      assert.equal((await desk.rows())[0]?.quoted_price, 14_000, JSON.stringify(args));
      assert.doesNotMatch((await desk.notices()).at(-1) ?? '', /цена/);
    }
  });

  it('new works with their price from the list carry it', async () => {
    await desk.book(1, { quoted_price: 14_000 });
    await desk.change(1, { services: ['Полировка фар'], quoted_price: 4_000 });
    assert.equal((await desk.rows())[0]?.quoted_price, 4_000);
  });

  const refused: [what: string, args: Parameters<BookingDesk['change']>[1], reason: string][] = [
    ['Sunday at three in the morning', { wished_at: '2026-11-29T03:00' }, 'closed'],
    ['Saturday after closing', { wished_at: '2026-11-28T18:30' }, 'closed'],
    ['yesterday', { wished_at: '2026-11-23T10:00' }, 'past'],
    ['in three years', { wished_at: '2029-11-23T10:00' }, 'too_far'],
    ['no time at all', { wished_at: 'завтра' }, 'unreadable'],
    ['a phone of five digits', { phone: '12345' }, 'bad_phone'],
  ];
  for (const [what, args, reason] of refused) {
    it(`${what} is refused as ${reason}, also beside a good change, and nothing is written`, async () => {
      await desk.book(1, { wished_at: WEDNESDAY });
      const before = await desk.dump();
      const result = await desk.change(1, { services: ['Полировка фар'], ...args });
      assert.deepEqual([result.ok, !result.ok && result.reason], [false, reason]);
      assert.ok(!result.ok && result.message.length > 10);
      assert.equal(await desk.dump(), before);
    });
  }

  describe('capacity', () => {
    const small = () => ({ ...desk.workshop, capacityPerHour: 1 });

    it('a full hour is refused with the nearest free times', async () => {
      await desk.book(1, { wished_at: WEDNESDAY }, small());
      await desk.book(2, { wished_at: THURSDAY }, small());
      const result = await desk.change(2, { wished_at: '2026-11-25T10:30' }, small());
      assert.deepEqual([result.ok, !result.ok && result.reason], [false, 'full']);
      assert.deepEqual(!result.ok && result.nearest, ['2026-11-25T11:00', '2026-11-25T12:00', '2026-11-25T13:00']);
      assert.equal((await desk.notices()).length, 2);
    });

    it('a booking does not stand in its own way', async () => {
      await desk.book(1, { wished_at: WEDNESDAY }, small());
      const result = await desk.change(1, { wished_at: '2026-11-25T10:30' }, small());
      assert.deepEqual(result.ok && result.changed, ['time']);
    });

    it('the place it leaves is free', async () => {
      await desk.book(1, { wished_at: WEDNESDAY }, small());
      await desk.change(1, { wished_at: THURSDAY }, small());
      assert.equal((await desk.book(2, { wished_at: WEDNESDAY }, small())).ok, true);
    });

    it('of one who moves and many who book for the last place of an hour, one gets it', async () => {
      for (let round = 0; round < 4; round++) {
        await desk.reset();
        await desk.book(1, { wished_at: THURSDAY }, small());
        const results = await Promise.all([
          ...Array.from({ length: 3 }, (_, index) => desk.book(index + 2, { wished_at: WEDNESDAY }, small())),
          desk.change(1, { wished_at: WEDNESDAY }, small()),
        ]);
        assert.equal(results.filter(({ ok }) => ok).length, 1);
        assert.equal((await desk.rows()).filter((row) => row.wished_at?.toISOString() === '2026-11-25T07:00:00.000Z').length, 1);
      }
    });
  });

  describe('which booking', () => {
    it('none: the customer has no open one', async () => {
      const result = await desk.change(1, { wished_at: THURSDAY });
      assert.deepEqual([result.ok, !result.ok && result.reason], [false, 'none']);
    });

    it('two and no number: which, with a list to choose from; by number it is that one', async () => {
      await desk.book(1, { wished_at: WEDNESDAY });
      await desk.book(1, { car: { brand: 'Kia', model: 'Rio' } });
      const result = await desk.change(1, { wished_at: THURSDAY });
      assert.deepEqual(!result.ok && [result.reason, result.bookings], [
        'which',
        [
          { number: 1, car: 'Лада Веста', services: ['Покраска бампера'], wished: 'ср, 25 ноября, 10:00', status: 'new' },
          { number: 2, car: 'Kia Rio', services: ['Покраска бампера'], wished: null, status: 'new' },
        ],
      ]);
      const second = await desk.change(1, { number: 2, wished_at: THURSDAY });
      assert.deepEqual([second.ok && second.number, (await desk.rows())[0]?.changed_at], [2, null]);
    });

    it('a car that another open booking is for is refused, and names that booking', async () => {
      await desk.book(1);
      await desk.book(1, { car: { brand: 'Kia', model: 'Rio' } });
      const before = await desk.dump();
      const result = await desk.change(1, { number: 1, car: { brand: 'Киа', model: 'Рио' } });
      assert.deepEqual([result.ok, !result.ok && result.reason], [false, 'which']);
      assert.match((!result.ok && result.message) || '', /№2/);
      assert.equal(await desk.dump(), before);
    });

    it('a car whose earlier booking is over may be taken', async () => {
      await desk.book(1, { car: { brand: 'Kia', model: 'Rio' } });
      await desk.book(1);
      await desk.db.raw(`UPDATE booking SET created_at = created_at - interval '1 year' WHERE number = 1`);
      const result = await desk.change(1, { car: { brand: 'Kia', model: 'Rio' } });
      assert.deepEqual([result.ok && result.number, (await desk.rows()).map((row) => row.status)], [2, ['past', 'new']]);
    });

    it('a booking whose time is over is none', async () => {
      await desk.book(1, { wished_at: WEDNESDAY });
      await desk.db.raw(`UPDATE booking SET wished_at = wished_at - interval '1 year'`);
      assert.deepEqual(await desk.find(1), []);
      assert.equal((await desk.rehearseChange(1, { wished_at: THURSDAY })).ok, false);
      const result = await desk.change(1, { wished_at: THURSDAY });
      assert.deepEqual([result.ok, !result.ok && result.reason], [false, 'none']);
    });

    it('another customer’s number is exactly as unknown as one that does not exist', async () => {
      await desk.book(1, { wished_at: WEDNESDAY });
      await desk.book(2, { car: { brand: 'Kia', model: 'Rio' } });
      const before = await desk.dump();
      const change = { services: ['Полировка фар'] };
      assert.deepEqual(await desk.change(3, { number: 1, ...change }), await desk.change(3, { number: 99, ...change }));
      const [others, unknown] = [await desk.change(2, { number: 1, ...change }), await desk.change(2, { number: 99, ...change })];
      assert.deepEqual(others, unknown);
      assert.deepEqual(!others.ok && [others.reason, others.bookings?.map(({ number }) => number)], ['which', [2]]);
      assert.equal(await desk.dump(), before);
    });
  });

  it('find shows the open bookings of the one who asks, and no other', async () => {
    await desk.book(1, { wished_at: WEDNESDAY });
    await desk.book(2, { car: { brand: 'Kia', model: 'Rio' } });
    await desk.confirm(1);
    assert.deepEqual(await desk.find(1), [
      { number: 1, car: 'Лада Веста', services: ['Покраска бампера'], wished: 'ср, 25 ноября, 10:00', status: 'confirmed' },
    ]);
    assert.deepEqual(await desk.find(3), []);
  });

  it('a rehearsal answers alike and writes nothing', async () => {
    await desk.book(1, { wished_at: WEDNESDAY });
    const before = await desk.dump();
    const rehearsed = await desk.rehearseChange(1, { wished_at: THURSDAY });
    assert.equal(await desk.dump(), before);
    assert.deepEqual(rehearsed, await desk.change(1, { wished_at: THURSDAY }));
  });
});
