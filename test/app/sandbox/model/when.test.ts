import assert from 'node:assert/strict';
import { addDays, dateOf, readNow, showLocal } from '../../../../app/sandbox/model/slots/calendar.ts';
import { findWhen, findWhenProblem, withoutWhen } from '../../../../app/sandbox/model/slots/when.ts';

/** A Tuesday. */
const NOW = { date: '2026-11-24', time: '12:30' };

describe('scripted model: dates and times', () => {
  const cases: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['завтра в 10', '2026-11-25', '10:00'],
    ['Запишите меня на завтра в 10', '2026-11-25', '10:00'],
    ['в субботу в 11:30', '2026-11-28', '11:30'],
    ['в субботу, часов в 11', '2026-11-28', '11:00'],
    ['в воскресенье в 3 ночи', '2026-11-29', '03:00'],
    ['27 ноября в 14:00', '2026-11-27', '14:00'],
    ['27-го ноября к 14', '2026-11-27', '14:00'],
    ['через два дня', '2026-11-26', undefined],
    ['через 2 дня в 9 утра', '2026-11-26', '09:00'],
    ['через неделю в 15:00', '2026-12-01', '15:00'],
    ['через три недели', '2026-12-15', undefined],
    ['через два часа', '2026-11-24', '14:30'],
    ['через 12 часов', '2026-11-25', '00:30'],
    ['сегодня в 7 вечера', '2026-11-24', '19:00'],
    ['послезавтра к девяти', '2026-11-26', undefined],
    ['послезавтра в девять', '2026-11-26', '09:00'],
    ['во вторник в 10', '2026-12-01', '10:00'],
    ['в среду в час дня', '2026-11-25', '13:00'],
    ['в следующую субботу в 10', '2026-12-05', '10:00'],
    ['в следующий понедельник', '2026-11-30', undefined],
    ['на выходных', '2026-11-28', undefined],
    ['27.11 в 10:30', '2026-11-27', '10:30'],
    ['28.11.2026 в 9', '2026-11-28', '09:00'],
    ['5 января в 12', '2027-01-05', '12:00'],
    ['20 ноября в 12', '2026-11-20', '12:00'],
    ['пн, 30 ноября, 9:00', '2026-11-30', '09:00'],
    ['пт, 27 ноября', '2026-11-27', undefined],
    ['завтра в 11.30', '2026-11-25', '11:30'],
    ['завтра в 10-30', '2026-11-25', '10:30'],
    ['завтра в половине одиннадцатого', '2026-11-25', '10:30'],
    ['завтра в полдень', '2026-11-25', '12:00'],
    ['в 3 часа', undefined, '15:00'],
    ['в 03:00', undefined, '03:00'],
    ['к 18', undefined, '18:00'],
    ['Мазда 3, завтра в 12', '2026-11-25', '12:00'],
    ['+7 912 345-67-89, завтра в 12', '2026-11-25', '12:00'],
    ['Веста 2019 года', undefined, undefined],
    ['31 ноября в 10', undefined, '10:00'],
    ['в 25:00', undefined, undefined],
    ['сколько стоит покрасить 2 элемента', undefined, undefined],
    ['бюджет 30 тыс', undefined, undefined],
    ['привет', undefined, undefined],
  ];
  for (const [text, date, time] of cases) {
    it(`reads «${text}»`, () => assert.deepEqual(findWhen(text, NOW), { date, time }));
  }

  it('takes a lone number for an hour only when it has just asked for one', () => {
    for (const [text, time] of [
      ['10', '10:00'],
      ['10:30', '10:30'],
      ['давайте 11', '11:00'],
      ['десять', '10:00'],
      ['2', '14:00'],
    ] as const) {
      assert.equal(findWhen(text, NOW, { bareHour: true }).time, time, text);
      if (!text.includes(':')) assert.equal(findWhen(text, NOW).time, undefined, text);
    }
  });

  it('says why a moment cannot be', () => {
    for (const [text, problem] of [
      ['31 февраля', /31 февраля/],
      ['в 25:00', /25:00/],
      ['завтра в 10:75', /10:75/],
      ['вчера в 10', /прошедшее/],
    ] as const)
      assert.match(findWhenProblem(text) ?? '', problem, text);
    for (const text of ['29 февраля', 'завтра в 10', 'вчера попал в аварию', 'в 23:59', '31 декабря']) assert.equal(findWhenProblem(text), undefined, text);
  });

  it('takes days and hours out of a text', () => {
    assert.equal(withoutWhen('полировка фар 12 00 завтра').trim(), 'полировка фар');
    assert.equal(withoutWhen('вмятина до 10 см').trim(), 'вмятина до 10 см');
  });

  it('crosses years and knows leap days', () => {
    assert.equal(addDays('2026-12-31', 1), '2027-01-01');
    assert.equal(addDays('2028-02-28', 1), '2028-02-29');
    assert.equal(dateOf({ year: 2027, month: 2, day: 29 }), undefined);
    assert.deepEqual(findWhen('завтра в 9', { date: '2026-12-31', time: '23:59' }), { date: '2027-01-01', time: '09:00' });
  });

  it('shows a local moment in words, and leaves alone what is none', () => {
    assert.equal(showLocal('2026-11-28T11:30'), 'сб, 28 ноября, 11:30');
    assert.equal(showLocal('2026-11-30T09:00'), 'пн, 30 ноября, 9:00');
    assert.equal(showLocal('скоро'), 'скоро');
  });

  it('reads the clock from the last line of the system prompt', () => {
    assert.deepEqual(readNow('Правила.\nСейчас: 2026-11-24T12:30, вторник'), NOW);
    assert.equal(readNow('Правила.'), undefined);
  });
});
