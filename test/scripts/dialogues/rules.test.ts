import assert from 'node:assert/strict';
import { amountsIn, brokenRules } from '../../../scripts/dialogues/rules.ts';

const world = { amounts: new Set([14_000, 17_000]), numbers: new Set([7]) };
const broken = (text: string, isFirst = false): readonly string[] => brokenRules({ text, isFirst }, world);

describe('dialogue set: rules for every answer', () => {
  const texts: readonly (readonly [text: string, amounts: readonly number[]])[] = [
    ['Покраска — 14 000 ₽ за элемент', [14_000]],
    ['от 9\u00a0000 до 14\u00a0500\u00a0₽', [9_000, 14_500]],
    ['14000–28000 ₽', [28_000, 14_000]],
    ['14 000–28 000 ₽', [14_000, 28_000]],
    ['всего 500 руб.', [500]],
    ['5 тыс', [5]],
    ['Наш телефон: +7 (495) 000-12-34', []],
    ['Телефон: 8 912 345 67 89, всё верно', []],
    ['+7 912 345-67-89', []],
    ['+79123456789', []],
    ['Заявка №7: осмотр сб, 28 ноября, 11:00', []],
    ['Веста 2019 года', []],
    ['12', []],
  ];
  for (const [text, amounts] of texts) it(`finds the sums of «${text}»`, () => assert.deepEqual(amountsIn(text), amounts));

  const cases: readonly (readonly [text: string, problem: RegExp])[] = [
    ['Покраска — 15 000 ₽.', /15000 ₽/],
    ['Какая машина? Какой день?', /2 questions/],
    ['Здравствуйте! Чем помочь?', /greets/],
    ['Готово, <name:1>!', /placeholder/],
    ['**14 000 ₽**', /Markdown/],
    ['## Цены', /Markdown/],
    ['Спасибо за [фото]', /mark of the machinery/],
    ['Вызываю find_prices', /names a tool/],
    ['Менеджер ответит. Скажи об этом клиенту.', /meant for the model/],
    ['Извините, сейчас не получается ответить.', /apology/],
    ['Заявка №undefined', /broken value/],
    ['Заявка №8: суббота', /№8/],
    ['а'.repeat(4_097), /4097 long/],
    [' ', /is empty/],
  ];
  for (const [text, problem] of cases) {
    it(`is broken by «${text.slice(0, 40)}»`, () => {
      const problems = broken(text);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', problem);
    });
  }

  it('lets a good answer pass, and a greeting in the first one', () => {
    assert.deepEqual(broken('Заявка №7: 14 000 ₽, +7 912 345-67-89. Всё верно?'), []);
    assert.deepEqual(broken('Здравствуйте! Чем помочь?', true), []);
  });
});
