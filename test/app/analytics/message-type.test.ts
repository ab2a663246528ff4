import assert from 'node:assert/strict';
import { classifyMessage } from '../../../app/analytics/message-type.ts';

describe('what a first message is about', () => {
  const cases: [text: string, type: string][] = [
    ['Запишите меня на покраску', 'booking_intent'],
    ['хочу записаться', 'booking_intent'],
    ['Можно приехать завтра в десять?', 'booking_intent'],
    ['подъеду к вам на осмотр', 'booking_intent'],
    ['забронируйте время', 'booking_intent'],
    ['бронь на вторник', 'booking_intent'],
    ['Сколько стоит бампер? Хочу записаться', 'booking_intent'],
    ['Сколько стоит покрасить бампер на Весту?', 'price_inquiry'],
    ['почём антикор', 'price_inquiry'],
    ['почем полировка', 'price_inquiry'],
    ['Цена покраски капота', 'price_inquiry'],
    ['какие у вас цены', 'price_inquiry'],
    ['пришлите прайс', 'price_inquiry'],
    ['во сколько мне обойдётся ремонт', 'price_inquiry'],
    ['Здравствуйте!', 'general'],
    ['поцарапали дверь на парковке', 'general'],
    ['переписал номер', 'general'],
    ['вмятина в центре двери', 'general'],
    ['бронированная плёнка у вас есть', 'general'],
    ['стоит ли красить самому', 'price_inquiry'], // words alone cannot tell
    ['', 'general'],
  ];
  for (const [text, type] of cases) it(`${type}: «${text}»`, () => assert.equal(classifyMessage([text]), type));

  it('looks at all texts of the turn', () => assert.equal(classifyMessage(['Здравствуйте', 'сколько стоит капот?']), 'price_inquiry'));
});
