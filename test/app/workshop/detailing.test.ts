import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { describeHours } from '../../../app/workshop/hours.ts';
import { loadWorkshop } from '../../../app/workshop/load.ts';
import { classifyCar, findPrices } from '../../../app/workshop/quote.ts';
import { reviewWorkshop } from '../../../app/workshop/review.ts';
import type { CarClass, Workshop } from '../../../app/workshop/types.ts';
import { exampleWorkshop } from '../../support/workshop.ts';

const DETAILING_DIR = fileURLToPath(new URL('../../../app/workshop/detailing', import.meta.url));

/** What people write → the ids that must come first, in any order. */
const IN_THE_LIST: readonly (readonly [string, ...string[]])[] = [
  ['Добрый день! Сколько стоит полировка кузова на Крету?', 'polish-light', 'polish-deep'],
  ['отполировать капот', 'polish-element'],
  ['полирнуть двери', 'polish-element'],
  ['убрать царапины и паутинку с лака', 'polish-deep'],
  ['мутные фары', 'polish-lights'],
  ['фары пожелтели, что можно сделать?', 'polish-lights'],
  ['полировка лобового', 'polish-glass'],
  ['хочу керамику', 'ceramic-one', 'ceramic-two'],
  ['покрыть машину керамикой в два слоя', 'ceramic-one', 'ceramic-two'],
  ['нанокерамика', 'ceramic-one', 'ceramic-two'],
  ['керамика на диски', 'ceramic-wheels'],
  ['керамику на кожу салона', 'ceramic-leather'],
  ['антидождь на лобовое', 'rain'],
  ['жидкое стекло', 'quartz'],
  ['химчистка салона', 'clean-full'],
  ['почистить салон', 'clean-full'],
  ['сделайте химчистку', 'clean-full'],
  ['химчистка двух сидений', 'clean-seat'],
  ['пятно на кресле', 'clean-seat'],
  ['почистить потолок', 'clean-ceiling'],
  ['химчистка ковриков', 'clean-floor'],
  ['почистить багажник', 'clean-boot'],
  ['чистка кожи', 'clean-leather'],
  ['потёртая кожа на руле', 'leather-repair'],
  ['покраска кожи', 'leather-repair'],
  ['неприятный запах в салоне', 'ozone'],
  ['убрать запах', 'ozone'],
  ['озонирование', 'ozone'],
  ['оклеить машину плёнкой целиком', 'ppf-full'],
  ['забронировать весь кузов', 'ppf-full'],
  ['оклейка зон риска', 'ppf-zones'],
  ['забронировать капот плёнкой', 'ppf-hood'],
  ['бронирование фар', 'ppf-lights'],
  ['плёнка на бампер и капот', 'ppf-bumper', 'ppf-hood'],
  ['снять старую плёнку', 'ppf-off'],
  ['тонировка', 'tint-rear', 'tint-front'],
  ['тонировка задних стёкол', 'tint-rear'],
  ['затонировать передние стёкла', 'tint-front'],
  ['атермалка на лобовое', 'tint-athermal'],
  ['тонировка задних фонарей', 'tint-lights'],
  ['снять тонировку', 'tint-off'],
  ['растонировать машину', 'tint-off'],
  ['помыть машину', 'wash-detail'],
  ['помыть двигатель', 'wash-engine'],
  ['почистить диски', 'wash-wheels'],
  ['убрать битум', 'bitumen'],
  ['сколько стоит нормо-час', 'extra-hour'],
  ['химчиска салона', 'clean-full'],
  ['танировка задних стекол', 'tint-rear'],
  ['кирамика', 'ceramic-one', 'ceramic-two'],
];

const NOT_IN_THE_LIST: readonly string[] = [
  'покраска бампера',
  'покрасить капот',
  'антихром решётки',
  'антикор днища',
  'вмятина на двери без покраски',
  'замена масла',
  'шиномонтаж',
  'ремонт двигателя',
  'перетяжка салона',
  'шумоизоляция',
  'покраска дисков',
  'замена лобового стекла',
  'ремонт скола на стекле',
  'установка сигнализации',
];

describe('the detailing example', () => {
  let workshop: Workshop;
  before(async () => {
    workshop = await loadWorkshop(DETAILING_DIR);
  });
  const idsOf = (service: string): string[] => findPrices(workshop, { service }).map(({ id }) => id);

  it('loads, with another town, other hours and other units than the first example', async () => {
    const other = await exampleWorkshop();
    assert.equal(describeHours(workshop), 'пн выходной, вт–сб 10:00–21:00, вс 11:00–19:00');
    for (const key of ['name', 'address', 'phone', 'timezone', 'managerChatId', 'prompt', 'welcome', 'contentHash'] as const)
      assert.notEqual(workshop[key], other[key]);
    const units = new Set(workshop.prices.map(({ unit }) => unit));
    for (const unit of ['автомобиль', 'элемент', 'час', 'сиденье']) assert.ok(units.has(unit), unit);
    assert.ok(workshop.prices.some(({ from }) => from));
  });

  for (const [words, ...ids] of IN_THE_LIST) {
    it(`finds ${ids.join(', ')} for «${words}»`, () => {
      const found = idsOf(words);
      assert.deepEqual(found.slice(0, ids.length).toSorted(), ids.toSorted(), found.join(' '));
    });
  }

  for (const words of NOT_IN_THE_LIST) it(`finds nothing for «${words}»`, () => assert.deepEqual(idsOf(words), []));

  for (const [words, carClass] of [
    ['на Крету', 2],
    ['Тигго 4', 1],
    ['чери тигго 8', 3],
    ['БМВ х5', 3],
    ['бмв 5', 2],
    ['октавия', 2], // class 1 in the first example: the classes are the workshop's own
    ['Лада', 1],
  ] as const satisfies readonly (readonly [string, CarClass])[]) {
    it(`knows the class of «${words}»`, () => assert.equal(classifyCar(workshop, words)?.class, carClass));
  }

  it('quotes one price for all classes where the list has one', () => {
    const [seat] = findPrices(workshop, { service: 'химчистка сиденья', carClass: 3 });
    assert.deepEqual([seat?.unit, seat?.price, seat?.prices], ['сиденье', 1500, { 1: 1500, 2: 1500, 3: 1500 }]);
  });

  it('leaves nothing to advise, and neither does the first example', async () => {
    assert.deepEqual(reviewWorkshop(workshop), []);
    assert.deepEqual(reviewWorkshop(await exampleWorkshop()), []);
  });
});
