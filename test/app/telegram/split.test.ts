import assert from 'node:assert/strict';
import fc from 'fast-check';
import { renderMarkdown } from '../../../app/telegram/markdown.ts';
import type { RichText } from '../../../app/telegram/rich-text.ts';
import { MESSAGE_LIMIT, splitRichText } from '../../../app/telegram/split.ts';

const plain = (text: string): RichText => ({ text, entities: [] });
const texts = (rich: RichText, limit?: number): string[] => splitRichText(rich, limit).map(({ text }) => text);
const bare = (text: string): string => text.replace(/\s/g, '');
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** What stands under bold, all parts together, without white space. */
const boldOf = (parts: readonly RichText[]): string =>
  bare(parts.flatMap(({ text, entities }) => entities.map(({ offset, length }) => text.slice(offset, offset + length))).join(''));

describe('splitRichText', () => {
  it('leaves a short text alone and makes no message of a blank one', () => {
    assert.deepEqual(splitRichText(plain('Бампер — 14 000 ₽')), [plain('Бампер — 14 000 ₽')]);
    assert.deepEqual(splitRichText(plain(' \n ')), []);
    assert.deepEqual(splitRichText(plain('')), []);
  });

  it('cuts at a paragraph, else a line, a sentence, a word', () => {
    assert.deepEqual(texts(plain('Раз два.\n\nТри четыре. Пять'), 20), ['Раз два.', 'Три четыре. Пять']);
    assert.deepEqual(texts(plain('Раз два\nТри. Четыре пять'), 18), ['Раз два', 'Три. Четыре пять']);
    assert.deepEqual(texts(plain('Раз два. Три четыре пять'), 18), ['Раз два.', 'Три четыре пять']);
    assert.deepEqual(texts(plain('раз два три четыре'), 12), ['раз два три', 'четыре']);
    assert.deepEqual(texts(plain('абвгдежз'), 3), ['абв', 'где', 'жз']);
  });

  it('prefers a later sentence to a crumb of a paragraph', () => {
    const [first] = texts(plain(`Да.\n\n${'Слово слово. '.repeat(20)}`), 100);
    assert.ok((first ?? '').length > 50);
  });

  it('fills a message to exactly the limit', () => {
    assert.equal(splitRichText(plain('я'.repeat(MESSAGE_LIMIT))).length, 1);
    assert.deepEqual(
      splitRichText(plain('я'.repeat(MESSAGE_LIMIT + 1))).map(({ text }) => text.length),
      [MESSAGE_LIMIT, 1],
    );
  });

  it('moves an entity that fits whole into the next message', () => {
    const rich: RichText = { text: 'aaaa bbb ccc', entities: [{ type: 'bold', offset: 5, length: 7 }] };
    assert.deepEqual(splitRichText(rich, 10), [plain('aaaa'), { text: 'bbb ccc', entities: [{ type: 'bold', offset: 0, length: 7 }] }]);
  });

  it('cuts beside an entity even where no space is', () => {
    const rich: RichText = { text: 'aaaabbbbbb', entities: [{ type: 'code', offset: 4, length: 6 }] };
    assert.deepEqual(texts(rich, 8), ['aaaa', 'bbbbbb']);
  });

  it('continues an entity longer than a message', () => {
    const rich: RichText = { text: 'a b c d e f g h', entities: [{ type: 'text_link', url: 'https://example.org', offset: 0, length: 15 }] };
    const parts = splitRichText(rich, 7);
    assert.ok(parts.every(({ entities }) => entities[0]?.type === 'text_link'));
    assert.equal(boldOf(parts), 'abcdefgh');
  });

  it('refuses a limit that holds no character', () => assert.throws(() => splitRichText(plain('x'), 1), RangeError));

  const word = fc.oneof(fc.constantFrom('цена', '14000', '₽.', '🚗', '👩‍🔧', 'Да!', '…', 'слово'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }));
  const space = fc.constantFrom(' ', '\n', '\n\n', '', '  ');
  const text = fc.array(fc.tuple(word, space), { maxLength: 60 }).map((parts) => parts.flat().join(''));
  const limit = fc.integer({ min: 2, max: 60 });

  it('loses nothing but white space, never exceeds the limit, makes no empty part (any text, any limit)', () => {
    fc.assert(
      fc.property(text, limit, (source, max) => {
        const parts = texts(plain(source), max);
        assert.equal(bare(parts.join('')), bare(source));
        for (const part of parts) {
          assert.ok(part.length <= max && part.trim() !== '');
          assert.ok(!LONE_SURROGATE.test(part) || LONE_SURROGATE.test(source), 'a pair was split');
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps every entity over the same words, whole where it fits', () => {
    const styled = fc.array(fc.tuple(fc.stringMatching(/^[a-zа-я🚗]{1,9}$/u), fc.boolean()), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(styled, fc.integer({ min: 12, max: 50 }), (words, max) => {
        const rich = renderMarkdown(words.map(([part, bold]) => (bold ? `**${part}**` : part)).join(' '));
        const parts = splitRichText(rich, max);
        assert.equal(boldOf(parts), boldOf([rich]));
        const count = (list: readonly RichText[]): number => list.reduce((sum, { entities }) => sum + entities.length, 0);
        if (words.every(([part]) => part.length <= max)) assert.equal(count(parts), rich.entities.length);
        for (const { text: part, entities } of parts)
          for (const { offset, length } of entities) assert.ok(offset >= 0 && length > 0 && offset + length <= part.length);
      }),
      { numRuns: 1000 },
    );
  });
});
