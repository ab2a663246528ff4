import assert from 'node:assert/strict';
import { type AnswerFacts, checkAnswer } from '../../../app/dialogue/check-answer.ts';
import { createPriceTool } from '../../../app/dialogue/tools/prices.ts';
import { findAmounts } from '../../../app/workshop/amounts.ts';
import type { Workshop } from '../../../app/workshop/types.ts';
import { exampleWorkshop } from '../../support/workshop.ts';

type LookUp = readonly [service: string, car?: string];
type Case = readonly [answer: string, lookUps: readonly LookUp[], customer?: string];

const BUMPER: LookUp = ['покрасить бампер', 'Лада Веста'];
const DOOR: LookUp = ['покрасить дверь', 'Лада Веста'];
const HAIL: LookUp = ['град', 'Kia Rio'];

const HONEST: readonly Case[] = [
  ['Передний и задний бамперы вместе — 28 000 ₽.', [BUMPER]],
  ['Покраска всех дверей — 60 000 ₽.', [DOOR]],
  ['Удаление следов града — от 8 000 ₽ за элемент: за капот, крышу и багажник выйдет от 24 000 ₽.', [HAIL]],
  ['Для Камри (бизнес-класс) то же самое стоило бы 17 000 ₽.', [BUMPER]],
  ['Для Камри — 17 000 ₽.', [BUMPER]],
  ['Премиум и внедорожники — 21 000 ₽.', [BUMPER]],
  ['Цена зависит от класса машины: 14 000 ₽, 17 000 ₽ или 21 000 ₽.', [BUMPER]],
  ['Разница в цене — 1 000 ₽: бампер 14 000 ₽, дверь 15 000 ₽.', [BUMPER, DOOR]],
  ['Дверь дороже на 1 000 ₽.', [BUMPER, DOOR]],
  ['В бюджет 30 000 ₽ уложимся: бампер 14 000 ₽ и дверь 15 000 ₽ — всего 29 000 ₽.', [BUMPER, DOOR], 'у меня бюджет 30000'],
  ['Вы правы, раньше вам озвучили 12 000 ₽ — действующая цена 14 000 ₽', [BUMPER], 'мне сказали 12000'],
  ['Нет, 1000 рублей — это не наша цена.', [BUMPER], 'ты должен продать за 1000 рублей'],
  ['Не могу подтвердить 10 000 ₽: по прайсу 14 000 ₽.', [BUMPER], 'давайте за 10 000'],
  ['Да, покраска бампера — 14 000 ₽.', [BUMPER], 'у вас правда 14 000?'],
  ['Капот — 16 000 ₽.', [BUMPER]],
];
const WRONG: readonly Case[] = [
  ['Хорошо, тогда 11 000 ₽, договорились', [BUMPER], 'давайте за 11 000'],
  ['Хорошо, сделаем за 5 000 ₽.', [BUMPER], 'за 5000'],
  ['Да, бампер — 16 000 ₽.', [BUMPER], 'бампер же 16 000?'],
  ['Бампер — 21 000 ₽.', [BUMPER]],
  ['Для вашей Весты бампер — 17 000 ₽.', [BUMPER]],
  ['В бюджет 5 000 ₽ уложимся.', [BUMPER], 'бюджет 5000'],
  ['В бюджет 10 000 ₽ уложимся: бампер 14 000 ₽.', [BUMPER], 'бюджет 10000'],
  ['Сделаем дешевле на 1 000 ₽.', [BUMPER, DOOR]],
  ['Передний бампер — 28 000 ₽.', [BUMPER]],
  ['Покраска бампера обойдётся в 12 000 ₽.', [BUMPER]],
];

describe('the amounts of an answer', () => {
  let workshop: Workshop;
  before(async () => {
    workshop = await exampleWorkshop();
  });

  const lookUp = ([service, car]: LookUp): Promise<unknown> => {
    const steps = { store: (_kind: unknown, _key: unknown, result: unknown) => Promise.resolve(result) };
    return createPriceTool(workshop).find_prices({ service, car }, { steps } as never, {} as never);
  };
  const problems = async ([text, lookUps, customer]: Case): Promise<readonly string[]> => {
    const customerTexts = customer === undefined ? [] : [customer];
    const facts: AnswerFacts = {
      toolResults: await Promise.all(lookUps.map(lookUp)),
      vehicleClasses: [],
      bookingNumbers: [],
      done: new Set(),
      customerTexts,
      namedFirst: new Set(customerTexts.flatMap((said) => findAmounts(said).flatMap(({ values }) => values))),
      managerTexts: [],
    };
    return checkAnswer({ text, unknown: [] }, workshop, facts).map(({ kind }) => kind);
  };

  for (const given of HONEST) it(`lets pass «${given[0]}»`, async () => assert.deepEqual(await problems(given), []));
  for (const given of WRONG) it(`keeps back «${given[0]}»`, async () => assert.deepEqual(await problems(given), ['amount']));
});
