import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buildNotice, personOf } from '../../../app/telegram/notice.ts';
import { MESSAGE_LIMIT } from '../../../app/telegram/split.ts';

const marked = ({ text, entities }: ReturnType<typeof buildNotice>): string[] =>
  entities.map(({ type, offset, length }) => `${type}: ${text.slice(offset, offset + length)}`);

describe('buildNotice', () => {
  it('shows title, labels, the quotation and the footer', () => {
    const notice = buildNotice({
      title: 'Заявка № 1',
      lines: [
        ['Имя', 'Анна'],
        ['Год', ''],
        ['Телефон', '+79991234567'],
      ],
      quote: 'Хочу **покрасить**\nбампер 🚗',
      footer: 'Ответьте на это сообщение',
    });
    assert.equal(notice.text, 'Заявка № 1\nИмя: Анна\nТелефон: +79991234567\n\nХочу **покрасить**\nбампер 🚗\n\nОтветьте на это сообщение');
    assert.deepEqual(marked(notice), ['bold: Заявка № 1', 'bold: Имя:', 'bold: Телефон:', 'blockquote: Хочу **покрасить**\nбампер 🚗']);
  });

  it('lets no value fake another line or turn the text around', () => {
    const { text } = buildNotice({ title: 'Заявка', lines: [['Имя', 'Анна\nТелефон: +70000000000\u202E!\u0007']] });
    assert.equal(text, 'Заявка\nИмя: Анна Телефон: +70000000000!');
  });

  for (const title of ['Заявка', 'Заявкаx']) {
    it(`shortens the quotation first, never a character in half (${title})`, () => {
      const notice = buildNotice({ title, lines: [['Имя', 'Анна']], quote: '🚗'.repeat(5000), footer: 'конец' });
      assert.ok(notice.text.length <= MESSAGE_LIMIT && notice.text.length > MESSAGE_LIMIT - 4);
      assert.match(notice.text, /^Заявкаx?\nИмя: Анна\n\n(?:🚗)+…\n\nконец$/u);
    });
  }

  it('always fits into one message, its entities too', () => {
    const long = fc.string({ unit: 'grapheme', maxLength: 60 }).chain((part) => fc.nat(120).map((times) => part.repeat(times)));
    fc.assert(
      fc.property(long, fc.array(fc.tuple(long, long), { maxLength: 30 }), fc.option(long, { nil: undefined }), (title, lines, quote) => {
        const { text, entities } = buildNotice({ title, lines, quote, footer: quote });
        assert.ok(text.length <= MESSAGE_LIMIT);
        for (const { offset, length } of entities) assert.ok(length > 0 && offset + length <= text.length);
      }),
      { numRuns: 200 },
    );
  });

  it('names a person by what is known of them', () => {
    assert.equal(personOf({ name: 'Анна Петрова', username: 'anna' }), 'Анна Петрова, @anna');
    assert.equal(personOf({ name: null, username: 'anna' }, 'чат 100'), '@anna');
    assert.equal(personOf({ name: '', username: undefined }, 'чат 100'), 'чат 100');
    assert.equal(personOf({}), 'имя не названо');
  });
});
