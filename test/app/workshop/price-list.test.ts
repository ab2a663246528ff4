import assert from 'node:assert/strict';
import { parsePriceList } from '../../../app/workshop/price-list.ts';
import { describeProblem } from '../../../app/workshop/problems.ts';

const HEADER = 'id,section,service,unit,class1,class2,class3,from,keywords';

const parse = (...lines: string[]): ReturnType<typeof parsePriceList> => parsePriceList({ file: 'prices.csv', text: lines.join('\n') });
const problems = (...lines: string[]): string[] => {
  const parsed = parse(...lines);
  assert.ok(!parsed.ok, 'a broken list was accepted');
  return parsed.problems.map(describeProblem);
};

describe('parsePriceList', () => {
  it('reads rows, empty prices, grouped thousands, quotes and keywords', () => {
    const parsed = parse(
      `\uFEFF${HEADER}`,
      'a,Покраска,"Покраска, один элемент",элемент,14 000,,28\u00A0000,yes,"крыло; дверь ;"',
      '',
      'b,Покраска,Пайка,шт,1,2,3,no,',
    );
    assert.deepEqual(parsed, {
      ok: true,
      value: [
        {
          id: 'a',
          section: 'Покраска',
          service: 'Покраска, один элемент',
          unit: 'элемент',
          prices: { 1: 14000, 2: null, 3: 28000 },
          from: true,
          keywords: ['крыло', 'дверь'],
        },
        { id: 'b', section: 'Покраска', service: 'Пайка', unit: 'шт', prices: { 1: 1, 2: 2, 3: 3 }, from: false, keywords: [] },
      ],
    });
  });

  it('takes the columns in any order', () => {
    const parsed = parse('keywords,from,class3,class2,class1,unit,service,section,id', 'x,no,3,2,1,шт,Пайка,Покраска,b');
    assert.ok(parsed.ok);
    assert.deepEqual(parsed.value[0]?.prices, { 1: 1, 2: 2, 3: 3 });
  });

  for (const price of ['-1', '0', '1.5', '1,5', '1e4', '14 00', 'от 500', '10000001', '٣']) {
    it(`refuses the price «${price}»`, () => {
      assert.deepEqual(problems(HEADER, `a,Покраска,Пайка,шт,"${price}",2,3,no,`), [
        `prices.csv:2: class1 "${price}": expected whole roubles from 1 to 10000000, or nothing`,
      ]);
    });
  }

  it('refuses an empty file, a bare header, unknown, missing and doubled columns', () => {
    assert.deepEqual(problems(''), [`prices.csv:1: expected a header: ${HEADER}`]);
    assert.deepEqual(problems(HEADER), ['prices.csv:1: expected at least one price below the header']);
    assert.match(problems(`${HEADER},note`, 'a')[0] ?? '', /^prices\.csv:1: unknown column "note"/);
    assert.deepEqual(problems(HEADER.replace(',unit', ''), 'a'), ['prices.csv:1: expected a column "unit"']);
    assert.deepEqual(problems(`${HEADER},from`, 'a'), ['prices.csv:1: column "from" stands twice']);
    assert.match(problems(HEADER.replaceAll(',', ';'), 'a')[0] ?? '', /save the file with commas/);
  });

  it('refuses doubled ids and services, and tells where the first one stands', () => {
    assert.deepEqual(problems(HEADER, 'a,Покраска,Пайка,шт,1,2,3,no,', 'b,Покраска,ПАЙКА,шт,1,2,3,no,', 'a,Покраска,Другое,шт,1,2,3,no,'), [
      'prices.csv:3: service "покраска / пайка / шт" stands already in line 2',
      'prices.csv:4: id "a" stands already in line 2',
    ]);
  });

  for (const unit of ['14000', '1', '₽', 'руб/шт', '-']) {
    it(`refuses the unit «${unit}»`, () => {
      assert.deepEqual(problems(HEADER, `a,Покраска,Пайка,${unit},1,2,3,no,`), [
        `prices.csv:2: unit "${unit}": expected what one price is for, such as "элемент", "автомобиль" or "час"`,
      ]);
    });
  }

  it('reports every problem of every line, counting lines inside quoted cells and empty ones', () => {
    assert.deepEqual(problems(HEADER, 'a,Покраска,"Пай', 'ка",шт,1,2,-3,no,', '', 'B!,,Пайка,шт,,,,maybe,', 'c,Покраска,Пайка,шт,1,2,3,no'), [
      'prices.csv:2: class3 "-3": expected whole roubles from 1 to 10000000, or nothing',
      'prices.csv:5: section: expected 1 to 120 characters',
      'prices.csv:5: id "B!": expected lower-case Latin letters, digits and "-"',
      'prices.csv:5: from "maybe": expected "yes" or "no"',
      'prices.csv:5: expected a price in class1, class2 or class3',
      'prices.csv:6: expected 9 cells, found 8 (a comma inside a cell needs quotes)',
    ]);
  });

  it('names the line of a quote that is never closed', () => {
    assert.match(problems(HEADER, 'a,Покраска,"Пайка,шт,1,2,3,no,')[0] ?? '', /^prices\.csv:\d+: expected CSV/);
  });
});
