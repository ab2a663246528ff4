import assert from 'node:assert/strict';
import { createModelWords } from '../../../app/sandbox/story/model-words.ts';

const [ANNA, BORIS] = [100_001, 100_002];

describe('sandbox: which messages the scripted model wrote', () => {
  const said = (answer: string, sent: string, chatId = ANNA): boolean => {
    const words = createModelWords();
    words.remember({ chatId: ANNA, text: answer });
    return words.isIn({ chatId, text: sent });
  };

  it('knows an answer again without its Markdown, with placeholders filled in, and with words around it', () => {
    assert.ok(said('Лада Веста: **14 000 ₽**', 'Лада Веста: 14 000 ₽'));
    assert.ok(said('<name:1>, записал. Телефон: <phone:1>, верно?', 'Анна, записал. Телефон: +7 912 345-67-89, верно?'));
    assert.ok(said('Записать вас?', 'Здравствуйте! Записать вас?'));
  });

  it('knows each part of an answer that was split', () => {
    const [first, second] = ['Первая строка. '.repeat(30), 'Вторая строка. '.repeat(30)];
    assert.ok(said(first + second, first) && said(first + second, second));
  });

  it('takes nothing else for an answer', () => {
    assert.ok(!said('Записать вас?', 'Записать вас?', BORIS), 'said to another customer');
    assert.ok(!said('Добрый день! Записать вас?', 'Добрый день!'), 'a short sentence that also stands in an answer');
    assert.ok(!said('<name:1>', 'Анна') && !said('', 'Готово'), 'nothing of its own was said');
    assert.ok(!said('Да, <name:1>, верно', 'верно, Анна, да'));
  });
});
