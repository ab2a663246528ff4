import assert from 'node:assert/strict';
import { findWhen } from '../../../app/sandbox/model/slots/when.ts';
import { expandAll, expandMoments, instantOf, localDate, localIso } from '../../../scripts/dialogues/moments.ts';

describe('dialogue set: moments', () => {
  const cases: readonly (readonly [today: string, text: string, shown: string])[] = [
    ['2026-11-25', '{{sat 11:00}}', 'сб, 28 ноября, 11:00'],
    ['2026-11-28', '{{sat 11:00}}', 'сб, 5 декабря, 11:00'],
    ['2026-12-31', '{{fri 9:30}}', 'пт, 1 января, 9:30'],
    ['2026-12-31', '{{fri 09:30|iso}}', '2027-01-01T09:30'],
    ['2026-11-27', '{{workday|say}} в 10', 'в понедельник в 10'],
    ['2026-11-28', '{{workday|say}}', 'послезавтра'],
    ['2026-11-25', '{{workday|say}}', 'завтра'],
    ['2028-02-28', '{{+1 10:00}}', 'вт, 29 февраля, 10:00'],
    ['2026-11-25', '{{wed|date}} и {{wed|dotted}}', '2 декабря и 02.12'],
    ['2026-11-25', '{{ sun 10:00 | iso }}', '2026-11-29T10:00'],
    ['2026-11-25', 'ничего', 'ничего'],
  ];
  for (const [today, text, shown] of cases) it(`${text} on ${today} is ${shown}`, () => assert.equal(expandMoments(text, today), shown));

  it('mean what the scripted model understands by the same words, on any day', () => {
    const spoken = { mon: 'в понедельник', tue: 'во вторник', wed: 'в среду', thu: 'в четверг', fri: 'в пятницу', sat: 'в субботу', sun: 'в воскресенье' };
    for (let day = 0; day < 400; day += 1) {
      const today = new Date(Date.UTC(2026, 10, 1 + day)).toISOString().slice(0, 10);
      for (const [name, words] of Object.entries(spoken)) {
        for (const said of [`${words} в 11:30`, `{{${name}|date}} в 11:30`, `{{${name}|say}} в 11:30`]) {
          const { date, time } = findWhen(expandMoments(said, today), { date: today, time: '23:59' });
          assert.equal(`${date ?? ''}T${time ?? ''}`, expandMoments(`{{${name} 11:30|iso}}`, today), `${said} on ${today}`);
        }
      }
    }
  });

  it('are found in every text of a value', () => {
    assert.deepEqual(expandAll({ a: ['{{sat|date}}'], b: { c: '{{sat 9:00|iso}}' } }, '2026-11-25'), { a: ['28 ноября'], b: { c: '2026-11-28T09:00' } });
  });

  it('are refused when nobody knows what they mean', () => {
    assert.throws(() => expandMoments('{{someday}}', '2026-11-25'), /expected mon…sun/);
    assert.throws(() => expandMoments('{{sat 11:00|loud}}', '2026-11-25'), /expected shown/);
  });

  it('stand in the workshop’s time zone', () => {
    assert.equal(localDate(new Date('2026-12-31T21:30:00Z'), 'Europe/Moscow'), '2027-01-01');
    assert.equal(localIso(instantOf('2026-11-28T11:00', 'Asia/Vladivostok'), 'Asia/Vladivostok'), '2026-11-28T11:00');
  });
});
