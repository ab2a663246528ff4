import assert from 'node:assert/strict';
import { masked } from './support.ts';

const ASKED = 'Как к вам обращаться?';

describe('names that a customer gives', () => {
  for (const [text, expected] of [
    ['я Айгерим, хочу покрасить бампер', 'я <name:1>, хочу покрасить бампер'],
    ['Привет, я - Рузанбек', 'Привет, я - <name:1>'],
    ['это Рафаэль, по поводу полировки', 'это <name:1>, по поводу полировки'],
    ['Это Бекмурзо Хабиев', 'Это <name:1>'],
    ['я Зульфия Хабибуллина', 'я <name:1>'],
    ['Моя фамилия Кузнецов', 'Моя фамилия <name:1>'],
    ['моя фамилия кузнецов', 'моя фамилия <name:1>'],
    ['Запишите на фамилию Сидоров', 'Запишите на фамилию <name:1>'],
    ['фамилия: Кот', 'фамилия: <name:1>'],
    ['Петров Иван Сергеевич', '<name:1>'],
    ['Пишет Роман Сергеевич Цуканов.', 'Пишет <name:1>.'],
    ['Иван Сергеев', '<name:1>'],
    ['зульфия', '<name:1>'],
  ] as const) {
    it(`are found in «${text}»`, () => assert.equal(masked(text), expected));
  }

  for (const [text, expected] of [
    ['это Рафаэль', 'это <name:1>'],
    ['я петренко', 'я <name:1>'],
    ['Ну Рафаэль', 'Ну <name:1>'],
    ['Здравствуйте, это Дзагоев', 'Здравствуйте, это <name:1>'],
    ['Пусть будет Саныч', 'Пусть будет <name:1>'],
    ['Анна Белая', '<name:1>'],
  ] as const) {
    it(`are found in the answer «${text}»`, () => assert.equal(masked(text, { after: ASKED }), expected));
  }
  it('are found in the answer to the question for a surname', () => assert.equal(masked('петренко', { after: 'На какую фамилию записать?' }), '<name:1>'));

  it('a full name that the profile begins is known as a whole', () => assert.equal(masked('Рыбаков Ксенофил Сергеевич', { names: ['Ксенофил'] }), '<name:1>'));
});

describe('words that are no names', () => {
  for (const text of [
    'я Весту привезу',
    'Я Вас жду',
    'Я ХОЧУ ПОКРАСИТЬ',
    'это Камри',
    'Это Хавал, белая',
    'это BMW',
    'Лада Калина',
    'моя фамилия не нужна',
    'на фамилию жены',
    'Только Веста',
    'это я\nХочу бампер',
  ]) {
    it(`«${text}» stays`, () => assert.equal(masked(text), text));
  }

  for (const text of ['я подумаю', 'Ну не знаю', 'белая', 'на весту', 'мама', 'да зачем', 'Кот']) {
    it(`«${text}» is no answer to the question for a name`, () => assert.equal(masked(text, { after: ASKED }), text));
  }

  it('an unknown car is no name where the car was asked for', () => {
    assert.equal(masked('это Скаут', { after: 'Какая у вас машина?' }), 'это Скаут');
    assert.equal(masked('это Рафаэль', { after: 'Какая у вас машина?' }), 'это <name:1>');
  });

  for (const [profile, text] of [
    ['Нет', 'Нет, не хочу'],
    ['Да', 'Да, хочу, да'],
    ['Анна Белая', 'Белая машина, белая краска'],
    ['Просто Я', 'я просто хочу покрасить'],
    ['Мама', 'Мама приедет, это мамина машина'],
    ['Мастер Лучший', 'мастер будет завтра? Мастер звонил'],
    ['Black', 'Black edition, black'],
    ['Суббота', 'в субботу можно? Суббота'],
    ['Клиент', 'Клиент хочет'],
  ] as const) {
    it(`a profile «${profile}» hides nothing of «${text}»`, () => assert.equal(masked(text, { names: [profile] }), text));
  }

  it('a surname that is a common word is hidden beside its first name', () => {
    assert.equal(masked('Анна Белая, белая машина', { names: ['Анна Белая'] }), '<name:1>, белая машина');
    assert.equal(masked('С Анной говорили', { names: ['Анна Белая'] }), 'С <name:1> говорили');
  });
});
