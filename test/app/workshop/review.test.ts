import assert from 'node:assert/strict';
import { reviewWorkshop } from '../../../app/workshop/review.ts';
import type { PriceRow, Workshop } from '../../../app/workshop/types.ts';
import { exampleWorkshop } from '../../support/workshop.ts';

describe('reviewWorkshop', () => {
  let example: Workshop;
  before(async () => {
    example = await exampleWorkshop();
  });

  const changed = (change: Partial<Workshop>): readonly string[] => reviewWorkshop({ ...example, ...change });
  const withRow = (change: Partial<PriceRow>): readonly string[] =>
    changed({ prices: example.prices.map((row, at) => (at === 0 ? { ...row, ...change } : row)) });

  it('has nothing to say about the example', () => assert.deepEqual(reviewWorkshop(example), []));

  it('notices what was left as the example has it', () => {
    assert.deepEqual(reviewWorkshop({ ...example }, [example]), [
      "workshop.yaml: name Пример-Авто is the example's",
      "workshop.yaml: address г. Примерск, ул. Образцовая, 12, въезд со стороны Заводского проезда is the example's",
      `workshop.yaml: phone ${example.phone} is the example's`,
      "workshop.yaml: managerChatId -1001000000001 is the example's",
      "workshop.yaml: consent: names the example's workshop «Пример-Авто»",
      "welcome.md: names the example's workshop «Пример-Авто»",
      "prices: every row is the example's",
    ]);
    const own: Workshop = {
      ...example,
      name: 'Своя',
      address: 'ул. Своя, 1',
      phone: '+79991234567',
      consent: 'Согласие. Удалить переписку можно командой /reset.',
      welcome: 'Я бот мастерской «Своя». Удалить переписку: /reset.',
      prices: example.prices.slice(1),
    };
    assert.deepEqual(reviewWorkshop(own, [example]), ["workshop.yaml: managerChatId -1001000000001 is the example's"]);
  });

  it('asks whether a price is in thousands', () => {
    assert.deepEqual(withRow({ prices: { 1: 14, 2: null, 3: 21000 } }), ['paint-bumper: a price under 100\u00A0₽; is it in thousands?']);
  });

  it('notices a higher class that pays less', () => {
    assert.deepEqual(withRow({ prices: { 1: 14000, 2: 12000, 3: 21000 } }), ['paint-bumper: a higher class pays less']);
  });

  it('notices keywords that cannot find their row', () => {
    assert.deepEqual(withRow({ keywords: ['покраска бампера', 'сколько стоит'] }), ['paint-bumper: the keyword «сколько стоит» does not find it']);
  });

  it('notices a service that cannot find itself', () => {
    assert.match(withRow({ service: 'Услуга', keywords: [] }).join(), /paint-bumper: «Услуга» does not find itself/);
  });

  it('notices prices in prose, and prose that forgets the tools or /reset', () => {
    assert.deepEqual(changed({ welcome: `${example.welcome} Бампер за 9 000 ₽!` }), ['welcome.md: «9 000 ₽»: prices belong into the price list']);
    assert.deepEqual(changed({ welcome: 'Здравствуйте!', prompt: 'Отвечай вежливо.', consent: 'Вы соглашаетесь.' }), [
      'prompt.md: never speaks of the tool find_prices',
      'prompt.md: never speaks of the tool create_booking',
      'welcome.md: does not say that /reset deletes the conversation',
      'workshop.yaml: the consent does not say that /reset deletes the conversation',
    ]);
  });
});
