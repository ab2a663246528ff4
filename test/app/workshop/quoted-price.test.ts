import assert from 'node:assert/strict';
import { keepQuotedPrice } from '../../../app/workshop/quoted-price.ts';
import type { CarClass, Workshop } from '../../../app/workshop/types.ts';
import { exampleWorkshop } from '../../support/workshop.ts';

type Case = readonly [what: string, price: number, services: readonly string[], carClass: CarClass | null, summary?: string];

const KEPT: readonly Case[] = [
  ['the price of the service for the class', 14_000, ['Покраска бампера'], 1],
  ['in other words of the same service', 14_000, ['Покраска переднего бампера'], 1],
  ['the sum of two services', 21_500, ['Покраска бампера', 'Полировка фар'], 2],
  ['two services of the same price', 28_000, ['Покраска бампера', 'Покраска крыла'], 1],
  ['two of a thing, said in the services', 28_000, ['Покраска двух бамперов'], 1],
  ['two of a thing, said in the summary', 28_000, ['Покраска бампера'], 1, 'передний и задний бамперы'],
  ['any class while the car is not known', 21_000, ['Покраска бампера'], null],
  ['a price of the list where the service is in other words', 6_000, ['Кузовной ремонт'], 1],
];
const DROPPED: readonly Case[] = [
  ['an invented number', 9_990, ['Покраска бампера'], 1],
  ['another class', 21_000, ['Покраска бампера'], 1],
  ['another service of the list', 5_000, ['Покраска бампера'], 1],
  ['a sum nobody counted', 42_000, ['Покраска бампера'], 1],
  ['nothing at all', 0, ['Покраска бампера'], 1],
  ['an invented number for what the list does not know', 7_777, ['Кузовной ремонт'], 1],
];

describe('the price of a booking', () => {
  let workshop: Workshop;
  before(async () => {
    workshop = await exampleWorkshop();
  });
  const keep = ([, price, services, carClass, summary]: Case): number | null => keepQuotedPrice(workshop, { price, services, carClass, summary });

  for (const given of KEPT) it(`stays: ${given[0]}`, () => assert.equal(keep(given), given[1]));
  for (const given of DROPPED) it(`is dropped: ${given[0]}`, () => assert.equal(keep(given), null));
});
