import assert from 'node:assert/strict';
import fc from 'fast-check';
import { renderMarkdown } from '../../../app/telegram/markdown.ts';
import type { RichText } from '../../../app/telegram/rich-text.ts';

const cutsPair = (text: string, at: number): boolean => /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(at));

const assertEntitiesFit = ({ text, entities }: RichText): void => {
  for (const { offset, length } of entities) {
    assert.ok(offset >= 0 && length > 0 && offset + length <= text.length);
    assert.ok(!cutsPair(text, offset) && !cutsPair(text, offset + length), 'an entity splits a surrogate pair');
    assert.notEqual(text.slice(offset, offset + length).trim(), '');
  }
};

const marked = (markdown: string): (readonly [string, string])[] => {
  const { text, entities } = renderMarkdown(markdown);
  return entities.map(({ type, offset, length }) => [type, text.slice(offset, offset + length)] as const);
};

const bare = (text: string): string => text.replace(/\s/g, '');
const lettersAndDigits = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

describe('renderMarkdown keeps content', () => {
  for (const text of [
    '14000 ₽ — покраска',
    '14 000 ₽ — бампер\n16 500 ₽ — капот',
    '2019. Лада Веста',
    '1. Бампер — 14 000 ₽\n2. Капот — 16 000 ₽',
    '1. один\n1. тоже один\n7) семь',
    '+ 5000 ₽ за срочность',
    'размер 2*3*4 и 10*20*30 см',
    '2**10',
    'Цены:\n1. Бампер\n2. Капот\n\nИтого 30 000 ₽',
    '<b>html</b> & &amp; &nbsp;',
    '[foo]: http://example.org',
    '[нет](javascript:alert(1))',
    '![фото](https://example.org/a.png)',
    'snake_case_word и 5 * 3',
    '#1 бампер',
    'Ребро — 7 000 ₽ (без НДС)',
    '2019.',
    '~~старая цена~~ | таблица |',
  ]) {
    it(`shows «${text}» as written`, () => assert.deepEqual(renderMarkdown(text), { text, entities: [] }));
  }

  for (const [markdown, text] of [
    ['- бампер\n- капот', '• бампер\n• капот'],
    ['* бампер\n  * капот\n    1. крыло', '• бампер\n  • капот\n    1. крыло'],
    ['    14000 ₽', '14000 ₽'],
    ['a\r\nb\r\n\r\nc', 'a\nb\n\nc'],
    ['a\n\n\n\nb', 'a\n\nb'],
    ['Цена\n---\n5', 'Цена\n———\n5'],
    ['\\*не курсив\\*', '*не курсив*'],
    ['[](https://example.org)', 'https://example.org'],
    ['[позвоните](tel:+74950001234)', 'позвоните (+74950001234)'],
    ['``` 14000 руб.\nx\n```', '14000 руб.\nx'],
  ] as const) {
    it(`shows ${JSON.stringify(markdown)} as ${JSON.stringify(text)}`, () => assert.equal(renderMarkdown(markdown).text, text));
  }

  it('loses no letter and no digit of any text', () => {
    const piece = fc.constantFrom(
      '14000 ₽',
      '2019',
      'Лада',
      'цена',
      '🚗',
      'é',
      '7',
      ' ',
      '  ',
      '\n',
      '\n\n',
      '    ',
      '\t',
      ...Array.from('*_`#>-+=~[]()!<&|.,;\\"№'),
      '1. ',
      '2) ',
      '- ',
      '> ',
      '**',
      '```',
      '~~~',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const markdown = pieces.join('');
        const rich = renderMarkdown(markdown);
        assert.equal(lettersAndDigits(rich.text), lettersAndDigits(markdown));
        assertEntitiesFit(rich);
      }),
      { numRuns: 3000 },
    );
  });

  it('changes nothing but white space in text without markup', () => {
    const word = fc.oneof(
      fc.constantFrom('14000', '₽', '—', '1.', '2019.', '7)', 'от', '«Веста»', 'х5', '👩‍🔧', '100%', 'a/b', '…', '?'),
      fc.stringMatching(/^[а-яё0-9.,:;)№]{1,8}$/u),
    );
    const separator = fc.constantFrom(' ', '\n', '\n\n');
    fc.assert(
      fc.property(fc.array(fc.tuple(word, separator), { maxLength: 30 }), (words) => {
        const markdown = words.flat().join('');
        const rich = renderMarkdown(markdown);
        assert.equal(bare(rich.text), bare(markdown));
        assert.deepEqual(rich.entities, []);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps any number at the start of any line', () => {
    const line = fc.tuple(fc.nat(999_999_999), fc.constantFrom('. ', ') ', ' ₽ ', ' — ', ''), fc.constantFrom('покраска', 'Лада', 'x'));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
        const written = lines.map((parts) => parts.join(''));
        assert.deepEqual(renderMarkdown(written.join('\n')).text.split('\n'), written);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('renderMarkdown formats', () => {
  for (const [markdown, expected] of [
    [
      '**жирно** и *курсив* и `код`',
      [
        ['bold', 'жирно'],
        ['italic', 'курсив'],
        ['code', 'код'],
      ],
    ],
    ['🚗🚗 **цена**', [['bold', 'цена']]],
    ['# Заголовок **внутри**', [['bold', 'Заголовок внутри']]],
    ['**14 000 ₽**', [['bold', '14 000 ₽']]],
    ['**бампер**а', [['bold', 'бампер']]],
    ['> цитата\n> дальше\n\nпосле', [['blockquote', 'цитата\nдальше']]],
    ['> раз\n>> два', [['blockquote', 'раз\nдва']]],
    ['```js\nlet a\n```', [['pre', 'let a']]],
    ['[сайт](https://example.org)', [['text_link', 'сайт']]],
    ['- **пункт**', [['bold', 'пункт']]],
    [
      '***оба***',
      [
        ['bold', 'оба'],
        ['italic', 'оба'],
      ],
    ],
    ['** **', []],
  ] as const) {
    it(JSON.stringify(markdown), () => assert.deepEqual(marked(markdown), expected));
  }

  it('gives links their address and code its language', () => {
    assert.deepEqual(renderMarkdown('[a](https://example.org/?x=1)').entities, [{ type: 'text_link', url: 'https://example.org/?x=1', offset: 0, length: 1 }]);
    assert.deepEqual(renderMarkdown('```js\na\n```').entities, [{ type: 'pre', language: 'js', offset: 0, length: 1 }]);
  });

  it('shows text too deep or too long for formatting as written', () => {
    for (const text of ['- '.repeat(4000) + 'x', '>'.repeat(5000) + ' x', '**'.repeat(9000), '**a** '.repeat(5000)])
      assert.deepEqual(renderMarkdown(text), { text, entities: [] });
  });
});
