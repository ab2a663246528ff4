import assert from 'node:assert/strict';
import { createFindSuggested } from '../../../app/dialogue/suggested.ts';
import type { StoredStep } from '../../../app/lanes/steps.ts';
import { classifyCar, findPrices } from '../../../app/workshop/quote.ts';
import type { Workshop } from '../../../app/workshop/types.ts';
import { exampleWorkshop } from '../../support/workshop.ts';

describe('services that an answer has suggested', () => {
  let workshop: Workshop;
  before(async () => {
    workshop = await exampleWorkshop();
  });

  /** The steps of a turn in which the model asked the price list so. */
  const lookUp = (service: string, car?: string): StoredStep[] => {
    const known = car === undefined ? null : classifyCar(workshop, car);
    const matches = findPrices(workshop, { service, carClass: known?.class });
    const call = { id: 'c', name: 'find_prices', argumentsJson: JSON.stringify({ service, car }) };
    return [
      { kind: 'model', step_no: 0, call_index: 0, result: { text: '', toolCalls: [call], usage: {}, model: 'm' } },
      { kind: 'tool', step_no: 0, call_index: 1, result: { car: known && { class: known.class }, matches } },
    ];
  };
  const suggested = (steps: StoredStep[], answer: string) => createFindSuggested(workshop)(steps, answer);
  const names = (steps: StoredStep[], answer: string) => suggested(steps, answer).map(({ service }) => service);

  it('one, with its price and how well it matched', () => {
    assert.deepEqual(suggested(lookUp('покрасить бампер', 'Веста'), 'Покраска бампера — **14 000 ₽**.'), [
      { service: 'Покраска бампера', price: 14_000, from: false, carClass: 1, confidence: 1 },
    ]);
  });

  it('none when no price of it stands in the answer', () => {
    assert.deepEqual(names(lookUp('покрасить бампер', 'Веста'), 'Какая у вас машина?'), []);
    assert.deepEqual(names(lookUp('покрасить бампер', 'Веста'), 'Это стоит 5 000 ₽'), []);
  });

  it('none without a look-up', () => assert.deepEqual(names([], 'Покраска бампера — 14 000 ₽'), []));

  it('of several rows of one price those that the answer names', () => {
    const steps = [...lookUp('бампер, крыло и порог', 'Веста')];
    assert.ok(findPrices(workshop, { service: 'бампер, крыло и порог', carClass: 1 }).filter(({ price }) => price === 14_000).length > 1);
    assert.deepEqual(names(steps, 'Покраска крыла — 14 000 ₽.'), ['Покраска крыла']);
    assert.deepEqual(names(steps, 'Покраска крыла и покраска бампера: по 14 000 ₽.').toSorted(), ['Покраска бампера', 'Покраска крыла']);
  });

  it('of several rows of one price, none of which is named, the best match', () => {
    assert.equal(names(lookUp('бампер, крыло и порог', 'Веста'), 'Это стоит 14 000 ₽').length, 1);
  });

  it('a range while the car is not known', () => {
    assert.deepEqual(suggested(lookUp('покрасить бампер'), 'От 14 000 до 21 000 ₽ в зависимости от машины'), [
      { service: 'Покраска бампера', price: null, from: false, carClass: null, confidence: 1 },
    ]);
  });

  it('a request of which the row holds only a part matched less', () => {
    const [only] = suggested(lookUp('полировка фар и шиномонтаж', 'Веста'), 'Полировка фар — 4 000 ₽');
    assert.equal(only?.service, 'Полировка фар');
    assert.ok(only.confidence !== null && only.confidence > 0 && only.confidence < 1, String(only.confidence));
  });

  it('foreign results and arguments that cannot be read do no harm', () => {
    const [, tool] = lookUp('покрасить бампер', 'Веста');
    const steps: StoredStep[] = [
      { kind: 'tool', step_no: 3, call_index: 1, result: { bookings: [] } },
      { kind: 'model', step_no: 0, call_index: 0, result: { text: '', toolCalls: [{ id: 'c', name: 'x', argumentsJson: '{' }], model: 'm' } },
      ...(tool ? [tool] : []),
    ];
    assert.deepEqual(
      suggested(steps, '14 000 ₽ — покраска бампера').map(({ service, confidence }) => [service, confidence]),
      [['Покраска бампера', null]],
    );
  });
});
