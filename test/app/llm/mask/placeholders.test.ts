import assert from 'node:assert/strict';
import { maskMessages } from '../../../../app/llm/mask.ts';
import { answer, masked, options, user } from './support.ts';

const { unmask } = maskMessages([user('Меня зовут Тихомир, 8 912 345-67-89')], options());

describe('placeholders that a model bends', () => {
  for (const bent of [
    '<name_1>',
    '<name1>',
    '<name-1>',
    '<name №1>',
    '<NAME:1>',
    '< name: 1 >',
    '<name:1/>',
    '<имя:1>',
    '‹имя:1>',
    '‹name:1›',
    '[name:1]',
    '[имя 1]',
    '{name:1}',
    '{{name:1}',
    '(name:1)',
    '\\[name\\_1\\]',
    '&lt;name:1&gt;',
    'name:1',
    'name_1',
    '<name:1',
    '<name:1>а',
    '<name:1>ом',
    '[name:1]у',
  ]) {
    it(`${bent} is the customer where the number is known`, () => {
      const said = unmask(answer(`Спасибо, ${bent}, вы записаны.`));
      assert.match(said.text, /^Спасибо, \{?Тихомир, вы записаны\.$/);
      assert.deepEqual(said.unknown, []);
    });
    it(`${bent} of another number goes back to the model`, () => {
      const other = bent.replace('1', '7');
      assert.equal(unmask(answer(`Спасибо, ${other}, вы записаны.`)).unknown.length, 1);
      assert.deepEqual(unmask(answer('', { summary: `Позвонить ${other}` })).unknownArguments.length, 1);
      assert.notEqual(unmask(answer('', { summary: `Позвонить ${other}` })).unknownArguments[0], null);
    });
  }

  for (const bent of ['<phone: 1>', '<phone_1>', '<телефон:1>', '‹телефон:1>', '[телефон:1]', 'phone:1', '{phone 1}']) {
    it(`${bent} is the phone`, () => assert.equal(unmask(answer(`Позвоним на ${bent}.`)).text, 'Позвоним на 8 912 345-67-89.'));
  }

  for (const debris of ['<name>', '<имя>', '[Имя клиента]', '{name}', '<phone', '</phone>', '[телефон]']) {
    it(`${debris} stands for nobody`, () => {
      assert.equal(unmask(answer(`Спасибо, ${debris}!`)).unknown.length, 1);
      assert.notEqual(unmask(answer('', { name: debris })).unknownArguments[0], null);
    });
  }

  for (const text of [
    'Телефон: 8 495 000-12-34',
    'Имя: Тихомир',
    'phone: 8 495 000 12 34',
    'Позвоните (телефон на сайте)',
    'Ваше имя? Ваш телефон?',
    'Цена <b>14 000</b> ₽ [прайс](https://example.com)',
    'filename_1.jpg',
    '[фото: 3]',
  ]) {
    it(`«${text}» is no placeholder`, () => assert.deepEqual([unmask(answer(text)).text, unmask(answer(text)).unknown], [text, []]));
  }

  it('a customer who writes a bent one gets his own words; a phone is a phone before it is that', () => {
    for (const text of ['запишите [name:1]', 'name_1', '<phone1> и {phone:2}', '<имя:1>', 'я <name:1>а']) {
      const mine = maskMessages([user('Меня зовут Тихомир, 89123456789'), user(text)], options());
      assert.equal(mine.unmask(answer(mine.messages[1]?.content ?? '')).text, text);
      assert.doesNotMatch(mine.messages[1]?.content ?? '', /name|phone|имя/);
    }
    for (const text of ['phone: 8 912 345-67-89', '<phone: 8 912 345-67-89', '(phone: 8) 912 345-67-89', 'name:8 912 345 67 89']) {
      assert.doesNotMatch(masked(text), /345/, text);
    }
  });
});
