import assert from 'node:assert/strict';
import { parseToolCall, TOOL_SPECS } from '../../../app/llm/tools.ts';

const CAR = { brand: 'Лада' };
const BOOKING = { car: CAR, services: ['Полировка'], summary: 'полировка' };
const parsed = (name: string, args: unknown): unknown => {
  const call = parseToolCall(name, typeof args === 'string' ? args : JSON.stringify(args));
  return call.ok ? call.args : call.problem;
};

describe('arguments as real models send them', () => {
  const lenient: [what: string, name: string, args: unknown, expected: unknown][] = [
    ['null for what is not known', 'find_prices', { service: 'бампер', car: null }, { service: 'бампер' }],
    ['an empty string for what is not known', 'find_prices', { service: 'бампер', car: '' }, { service: 'бампер' }],
    ['the word null', 'find_prices', { service: 'бампер', car: 'null' }, { service: 'бампер' }],
    [
      'null within and without',
      'create_booking',
      { ...BOOKING, car: { brand: 'Лада', model: null, year: null }, name: '', quoted_price: null, wished_at: null },
      BOOKING,
    ],
    ['a price in quotes', 'create_booking', { ...BOOKING, quoted_price: '14000' }, { ...BOOKING, quoted_price: 14_000 }],
    ['a price as it is written', 'create_booking', { ...BOOKING, quoted_price: '14 000 ₽' }, { ...BOOKING, quoted_price: 14_000 }],
    ['a year in quotes', 'create_booking', { ...BOOKING, car: { ...CAR, year: '2019' } }, { ...BOOKING, car: { ...CAR, year: 2019 } }],
    ['a phone as a number', 'create_booking', { ...BOOKING, phone: 79_123_456_789 }, { ...BOOKING, phone: '79123456789' }],
    ['a model as a number', 'create_booking', { ...BOOKING, car: { brand: 'Mazda', model: 3 } }, { ...BOOKING, car: { brand: 'Mazda', model: '3' } }],
    ['one service without a list', 'create_booking', { ...BOOKING, services: 'Полировка' }, BOOKING],
    ['a list and an object in quotes', 'create_booking', { ...BOOKING, car: '{"brand":"Лада"}', services: '["Полировка"]' }, BOOKING],
    ['a list with holes', 'create_booking', { ...BOOKING, services: ['Полировка', null, ''] }, BOOKING],
    ['an empty car', 'change_booking', { number: '7', car: { brand: '', model: null } }, { number: 7 }],
    ['a space in the time', 'create_booking', { ...BOOKING, wished_at: '2026-12-01 10:00' }, { ...BOOKING, wished_at: '2026-12-01T10:00' }],
    ['keys that nobody asked for', 'cancel_booking', { number: 3, comment: 'x' }, { number: 3 }],
    ['the whole thing encoded twice', 'find_prices', JSON.stringify('{"service":"бампер"}'), { service: 'бампер' }],
    ...['', 'null', '{}', '[]', '""', ' '].map((args): [string, string, unknown, unknown] => [
      `${JSON.stringify(args)} for no arguments`,
      'find_bookings',
      args,
      {},
    ]),
  ];
  for (const [what, name, args, expected] of lenient) it(`${what} is understood`, () => assert.deepEqual(parsed(name, args), expected));

  const refused: [what: string, name: string, args: unknown][] = [
    ['nothing for what is needed', 'find_prices', { service: null }],
    ['a cut object', 'find_prices', '{"service":'],
    ['a price in words', 'create_booking', { ...BOOKING, quoted_price: 'от десяти тысяч' }],
    ['a range', 'create_booking', { ...BOOKING, quoted_price: '14 000 - 17 000' }],
    ['half a rouble', 'create_booking', { ...BOOKING, quoted_price: '14000.50' }],
    ['a car in words', 'create_booking', { ...BOOKING, car: 'Лада Веста' }],
    ['no service', 'create_booking', { ...BOOKING, services: [null] }],
    ['a phone as an object', 'create_booking', { ...BOOKING, phone: { value: '+7' } }],
  ];
  for (const [what, name, args] of refused)
    it(`${what} is refused in words for the model`, () => assert.match(String(parsed(name, args)), /^invalid arguments: /));

  it('the schemas that the model sees are plain: no provider refuses them', () => {
    assert.doesNotMatch(JSON.stringify(TOOL_SPECS), /\$schema|anyOf|null/);
    assert.match(
      JSON.stringify(TOOL_SPECS),
      /"wished_at":\{"description":"[^"]+","type":"string","maxLength":40\}|"wished_at":\{"type":"string","maxLength":40,"description":"[^"]+"\}/,
    );
  });
});
