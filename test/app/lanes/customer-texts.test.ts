import assert from 'node:assert/strict';
import { customerTexts } from '../../../app/lanes/customer-texts.ts';
import type { TurnInput } from '../../../app/lanes/turn.ts';
import type { Incoming } from '../../../app/telegram/incoming.ts';

const sender = { userId: 1, name: 'А', username: undefined, languageCode: undefined };
const text = (messageId: number, words: string, edited = false): Incoming => ({ kind: 'text', chatId: 1, messageId, sender, text: words, edited });
const photo = (messageId: number, more: { caption?: string; albumId?: string; edited?: boolean } = {}): Incoming => ({
  kind: 'photo',
  chatId: 1,
  messageId,
  sender,
  fileId: `f${messageId}`,
  caption: '',
  edited: false,
  ...more,
});
const said = (...incoming: Incoming[]): [number, string][] => {
  const inputs = incoming.map((one, index): TurnInput => ({
    seq: index,
    incoming: one,
    requestId: undefined,
    traceparent: undefined,
    receivedAt: new Date(0),
  }));
  return customerTexts(inputs).map(({ messageId, text: words }) => [messageId, words]);
};

describe('what a customer said', () => {
  const cases: [what: string, updates: Incoming[], expected: [number, string][]][] = [
    [
      'texts in order',
      [text(1, 'а'), text(2, 'б')],
      [
        [1, 'а'],
        [2, 'б'],
      ],
    ],
    [
      'a corrected text replaces the first',
      [text(1, 'а'), text(2, 'б'), text(1, 'в', true)],
      [
        [1, 'в'],
        [2, 'б'],
      ],
    ],
    ['a photo', [photo(1)], [[1, '[фото]']]],
    ['a photo and its caption', [photo(1, { caption: 'вмятина' })], [[1, '[фото] вмятина']]],
    [
      'photos sent one by one stay apart',
      [photo(1), photo(2)],
      [
        [1, '[фото]'],
        [2, '[фото]'],
      ],
    ],
    ['an album is one', [photo(1, { albumId: 'a' }), photo(2, { albumId: 'a', caption: 'бампер' })], [[2, '[фото: 2] бампер']]],
    [
      'captions of an album that differ are all there, the same one once',
      [photo(1, { albumId: 'a', caption: 'бампер' }), photo(2, { albumId: 'a', caption: 'крыло' }), photo(3, { albumId: 'a', caption: 'крыло' })],
      [[1, '[фото: 3] бампер; крыло']],
    ],
    ['a corrected caption replaces the first', [photo(1, { caption: 'ватина' }), photo(1, { caption: 'вмятина', edited: true })], [[1, '[фото] вмятина']]],
    ['a caption that was taken away says nothing', [photo(1, { edited: true })], []],
    [
      'a text between the parts of an album',
      [photo(1, { albumId: 'a' }), text(2, 'вот'), photo(3, { albumId: 'a' })],
      [
        [1, '[фото: 2]'],
        [2, 'вот'],
      ],
    ],
  ];
  for (const [what, updates, expected] of cases) it(what, () => assert.deepEqual(said(...updates), expected));
});
