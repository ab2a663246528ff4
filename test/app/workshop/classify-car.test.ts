import assert from 'node:assert/strict';
import { classifyCar } from '../../../app/workshop/quote.ts';
import type { CarClass, Workshop } from '../../../app/workshop/types.ts';
import { exampleWorkshop } from '../../support/workshop.ts';

const CARS: readonly (readonly [string, string, CarClass])[] = [
  ['Лада Веста', 'Lada Vesta', 1],
  ['сколько стоит покрасить бампер на Весту?', 'Lada Vesta', 1],
  ['веста св кросс 2019', 'Lada Vesta', 1],
  ['на Гранте', 'Lada Granta', 1],
  ['у меня Приора', 'Lada Priora', 1],
  ['Лада 2114', 'Lada', 1],
  ['Жигули', 'Lada', 1],
  ['солярисе', 'Hyundai Solaris', 1],
  ['Хёндэ Солярис', 'Hyundai Solaris', 1],
  ['KIA RIO', 'Kia Rio', 1],
  ['на Рио', 'Kia Rio', 1],
  ['Киа сид', 'Kia Ceed', 1],
  ['Логана', 'Renault Logan', 1],
  ['поло седан', 'Volkswagen Polo', 1],
  ['Октавию', 'Skoda Octavia', 1],
  ['Mazda3', 'Mazda 3', 1],
  ['Мазда 3', 'Mazda 3', 1],
  ['для форда фокуса', 'Ford Focus', 1],
  ['Королла', 'Toyota Corolla', 1],
  ['Camry', 'Toyota Camry', 2],
  ['камри', 'Toyota Camry', 2],
  ['Тойота Камри 2012 года', 'Toyota Camry', 2],
  ['аккорде', 'Honda Accord', 2],
  ['Оптиму', 'Kia Optima', 2],
  ['Киа К5', 'Kia K5', 2],
  ['кашкая', 'Nissan Qashqai', 2],
  ['Крету', 'Hyundai Creta', 2],
  ['Mazda 6', 'Mazda 6', 2],
  ['мазда сх-5', 'Mazda CX-5', 2],
  ['cx5', 'Mazda CX-5', 2],
  ['RAV 4', 'Toyota RAV4', 2],
  ['рав4', 'Toyota RAV4', 2],
  ['X-Trail', 'Nissan X-Trail', 2],
  ['икстрейле', 'Nissan X-Trail', 2],
  ['Тигуана', 'Volkswagen Tiguan', 2],
  ['дастер', 'Renault Duster', 2],
  ['БМВ х5', 'BMW X5', 3],
  ['X5', 'BMW X5', 3],
  ['бэха х5', 'BMW X5', 3],
  ['бмв третьей серии', 'BMW', 3],
  ['Ленд Ровер', 'Land Rover', 3],
  ['Рендж Ровере', 'Land Rover', 3],
  ['мерседес', 'Mercedes-Benz', 3],
  ['Mercedes-Benz E200', 'Mercedes-Benz', 3],
  ['на гелике', 'Mercedes-Benz', 3],
  ['крузака', 'Toyota Land Cruiser', 3],
  ['Toyota Land Cruiser Prado', 'Toyota Land Cruiser Prado', 3],
  ['ауди а6', 'Audi', 3],
  ['Лексуса', 'Lexus', 3],
  ['туарег', 'Volkswagen Touareg', 3],
  ['вольво хс90', 'Volvo XC90', 3],
  ['уаз патриот', 'УАЗ Патриот', 3],
  // one slip of the finger
  ['солярес', 'Hyundai Solaris', 1],
  ['Хендай салярис', 'Hyundai Solaris', 1],
  ['Лада Вестта', 'Lada Vesta', 1],
  ['корола', 'Toyota Corolla', 1],
  ['комри', 'Toyota Camry', 2],
  ['мерседэс', 'Mercedes-Benz', 3],
];

describe('classifyCar on the example list', () => {
  let workshop: Workshop;
  before(async () => {
    workshop = await exampleWorkshop();
  });

  for (const [words, model, carClass] of CARS) {
    it(`knows «${words}»`, () => {
      const found = classifyCar(workshop, words);
      assert.equal(found?.model, model);
      assert.equal(found.class, carClass);
    });
  }

  for (const words of ['', 'машина', 'Тойота', 'Мазда', 'кузов', 'покраска крыши', 'Ферари', '2018', 'дверь 3']) {
    it(`does not guess for «${words}»`, () => assert.equal(classifyCar(workshop, words), null));
  }

  it('knows every spelling of the list as its own model', () => {
    for (const { class: carClass, models } of workshop.carClasses) {
      for (const [name, ...others] of models.map((model) => model.split(' / ')).map(([first = '', ...more]) => [first, first, ...more] as const)) {
        for (const spelling of others) assert.deepEqual(classifyCar(workshop, spelling)?.model, name, spelling);
        assert.equal(classifyCar(workshop, name)?.class, carClass, name);
      }
    }
  });

  it('has at least 60 models and the title of each class', () => {
    assert.ok(workshop.carClasses.reduce((sum, { models }) => sum + models.length, 0) >= 60);
    assert.equal(classifyCar(workshop, 'Камри')?.title, 'бизнес-класс и кроссовер');
  });
});
