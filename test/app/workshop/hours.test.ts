import assert from 'node:assert/strict';
import { checkVisit, describeHours, formatLocal, localNow, openSlots } from '../../../app/workshop/hours.ts';
import type { Workshop } from '../../../app/workshop/types.ts';
import { exampleWorkshop } from '../../support/workshop.ts';

// Tuesday, 12:30 in Moscow (UTC+3)
const NOW = new Date('2026-11-24T09:30:00Z');

describe('the hours of the example workshop', () => {
  let workshop: Workshop;
  before(async () => {
    workshop = await exampleWorkshop();
  });

  const refusal = (wishedAt: string, now = NOW): { reason: string; nearest: readonly string[]; message: string } => {
    const check = checkVisit(workshop, wishedAt, now);
    assert.ok(!check.ok, wishedAt);
    return check;
  };

  it('are described in one line', () => {
    assert.equal(describeHours(workshop), 'пн–пт 9:00–20:00, сб 9:00–18:00, вс выходной');
  });

  it('are told to the model and to people in local time', () => {
    assert.equal(localNow(workshop, NOW), '2026-11-24T12:30, вторник');
    assert.equal(localNow(workshop, new Date('2026-11-24T20:59:59.999Z')), '2026-11-24T23:59, вторник');
    assert.equal(localNow(workshop, new Date('2026-11-24T21:00:00Z')), '2026-11-25T00:00, среда');
    assert.equal(formatLocal(workshop, new Date('2026-12-01T07:00:00Z')), 'вт, 1 декабря, 10:00');
  });

  it('accept a visit inside them and give its instant', () => {
    assert.deepEqual(checkVisit(workshop, '2026-12-01T10:00', NOW), { ok: true, at: new Date('2026-12-01T07:00:00Z'), local: 'вт, 1 декабря, 10:00' });
  });

  for (const [wishedAt, ok] of [
    ['2026-11-25T09:00', true],
    ['2026-11-25T08:59', false],
    ['2026-11-25T19:59', true],
    ['2026-11-25T20:00', false],
    ['2026-11-28T17:59', true], // Saturday
    ['2026-11-28T18:00', false],
    ['2026-11-29T12:00', false], // Sunday
    ['2026-11-24T12:31', true],
  ] as const) {
    it(`${ok ? 'accept' : 'refuse'} ${wishedAt}`, () => assert.equal(checkVisit(workshop, wishedAt, NOW).ok, ok));
  }

  it('answer Sunday 3 am with Monday morning', () => {
    const { reason, nearest, message } = refusal('2026-11-29T03:00');
    assert.equal(reason, 'closed');
    assert.deepEqual(nearest, ['2026-11-30T09:00', '2026-11-30T10:00', '2026-11-30T11:00']);
    assert.equal(message, 'В это время мастерская закрыта: вс, 29 ноября, 3:00. Часы работы: пн–пт 9:00–20:00, сб 9:00–18:00, вс выходной.');
  });

  it('answer a late evening with the last hour of that day', () => {
    assert.deepEqual(refusal('2026-11-25T21:30').nearest, ['2026-11-25T19:00', '2026-11-26T09:00', '2026-11-26T10:00']);
    assert.deepEqual(refusal('2026-11-24T20:00', new Date('2026-11-24T16:45:00Z')).nearest[0], '2026-11-25T09:00', 'that hour is over');
  });

  it('refuse the past, this very minute, and a slip of the year', () => {
    assert.equal(refusal('2026-11-24T12:30').reason, 'past');
    assert.equal(refusal('2025-11-25T10:00').reason, 'past');
    assert.equal(refusal('2027-11-25T10:00').reason, 'too_far');
    assert.match(refusal('2027-11-25T10:00').message, /2027 года/);
    assert.deepEqual(refusal('2025-11-25T10:00').nearest, ['2026-11-24T13:00', '2026-11-24T14:00', '2026-11-24T15:00']);
  });

  for (const wishedAt of ['', 'завтра', '2026-02-30T10:00', '2026-13-01T10:00', '2026-11-25', '2026-11-25T25:00']) {
    it(`cannot read «${wishedAt}»`, () => assert.equal(refusal(wishedAt).reason, 'unreadable'));
  }

  for (const wishedAt of [
    '2026-12-01 10:00',
    '2026-12-01T10:00:00',
    '2026-12-01T10:00:00.000',
    '2026-12-01T10:00+03:00',
    '2026-12-01T10:00:00+0300',
    '2026-12-01 10:00:00.5+03',
  ]) {
    it(`read «${wishedAt}» as what it says`, () => {
      const check = checkVisit(workshop, wishedAt, NOW);
      assert.deepEqual(check, { ok: true, at: new Date('2026-12-01T07:00:00Z'), local: 'вт, 1 декабря, 10:00' });
    });
  }

  for (const wishedAt of [
    '2026-12-01T10:00Z',
    '2026-12-01T10:00:00.000Z',
    '2026-12-01T10:00+05:00',
    '2026-12-01T10:00-03:00',
    '01.12.2026 10:00',
    '2026-12-01T10',
  ]) {
    it(`tell the model, not the customer, what form «${wishedAt}» should have`, () => {
      const { reason, message, nearest } = refusal(wishedAt);
      assert.deepEqual([reason, nearest], ['unreadable', []]);
      assert.match(message, /YYYY-MM-DDTHH:MM, без часового пояса/);
    });
  }

  it('take an offset for what it is on that day, and Z where it is the zone', () => {
    const berlin = { ...workshop, timezone: 'Europe/Berlin' };
    const now = new Date('2026-10-20T00:00:00Z');
    assert.equal(checkVisit(berlin, '2026-10-23T10:00+02:00', now).ok, true);
    assert.equal(checkVisit(berlin, '2026-10-27T10:00+02:00', now).ok, false, 'winter by then');
    assert.equal(checkVisit(berlin, '2026-10-27T10:00+01:00', now).ok, true);
    assert.equal(checkVisit({ ...workshop, timezone: 'UTC' }, '2026-12-01T10:00Z', NOW).ok, true);
  });

  it('a date that does not exist is a matter of the customer', () => assert.match(refusal('2026-02-30T10:00').message, /^Не получилось понять дату/));

  it('offer whole hours only', () => {
    assert.deepEqual(openSlots(workshop, new Date('2026-11-28T14:01:00Z'), 2), ['2026-11-30T09:00', '2026-11-30T10:00']);
    assert.deepEqual(openSlots(workshop, new Date('2026-11-28T14:00:00Z'), 1), ['2026-11-28T17:00']);
  });

  it('follow the workshop, not the server, where the clock changes', () => {
    const berlin: Workshop = { ...workshop, timezone: 'Europe/Berlin' };
    const before = checkVisit(berlin, '2027-03-27T10:00', new Date('2027-03-20T00:00:00Z'));
    const after = checkVisit(berlin, '2027-03-29T10:00', new Date('2027-03-20T00:00:00Z'));
    assert.ok(before.ok && after.ok);
    assert.equal(before.at.toISOString(), '2027-03-27T09:00:00.000Z');
    assert.equal(after.at.toISOString(), '2027-03-29T08:00:00.000Z');
  });
});
