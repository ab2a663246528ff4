import assert from 'node:assert/strict';
import { routeUpdate } from '../../../app/inbox/route.ts';
import { sha256Hex } from '../../../app/kit/ids.ts';

const BOT = 42;
const bytes = (text: string): Buffer => Buffer.from(text);
const message = (chatId: unknown, more: object = {}) =>
  JSON.stringify({ update_id: 7, message: { message_id: 1, chat: { id: chatId, type: 'private' }, ...more } });

describe('where an update goes', () => {
  const lanes: [what: string, body: string, lane: string][] = [
    ['a message', message(100), '42:100'],
    ['a message of a group', message(-1001234567890), '42:-1001234567890'],
    ['an edit', JSON.stringify({ update_id: 7, edited_message: { chat: { id: 5 } } }), '42:5'],
    ['a change of membership', JSON.stringify({ update_id: 7, my_chat_member: { chat: { id: 5 } } }), '42:5'],
    ['a callback with its message', JSON.stringify({ update_id: 7, callback_query: { from: { id: 9 }, message: { chat: { id: 5 } } } }), '42:5'],
    ['a callback of an inline message', JSON.stringify({ update_id: 7, callback_query: { from: { id: 9 } } }), '42:9'],
    ['a poll, which belongs to no chat', JSON.stringify({ update_id: 7, poll: { id: '1' } }), '42:0'],
    ['a lone surrogate in the text', message(100, { text: '\ud800' }), '42:100'],
    ['a NUL in the text', message(100, { text: '\u0000' }), '42:100'],
    ['nesting 10 000 deep', `{"update_id":7,"x":${'['.repeat(10_000)}${']'.repeat(10_000)},"message":{"chat":{"id":3}}}`, '42:3'],
    [
      'the largest safe ids',
      JSON.stringify({ update_id: Number.MAX_SAFE_INTEGER, message: { chat: { id: -Number.MAX_SAFE_INTEGER } } }),
      `42:-${Number.MAX_SAFE_INTEGER}`,
    ],
  ];
  for (const [what, body, laneKey] of lanes) {
    it(`${what} → ${laneKey.slice(0, 30)}`, () => {
      assert.deepEqual(routeUpdate(bytes(body), BOT), { kind: 'lane', updateKey: String((JSON.parse(body) as { update_id: number }).update_id), laneKey });
    });
  }

  const unreadable: [what: string, body: Buffer][] = [
    ['nothing', bytes('')],
    ['half an object', bytes('{"update_id":7')],
    ['an array', bytes('[]')],
    ['null', bytes('null')],
    ['a number', bytes('7')],
    ['NUL bytes', Buffer.from([0, 0, 0])],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['no update_id', bytes('{"message":{"chat":{"id":1}}}')],
    ['a textual update_id', bytes('{"update_id":"7"}')],
    ['an update_id beyond 2^53', bytes('{"update_id":9007199254740993,"message":{"chat":{"id":1}}}')],
    ['an update_id beyond 2^63', bytes('{"update_id":92233720368547758089,"message":{"chat":{"id":1}}}')],
  ];
  for (const [what, body] of unreadable) {
    it(`${what} is poison under the hash of its bytes`, () => {
      const route = routeUpdate(body, BOT);
      assert.equal(route.kind, 'poison');
      assert.equal(route.updateKey, sha256Hex(body));
    });
  }

  const lostChats: [what: string, body: string][] = [
    ['a chat id beyond 2^53', '{"update_id":7,"message":{"chat":{"id":9007199254740993}}}'],
    ['a textual chat id', message('100')],
    ['a message that is not an object', '{"update_id":7,"message":"hi"}'],
    ['a message without a chat', '{"update_id":7,"message":{}}'],
  ];
  for (const [what, body] of lostChats) {
    it(`${what} is poison under its update_id`, () => {
      const route = routeUpdate(bytes(body), BOT);
      assert.equal(route.kind, 'poison');
      assert.equal(route.updateKey, '7');
    });
  }
});
