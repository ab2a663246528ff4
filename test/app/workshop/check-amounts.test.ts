import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkAmounts, findCounts } from '../../../app/workshop/amounts.ts';

const LIST = [14000, 17000, 25000];
const QUOTED = [14000, 2500, 18000];
const check = (answer: string, more: { spokenByCustomer?: readonly number[]; counts?: readonly number[] } = {}): ReturnType<typeof checkAmounts> =>
  checkAmounts(answer, { listPrices: LIST, quoted: QUOTED, counts: findCounts(answer), ...more });

const RIGHT: readonly string[] = [
  'Покраска бампера — 14 000 ₽, окончательную цену мастер назовёт после осмотра.',
  'Четырнадцать тысяч за элемент.',
  'Два крыла по 14 000 ₽ — это 28 000 ₽.',
  'Бампер 14 000 ₽, снятие 2 500 ₽, вместе 16 500 ₽.',
  'От 14 до 18 тысяч.',
  'Двенадцать элементов: 168 000 ₽.',
  'Всё вместе 34 500.', // 14 000 + 18 000 + 2 500
  'Лист называет 25 000 ₽.',
  'Ваша заявка №1203 принята на вт, 1 декабря, 10:00. Менеджер позвонит на +7 912 345-67-89.',
  'Осмотр бесплатный, занимает полчаса.',
  'Скидок у нас, к сожалению, нет: 14 000 ₽ за элемент.',
  'Скидку 10 % сделать не можем.',
  'По скидкам лучше спросить у менеджера, а покраска бампера по нашему прайсу стоит 14 000 ₽.',
  'Тонировка пропускает 70 % света.',
  'Передний и задний бамперы вместе — 28 000 ₽',
  'Покраска всех дверей — 56 000 ₽',
  'За капот, крышу и багажник от 42 000 ₽',
  'Разница — 4 000 ₽: 14 000 ₽ и 18 000 ₽.',
  'Второй вариант дороже на 4 000 ₽.',
  'Он дешевле на 11 500 ₽: 2 500 ₽ вместо 14 000 ₽.',
  'Дешевле всего — 14 000 ₽.',
];

const WRONG: readonly (readonly [string, ...string[]])[] = [
  ['Покраска бампера — 15 000 ₽.', '15 000 ₽'],
  ['Сделаем за 13к!', '13к'],
  ['Четырнадцать с половиной тысяч.', 'Четырнадцать с половиной тысяч'],
  ['От 14 000 до 20 000 ₽.', '14 000 до 20 000 ₽'],
  ['14–19 тыс.', '14–19 тыс.'],
  ['12 600 ₽ со скидкой', '12 600 ₽'],
  ['Дам скидку 10 %: 12 600 ₽', '10 %', '12 600 ₽'],
  ['Скидка 2 500 ₽ вам.', '2 500 ₽'],
  ['14 000 ₽ минус 10%', '14 000 ₽', '10%'],
  ['Вы сказали 5 000 ₽ — хорошо.', '5 000 ₽'],
  ['Примерно 200 долларов', '200 долларов'],
  ['Несколько тысяч рублей', 'тысяч рублей'],
  ['Осмотр 0 ₽', '0 ₽'],
  ['39 000 — это два листа', '39 000'], // 14 000 + 25 000: a list price the tool did not return makes no sum
  ['Тринадцать элементов: 182 000 ₽. 15 000 ₽. 15 000 ₽', '182 000 ₽', '15 000 ₽'],
  ['Бампер выйдет в 15 000 ₽', '15 000 ₽'], // six times 2 500, but nobody spoke of six
  ['Три двери: 45 000 ₽', '45 000 ₽'],
  ['Сделаем дешевле на 4 000 ₽', '4 000 ₽'],
  ['Вам дешевле на 4 000 ₽', '4 000 ₽'],
  ['Дороже на 3 000 ₽', '3 000 ₽'],
  ['Скидка 4 000 ₽, вот и разница', '4 000 ₽'],
  ['Передний бампер — 28 000 ₽', '28 000 ₽'],
  ['1 ₽', '1 ₽'],
  ['9999', '9999'],
];

describe('findCounts', () => {
  for (const [text, ...counts] of [
    ['две двери и 3 крыла', 2, 3, 5],
    ['Передний и задний бамперы вместе', 2],
    ['Покраска всех дверей', 4],
    ['за капот, крышу и багажник', 3],
    ['капот, крыша и 4 двери, это 6 элементов', 4, 6],
    ['покраска крышки багажника', ...[]],
    ['передний бампер. Капот', ...[]],
    ['обе фары', 2],
    ['двенадцать элементов', 12],
    ['14 000 ₽ за элемент, в 10:00', ...[]],
    ['13 дверей', ...[]],
    ['5 тысяч', ...[]],
  ] as const satisfies readonly (readonly [string, ...number[]])[]) {
    it(`reads «${text}»`, () => assert.deepEqual(findCounts(text), counts));
  }
});

describe('checkAmounts', () => {
  for (const answer of RIGHT) it(`lets pass «${answer}»`, () => assert.deepEqual(check(answer), { ok: true }));
  for (const [answer, ...wrong] of WRONG) it(`stops «${answer}»`, () => assert.deepEqual(check(answer), { ok: false, wrong }));

  it('lets a customer hear his own number only when told that it is his', () => {
    const answer = 'Вы назвали 5 000 ₽, у нас покраска бампера 14 000 ₽.';
    assert.deepEqual(check(answer), { ok: false, wrong: ['5 000 ₽'] });
    assert.deepEqual(check(answer, { spokenByCustomer: [5000] }), { ok: true });
    assert.deepEqual(check('10 000 ₽', { spokenByCustomer: [5000] }), { ok: false, wrong: ['10 000 ₽'] }, 'his numbers make no sums');
  });

  it('multiplies a price as often as is said, or freely when not told what is said', () => {
    assert.deepEqual(check('Итого 42 000 ₽', { counts: findCounts('а три двери?') }), { ok: true });
    assert.deepEqual(check('Итого 42 000 ₽', { counts: [] }), { ok: false, wrong: ['42 000 ₽'] });
    assert.deepEqual(checkAmounts('Итого 42 000 ₽', { listPrices: [], quoted: QUOTED }), { ok: true });
  });

  it('allows nothing where nothing was quoted', () => {
    assert.deepEqual(checkAmounts('14 000 ₽', { listPrices: [], quoted: [] }), { ok: false, wrong: ['14 000 ₽'] });
    assert.deepEqual(checkAmounts('Здравствуйте!', { listPrices: [], quoted: [] }), { ok: true });
  });

  it('allows any sum of up to 12 quoted prices and no thirteenth', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 }), (halves) => {
        const quoted = halves.map((half) => half * 500);
        const sum = quoted.reduce((a, b) => a + b, 0);
        assert.deepEqual(checkAmounts(`Итого ${sum} ₽`, { listPrices: [], quoted }), { ok: true });
      }),
    );
    assert.equal(checkAmounts('182 000 ₽', { listPrices: [], quoted: [14000] }).ok, false);
    assert.equal(checkAmounts('168 000 ₽', { listPrices: [], quoted: [14000] }).ok, true);
    assert.equal(checkAmounts('бампер, капот и крыло: 44 000 ₽', { listPrices: [], quoted: [14000, 16000, 14000], counts: [3] }).ok, true);
    assert.equal(checkAmounts('бампер и капот: 44 000 ₽', { listPrices: [], quoted: [14000, 16000], counts: [3] }).ok, false);
  });

  it('agrees with trying every sum', () => {
    const sumsOf = (prices: readonly number[], terms: number): Set<number> => {
      let sums = new Set([0]);
      const all = new Set<number>();
      for (let term = 0; term < terms; term += 1) {
        sums = new Set([...sums].flatMap((sum) => prices.map((price) => sum + price)));
        for (const sum of sums) all.add(sum);
      }
      return all;
    };
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 500 }), (quoted, asked) => {
        assert.equal(checkAmounts(`${asked} ₽`, { listPrices: [], quoted }).ok, sumsOf(quoted, 12).has(asked));
      }),
    );
  });

  it('stays bounded with prices that share no unit', () => {
    const quoted = Array.from({ length: 200 }, (_, at) => 1_000_003 + at * 7919);
    const ok = (amount: number): boolean => checkAmounts(`${amount} ₽`, { listPrices: [], quoted }).ok;
    const [first = 0, second = 0, third = 0] = quoted;
    assert.ok(ok(first + second + third) && ok(12 * third) && !ok(first + second + 1) && !ok(99_999_999_999));
  });
});
