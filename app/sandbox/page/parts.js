import { h } from './dom.js';

const PARTS = {
  telegram: {
    title: 'Telegram',
    real: 'настоящий',
    standIn: 'песочница',
    about: {
      real: 'Бот подключён к настоящему Telegram: пишите ему там, а не на этой странице.',
      standIn: 'Вместо серверов Telegram — эта страница. Бот получает и отправляет сообщения так же, по HTTP.',
    },
    switch: 'TELEGRAM_BOT_TOKEN',
  },
  model: {
    title: 'Модель',
    real: 'настоящая',
    standIn: 'сценарий',
    about: {
      real: 'Ответы пишет языковая модель.',
      standIn:
        'Ответы пишет не нейросеть, а набор правил: на каждом стоит отметка «сценарий» (без неё — слова самого бота или менеджера). Прайс и запись при этом настоящие.',
    },
    switch: 'LLM_BASE_URL и LLM_API_KEY',
  },
  database: {
    title: 'База данных',
    short: 'База',
    real: 'ваша',
    standIn: 'встроенная',
    about: {
      real: 'Данные лежат в вашей PostgreSQL.',
      standIn: 'PostgreSQL настоящая, но своя, на этом компьютере: запускается и останавливается вместе с ботом.',
    },
    switch: 'DATABASE_URL',
  },
  workshop: {
    title: 'Автосервис',
    real: 'ваш',
    standIn: 'выдуманный',
    about: { real: 'Прайс и часы работы — из вашей папки.', standIn: 'Прайс, адрес и часы работы придуманы для примера.' },
    switch: 'WORKSHOP_DIR',
  },
};
const REAL = new Set(['real']);

const entries = (parts) => Object.entries(PARTS).map(([name, words]) => ({ name, words, real: REAL.has(parts[name]) }));

export const renderParts = (parts) =>
  entries(parts).map(({ name, words, real }) =>
    h(
      'li',
      { class: 'part', 'data-testid': `part-${name}`, 'data-real': String(real) },
      h('span', { class: 'part-title', 'data-short': `${words.short ?? words.title}:` }, `${words.title}:`),
      h('b', {}, real ? words.real : words.standIn),
    ),
  );

export const renderAbout = (parts) => [
  h('p', {}, 'Сам бот здесь настоящий: та же программа, что работает у клиентов. Ненастоящими могут быть четыре вещи вокруг него:'),
  h(
    'dl',
    {},
    ...entries(parts).flatMap(({ words, real }) => [
      h('dt', {}, `${words.title} — ${real ? words.real : words.standIn}`),
      h('dd', {}, real ? words.about.real : words.about.standIn, ...(real ? [] : [' Заменить: ', h('code', {}, words.switch)])),
    ]),
  ),
];
