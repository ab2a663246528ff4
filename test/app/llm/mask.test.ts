import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maskMessages, phoneKeys, wordsIn, type MaskOptions } from '../../../app/llm/mask.ts';
import type { ChatMessage, ModelAnswer } from '../../../app/llm/port.ts';
import { buildPrompt } from '../../../app/llm/prompt.ts';

const WORKSHOP_PHONE = '+7 (495) 000-12-34';
const options = (more: Partial<MaskOptions> = {}): MaskOptions => ({
  names: [],
  keepWords: new Set(wordsIn('Лада Веста Камри покраска бампера Валера')),
  keepPhones: new Set(phoneKeys(WORKSHOP_PHONE)),
  ...more,
});
const user = (content: string): ChatMessage => ({ role: 'user', content });
const bot = (content: string): ChatMessage => ({ role: 'assistant', content, toolCalls: [] });
const answer = (text: string, args?: unknown): ModelAnswer => ({
  text,
  toolCalls: args === undefined ? [] : [{ id: 'c', name: 'create_booking', argumentsJson: typeof args === 'string' ? args : JSON.stringify(args) }],
  usage: { inputTokens: 0, outputTokens: 0 },
  model: 'm',
});
const wire = (messages: readonly ChatMessage[]): string => JSON.stringify(messages);
const masked = (text: string, more: Partial<MaskOptions> = {}): string => maskMessages([user(text)], options(more)).messages[0]?.content ?? '';
const digits = (text: string): string => text.replaceAll(/\D/g, '');

const PHONE_SPELLINGS: readonly ((number: string) => string)[] = [
  (n) => `+7${n}`,
  (n) => `8${n}`,
  (n) => `7${n}`,
  (n) => n,
  (n) => `8 (${n.slice(0, 3)}) ${n.slice(3, 6)}-${n.slice(6, 8)}-${n.slice(8)}`,
  (n) => `+7 ${n.slice(0, 3)} ${n.slice(3, 6)} ${n.slice(6, 8)} ${n.slice(8)}`,
  (n) => `8-${n.slice(0, 3)}-${n.slice(3, 6)}-${n.slice(6)}`,
  (n) => `8${n.slice(0, 3)}.${n.slice(3, 6)}.${n.slice(6, 8)}.${n.slice(8)}`,
  (n) => `+7(${n.slice(0, 3)})${n.slice(3)}`,
  (n) => `8\u00a0${n.slice(0, 3)}\u2011${n.slice(3, 6)}\u2011${n.slice(6)}`,
  (n) => Array.from(`8${n}`).join(' '),
  (n) => `８${n}`,
];
const number = fc.integer({ min: 0, max: 999_999_999 }).map((rest) => `9${String(rest).padStart(9, '0')}`);
const phone = fc.tuple(number, fc.constantFrom(...PHONE_SPELLINGS)).map(([plain, spell]) => ({ plain, written: spell(plain) }));
const NOISE = [
  'Сколько стоит покраска бампера на Весту 2019 года?',
  'пробег 98000',
  '14 000 ₽',
  'от 14 000 до 18 000 рублей',
  '30.11.2026 10:00',
  '<phone:1>',
  '<name:2>',
  '&lt;phone:1&gt;',
  '<text:1>',
  '🚗',
  'ещё\nстрока',
  'Меня зовут',
  'номер',
  '№7',
  '"',
  '\\',
  '(',
];
const noise = fc.array(fc.oneof(fc.constantFrom(...NOISE), fc.string({ unit: 'binary', maxLength: 8 }), fc.lorem({ maxCount: 3 })), { maxLength: 4 });
const around = <T>(planted: fc.Arbitrary<T>, write: (value: T) => string) =>
  fc.tuple(noise, planted, noise).map(([before, value, after]) => ({ value, text: [...before, write(value), ...after].join(' ; ') }));

describe('maskMessages', () => {
  it('no planted phone leaves, wherever it stands (prints its seed when it fails)', () => {
    const property = fc.property(
      around(phone, ({ written }) => written),
      ({ value, text }) => {
        const messages = [
          user(text),
          bot(`Записал номер ${value.written}`),
          {
            role: 'assistant',
            content: '',
            toolCalls: [{ id: '1', name: 'create_booking', argumentsJson: JSON.stringify({ phone: value.written, summary: text }) }],
          } as const,
          {
            role: 'tool',
            toolCallId: '1',
            content: JSON.stringify({ ok: false, message: text, list: [value.written], phone: Number(`7${value.plain}`) }),
          } as const,
        ];
        const sent = wire(maskMessages(messages, options()).messages).normalize('NFKC');
        assert.ok(!digits(sent).includes(value.plain), sent);
      },
    );
    fc.assert(property, { numRuns: 400 });
  });

  it('what is masked comes back as it was, placeholders that the customer wrote himself included', () => {
    const property = fc.property(
      around(phone, ({ written }) => written),
      ({ text }) => {
        const { messages, unmask } = maskMessages([user(text)], options({ names: ['Анна'] }));
        const back = unmask(answer(messages[0]?.content ?? ''));
        assert.equal(back.text, text);
        assert.deepEqual(
          back.unknown.filter((placeholder) => /\d/.test(placeholder) && !text.includes(placeholder)),
          [],
        );
      },
    );
    fc.assert(property, { numRuns: 400 });
  });

  it('no known name leaves, and comes back as it was', () => {
    const people = ['Анна Петрова', 'Тихомир', 'Ольга', 'John Smith', 'Мария-Луиза', 'Сергей'];
    const property = fc.property(
      fc.constantFrom(...people).chain((name) => around(fc.constant(name), (written) => `вот ${written},`)),
      ({ value, text }) => {
        const { messages, unmask } = maskMessages([user(text)], options({ names: [value] }));
        const sent = messages[0]?.content ?? '';
        for (const word of value.split(' ')) assert.ok(!sent.includes(word), sent);
        assert.equal(unmask(answer(sent)).text, text);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });

  it('equal messages give equal placeholders, and more messages do not change the earlier ones', () => {
    const property = fc.property(
      fc.array(
        around(phone, ({ written }) => written),
        { minLength: 1, maxLength: 4 },
      ),
      (texts) => {
        const messages = texts.map(({ text }) => user(text));
        const whole = maskMessages(messages, options()).messages;
        assert.deepEqual(maskMessages(messages, options()).messages, whole);
        assert.deepEqual(maskMessages(messages.slice(0, 1), options()).messages, whole.slice(0, 1));
      },
    );
    fc.assert(property, { numRuns: 100 });
  });

  describe('numbers that are no phones', () => {
    for (const text of [
      '14 000 ₽, 18 000 ₽ и 25 000 ₽',
      'от 130 000 до 220 000 ₽',
      '38 000 – 45 000 ₽',
      '90 000-110 000',
      'от 89 000-115 000 ₽',
      '9000 115000',
      '12 345–67 890 ₽',
      'пробег 98000 2015 года',
      'Камри 2018, 150 000 км',
      '30.11.2026 10:00',
      '2026-11-30T10:00',
      'VIN XTA21099043576162',
      'карта 2202 2023 1234 5678',
      'заявка №1203',
      '3 двери 15000, 2 крыла 14000',
      '14000/17000/21000',
    ]) {
      it(`leaves «${text}»`, () => assert.equal(masked(text), text));
    }
    it('leaves the workshop’s own phone, in any spelling', () => {
      for (const text of [`Наш телефон ${WORKSHOP_PHONE}`, 'звоните 84950001234']) assert.equal(masked(text), text);
    });
  });

  const PHONES: readonly (readonly [string, string])[] = [
    ['мой 8 912 345-67-89', 'мой <phone:1>'],
    ['тел89123456789', 'тел<phone:1>'],
    ['2019 8 912 345-67-89', '2019 <phone:1>'],
    ['89123456789 89991234567', '<phone:1> <phone:2>'],
    ['89123456789 или +7 912 345 67 89', '<phone:1> или <phone:1>'],
    ['стоит 14000 89123456789', 'стоит 14000 <phone:1>'],
    ['в 10 89123456789', 'в 10 <phone:1>'],
    ['(495) 123-45-67', '(<phone:1>'],
    ['+375 29 123 45 67', '<phone:1>'],
    ['8912345\n6789', '<phone:1>'],
    ['9000000000', '<phone:1>'],
    ['8 900-000-0000', '<phone:1>'],
    ['8 900-100-2000', '<phone:1>'],
    ['8\u200b912\u200b345\u200b67\u200b89', '<phone:1>'],
  ];
  for (const [text, expected] of PHONES) it(`reads a phone in ${JSON.stringify(text)}`, () => assert.equal(masked(text), expected));

  const NAMES: readonly (readonly [text: string, expected: string])[] = [
    ['Меня зовут Тихомир', 'Меня зовут <name:1>'],
    ['меня зовут пётр, 89123456789', 'меня зовут <name:1>, <phone:1>'],
    ['Меня зовут Лада', 'Меня зовут <name:1>'],
    ['зовите меня Шура', 'зовите меня <name:1>'],
    ['Имя: Абдулла', 'Имя: <name:1>'],
    ['Это Иван, я звонил', 'Это <name:1>, я звонил'],
    ['это Камри', 'это Камри'],
    ['Анна Петрова на связи', '<name:1> на связи'],
    ['Запишите на Анну', 'Запишите на <name:1>'],
    ['с анной говорили', 'с анной говорили'],
    ['Иван Сергеев', '<name:1>'],
    ['покрасить Лада Веста', 'покрасить Лада Веста'],
    ['фары ближнего света', 'фары ближнего света'],
    ['в любой день', 'в любой день'],
    ['это света не хватает', 'это света не хватает'],
    ['Привет, Валера!', 'Привет, Валера!'],
    ['пишите @anna_petrova', 'пишите <name:1>'],
    ['мой ник petrova_88', 'мой ник <name:1>'],
    ['почта anna@mail.ru', 'почта anna@mail.ru'],
    ['имя и телефон оставлять?', 'имя и телефон оставлять?'],
  ];
  for (const [text, expected] of NAMES) {
    it(`reads names in «${text}»`, () =>
      assert.equal(masked(text, { names: text.includes('Анн') || text.includes('анн') ? ['Анна Петрова'] : ['petrova_88'] }), expected));
  }

  it('takes the answer to «как вас зовут?» for a name, and knows it everywhere from then on', () => {
    const messages = [user('запишите'), bot('Как к вам обращаться?'), user('тихомир, 89123456789'), bot('Хорошо, Тихомир!'), user('Тихомиру позвоните')];
    const { messages: sent } = maskMessages(messages, options());
    assert.deepEqual(sent.map(({ content }) => content).slice(2), ['<name:1>, <phone:1>', 'Хорошо, <name:1>!', '<name:1> позвоните']);
    const other = maskMessages([bot('Как вас зовут?'), user('а зачем вам?'), bot('Какая машина?'), user('Камри')], options()).messages;
    assert.ok(!wire(other).includes('<name'));
    for (const text of ['бампер поцарапан', 'Очень приятно', '[фото]', 'после обеда удобно', 'Камри', 'не скажу']) {
      assert.equal(maskMessages([bot('Как вас зовут?'), user(text)], options()).messages[1]?.content, text);
    }
    for (const text of ['тихомир', 'Тихомир Рыбаков', 'иван рыбаков']) {
      assert.equal(maskMessages([bot('Как вас зовут?'), user(text)], options()).messages[1]?.content, '<name:1>');
    }
  });

  it('hides what was done and what tools returned, and leaves the rules alone', () => {
    const parts = {
      rules: 'Ты — Валера. Звоните Анне.',
      now: '2026-11-24T12:30, вторник',
      summary: 'Клиента зовут Анна, 89123456789',
      history: [],
      texts: ['да'],
    };
    const company = { name: 'П', address: 'А', phone: WORKSHOP_PHONE, hours: 'ч', consent: 'с' };
    const messages = buildPrompt({ ...parts, company, done: [{ ok: true, services: ['для Анны 8 912 345 67 89'] }] });
    const [system, summary] = maskMessages(messages, options({ names: ['Анна'] })).messages;
    const rules = system?.content ?? '';
    assert.ok(rules.startsWith('Ты — Валера. Звоните Анне.') && rules.includes(WORKSHOP_PHONE));
    assert.ok(rules.includes('для <name:1> <phone:1>') && rules.endsWith('\n\nСейчас: 2026-11-24T12:30, вторник'), rules);
    assert.match(summary?.content ?? '', /зовут <name:1>, <phone:1>$/);
  });

  it('puts phones and names back into arguments and text, in the spelling first seen', () => {
    const { unmask } = maskMessages([user('Пётр, 8 912 345-67-89, он же +79123456789')], options());
    const back = unmask(answer('Записал, < Name: 1 >: \\<phone:1\\>', { name: '<name:1>', phone: '<phone:1>', list: ['&lt;phone:1&gt;'] }));
    assert.equal(back.text, 'Записал, Пётр: 8 912 345-67-89');
    assert.deepEqual(JSON.parse(back.toolCalls[0]?.argumentsJson ?? ''), { name: 'Пётр', phone: '8 912 345-67-89', list: ['8 912 345-67-89'] });
    assert.deepEqual(back.unknown, []);
    assert.equal(unmask(answer('', '{"phone":"\\u003cphone:1\\u003e"}')).toolCalls[0]?.argumentsJson, '{"phone":"8 912 345-67-89"}');
    assert.equal(unmask(answer('', 'not json <phone:1>')).toolCalls[0]?.argumentsJson, 'not json 8 912 345-67-89');
  });

  it('reports placeholders that stand for nobody', () => {
    const { unmask } = maskMessages([user('8 912 345-67-89')], options());
    for (const text of ['Звоню на <phone:2>', 'Привет, <name:1>!', '<name>', '[phone:2]', 'Ваш <phone:2', 'phone:2'])
      assert.equal(unmask(answer(text)).unknown.length, 1, text);
    assert.deepEqual(unmask(answer('ok', { name: '<name:3>' })).unknownArguments, ['<name:3>']);
    assert.deepEqual(unmask(answer('ok', { name: '\\<name:3\\>', phone: '<phone:1>' })).unknownArguments, ['\\<name:3\\>']);
    assert.deepEqual(unmask(answer('ok', { phone: '<phone:1>' })).unknownArguments, [null]);
    assert.deepEqual(unmask(answer('Бампер <b>14 000</b> ₽, phone')).unknown, []);
  });

  it('a customer who writes a placeholder gets his own words, never somebody’s number', () => {
    const { messages, unmask } = maskMessages([user('мой 89123456789'), user('запишите <phone:1> и &lt;phone: 1&gt; и <phone:<phone:1>>')], options());
    assert.equal(messages[1]?.content, 'запишите <text:1> и <text:2> и <phone:<text:1>>');
    assert.equal(unmask(answer('', { phone: '<text:1>' })).toolCalls[0]?.argumentsJson, '{"phone":"<phone:1>"}');
  });
});
