import assert from 'node:assert/strict';
import { claimedNumbers, claimsIn, isToldBack } from '../../../app/dialogue/claims.ts';

const CLAIMS: readonly string[] = [
  'Вы записаны на вторник.',
  'Готово, записал вас на 10:00!',
  'Ваша заявка принята.',
  'Не волнуйтесь, вы записаны.',
  'Вы уже записаны, осмотр будет бесплатным.',
  'Запись подтверждена, менеджер может позвонить.',
  'Я оформил вашу заявку.',
];
const NO_CLAIMS: readonly string[] = [
  'Вы ещё не записаны.',
  'Записать вас на завтра?',
  'Вы записаны?',
  'Когда заявка принята, менеджер звонит.',
  'Если вы записаны, менеджер позвонит.',
  'Чтобы заявка была принята, нужен телефон.',
  'Могу записать вас на вторник.',
  'Записал ваш номер, теперь скажите время.',
  'Хотите, запишу вас на осмотр?',
  'Запись ведёт менеджер.',
];
const NUMBERS: readonly (readonly [string, ...number[]])[] = [
  ['Заявка №7 принята.', 7],
  ['Ваша заявка № 12 на вт', 12],
  ['Заявка 7 принята', 7],
  ['Ваша заявка под номером 3.', 3],
  ['Заявку номер 4 отменил.', 4],
  ['Заявки №1 и №2 остаются.', 1, 2],
  ['Не волнуйтесь, заявка №7 принята.', 7],
  ['Номер вашей записи — №15', 15],
  ['Заявки №7 у вас нет.'],
  ['Не вижу у вас заявку №7.'],
  ['Мы на ул. Ленина, дом №5.'],
  ['Бокс №2, заезжайте'],
  ['Вариант № 1 дешевле'],
  ['По заявке 14 000 ₽'],
  ['заявка 5 декабря'],
  ['заявка на 10:00'],
  ['код краски № 202'],
];
const TOLD_BACK: readonly (readonly [string, boolean])[] = [
  ['Вам назвали 9 999 ₽, а у нас покраска бампера — 14 000 ₽.', true],
  ['Вы просите 100 ₽, но так не получится.', true],
  ['В другом сервисе 5 000 ₽? У нас по прайсу 14 000 ₽.', true],
  ['Хорошо, вы сказали 5 000 ₽ — договорились.', false],
  ['Вы назвали 5 000 ₽. Подтверждаю, но только сегодня.', false],
  ['Покраска за 100 ₽.', false],
  ['Вы назвали 5 000 ₽, хорошо.', false],
];

const DONE: readonly (readonly [text: string, ...done: ReturnType<typeof claimsIn>])[] = [
  ['Отменил вашу заявку.', 'cancelled'],
  ['Ваша запись отменена, приезжайте в другой раз.', 'cancelled'],
  ['Заявка №7 отменена.', 'cancelled'],
  ['Перенёс вас на среду.', 'changed'],
  ['Заявка №7 перенесена на среду.', 'changed'],
  ['Передал ваш вопрос менеджеру.', 'handed_over'],
  ['Я уже передал вашу просьбу о скидке менеджеру, он ответит здесь же.', 'handed_over'],
  ['Заявку не отменил: назовите номер.'],
  ['Отменить заявку?'],
  ['Перенести запись на среду?'],
  ['Исправил время на 12:00. Всё верно?'],
  ['Могу передать вопрос менеджеру.'],
  ['Передам вопрос менеджеру, если хотите.'],
  ['Менеджер позвонит и подтвердит.'],
];

describe('claims of an answer', () => {
  for (const [text, ...done] of DONE) it(`what «${text}» says was done`, () => assert.deepEqual(claimsIn(text), done));
  for (const text of CLAIMS) it(`«${text}» says that he is booked`, () => assert.ok(claimsIn(text).includes('booked')));
  for (const text of NO_CLAIMS) it(`«${text}» does not`, () => assert.deepEqual(claimsIn(text), []));
  for (const [text, ...numbers] of NUMBERS) it(`numbers of bookings in «${text}»`, () => assert.deepEqual(claimedNumbers(text), numbers));
  for (const [text, expected] of TOLD_BACK) {
    it(`${expected ? 'tells a number back' : 'agrees to a number, or may'}: «${text}»`, () => assert.equal(isToldBack(text, text.search(/\d/)), expected));
  }
});
