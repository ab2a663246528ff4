import assert from 'node:assert/strict';
import { findPrices, formatRoubles } from '../../../app/workshop/quote.ts';
import type { Workshop } from '../../../app/workshop/types.ts';
import { exampleWorkshop } from '../../support/workshop.ts';

/** What people write → the ids that must come first, in this order. */
const IN_THE_LIST: readonly (readonly [string, ...string[]])[] = [
  ['Здравствуйте, сколько стоит покрасить бампер на Весту?', 'paint-bumper'],
  ['покраска капота и крыла', 'paint-hood', 'paint-wing'],
  ['бампер и капот покрасить', 'paint-bumper', 'paint-hood'],
  ['перекрасить правую переднюю дверь', 'paint-door'],
  ['Покрасить двери 2 шт на Камри', 'paint-door'],
  ['стоимость окраски зеркала', 'paint-mirror'],
  ['покраска ручек дверей', 'paint-handle'],
  ['крышка багажника покраска', 'paint-trunk'],
  ['покрасьте мне багажник', 'paint-trunk'],
  ['полная покраска кузова', 'paint-full'],
  ['перекрасить машину целиком', 'paint-full'],
  ['покраска порогов', 'paint-sill'],
  ['сколы на капоте', 'paint-spot'],
  ['поцарапал дверь, сколько стоит покрасить', 'paint-door'],
  ['помял заднее крыло на солярисе, во сколько обойдется покраска', 'paint-wing'],
  ['Kia Rio, надо покрасить два крыла и бампер', 'paint-wing', 'paint-bumper'],
  ['хочу отполировать и покрасить капот', 'polish-element', 'paint-hood'],
  ['убрать хром', 'chrome-full'],
  ['антихром решётки радиатора', 'chrome-grille'],
  ['снять хром с рейлингов', 'chrome-rails'],
  ['дехром рейлингов', 'chrome-rails'],
  ['анти-хром молдингов', 'chrome-moulding'],
  ['хочу чёрные молдинги вместо хрома', 'chrome-moulding'],
  ['закатать хром в чёрный', 'chrome-full'],
  ['антикор днища', 'anticor-underbody'],
  ['обработать днище от коррозии', 'anticor-underbody'],
  ['антикоррозионная обработка арок', 'anticor-arches'],
  ['сделать антикор целиком', 'anticor-full'],
  ['ржавчина на порогах, что делать', 'anticor-sills'],
  ['обработка скрытых полостей', 'anticor-cavities'],
  ['убрать вмятину на капоте без покраски', 'pdr-small', 'pdr-medium', 'pdr-large'],
  ['вмятины от града на крыше', 'pdr-hail'],
  ['пдр', 'pdr-small'],
  ['беспокрасочное удаление вмятин', 'pdr-small'],
  ['полировка кузова BMW X5', 'polish-body', 'polish-light'],
  ['царапина на двери', 'polish-element'],
  ['фары мутные', 'polish-lights'],
  ['лобовое стекло поцарапано, можно отполировать?', 'polish-glass'],
  ['нанокерамика на Ленд Крузер', 'protect-ceramic'],
  ['жидкое стекло', 'protect-wax'],
  ['бампер треснул', 'extra-bumper-fix'],
  ['снять и поставить бампер', 'extra-bumper-off'],
  ['рихтовка и покраска двери', 'paint-door', 'extra-straighten'],
  ['подобрать цвет', 'extra-match'],
  ['малярные работы крыло', 'paint-wing'],
  ['покрасить капот с подготовкой', 'paint-hood'],
  ['нужно закрасить царапину на заднем бампере', 'paint-bumper'],
  ['прокапать мовилем скрытые полости', 'anticor-cavities'],
  ['обработайте арки и пороги', 'anticor-arches', 'anticor-sills'],
  ['ямка на крыле без покраски', 'pdr-small'],
  ['отполировать всю машину', 'polish-body'],
  ['покрыть машину керамикой', 'protect-ceramic'],
  ['лакировка капота', 'extra-lacquer'],
  ['замена масла и покраска бампера', 'paint-bumper'],
];

const ONE_SLIP: readonly (readonly [string, string])[] = [
  ['пакраска бампера', 'paint-bumper'],
  ['покраска бапмера', 'paint-bumper'],
  ['покрска капота', 'paint-hood'],
  ['покраска капотта', 'paint-hood'],
  ['покраска кыла', 'paint-wing'],
  ['покраска двреи', 'paint-door'],
  ['антихорм решетки', 'chrome-grille'],
  ['антикорр днища', 'anticor-underbody'],
  ['палировка фар', 'polish-lights'],
  ['вмятена', 'pdr-small'],
  ['кирамика', 'protect-ceramic'],
  ['бaмпeр покраска', 'paint-bumper'], // Latin a and e
];

const NOT_IN_THE_LIST: readonly string[] = [
  'замена масла',
  'поменять масло в двигателе Весты',
  'шиномонтаж',
  'шиномонтаж R17 на Солярис',
  'ремонт АКПП',
  'ремонт коробки передач',
  'ремонт двигателя',
  'замена бампера',
  'купить бампер',
  'купить хромированные молдинги',
  'замена двери с вмятиной',
  'замена порогов',
  'ремонт порогов',
  'замена лобового стекла',
  'ремонт трещины на лобовом стекле',
  'замена фары',
  'ремонт фары',
  'бронирование фар',
  'покраска дисков',
  'покраска - диски',
  'диски, покраска',
  'полировка дисков',
  'антикор дисков',
  'покраска суппортов',
  'покраска велосипеда',
  'полировка салона',
  'химчистка салона',
  'тонировка стекол',
  'оклейка плёнкой капота',
  'шумоизоляция дверей',
  'установка парктроников в бампер',
  'установка фаркопа',
  'удаление катализатора',
  'удаление сажевого фильтра',
  'развал-схождение',
  'сход-развал на Камри',
  'заправка кондиционера',
  'замена тормозных колодок',
  'замена ремня ГРМ',
  'компьютерная диагностика двигателя',
  'промывка инжектора',
  'ремонт турбины на Туареге',
  'ремонт стартера',
  'мойка',
  'ремонт замка двери',
  'керамические колодки',
  'замена стойки амортизатора',
  'покраска двигателя',
  'регулировка фар',
  'хранение шин',
  'эвакуатор',
  'ремонт',
  'здравствуйте',
  '',
  '🚗',
];

describe('findPrices on the example list', () => {
  let workshop: Workshop;
  const idsOf = (service: string): string[] => findPrices(workshop, { service }).map(({ id }) => id);

  before(async () => {
    workshop = await exampleWorkshop();
  });

  for (const [words, ...ids] of IN_THE_LIST) {
    it(`finds ${ids.join(', ')} for «${words}»`, () => {
      const found = idsOf(words);
      assert.deepEqual(found.slice(0, ids.length).toSorted(), ids.toSorted(), found.join(' '));
    });
  }

  for (const [words, id] of ONE_SLIP) {
    it(`forgives the slip in «${words}»`, () => {
      assert.equal(idsOf(words)[0], id);
    });
  }

  for (const words of NOT_IN_THE_LIST) {
    it(`finds nothing for «${words}»`, () => {
      assert.deepEqual(idsOf(words), []);
    });
  }

  it('keeps a repair and a painting of the same part apart', () => {
    assert.deepEqual(idsOf('покраска бампера'), ['paint-bumper']);
    assert.deepEqual(idsOf('ремонт бампера'), ['extra-bumper-fix']);
  });

  it('does not cross the deeds of two wishes', () => {
    assert.deepEqual(idsOf('покраска капота, полировка фар').toSorted(), ['paint-hood', 'polish-lights']);
  });

  it('shows a section for its bare name, at most 8 rows', () => {
    const found = findPrices(workshop, { service: 'сколько стоит покраска?' });
    assert.equal(found.length, 8);
    assert.deepEqual([...new Set(found.map(({ section }) => section))], ['Покраска']);
  });

  it('finds every service by its own name', () => {
    for (const { id, service } of workshop.prices) assert.ok(idsOf(service).includes(id), service);
  });

  it('quotes the class asked for, and none without a class', () => {
    const [priced] = findPrices(workshop, { service: 'покраска бампера', carClass: 2 });
    assert.deepEqual(priced, {
      id: 'paint-bumper',
      section: 'Покраска',
      service: 'Покраска бампера',
      unit: 'элемент',
      from: false,
      price: 17000,
      prices: { 1: 14000, 2: 17000, 3: 21000 },
    });
    assert.equal(findPrices(workshop, { service: 'покраска бампера' })[0]?.price, null);
  });
});

describe('formatRoubles', () => {
  it('groups thousands with no-break spaces', () => {
    assert.equal(formatRoubles(14000), '14\u00A0000\u00A0₽');
    assert.equal(formatRoubles(500), '500\u00A0₽');
    assert.equal(formatRoubles(1234567), '1\u00A0234\u00A0567\u00A0₽');
  });
});
