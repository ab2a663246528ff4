import { BOOKED, READY, type Story, tellAll } from './story.ts';

const STORIES: readonly Story[] = [
  [
    'one more car is a booking of its own, whether it is named or not',
    [
      BOOKED,
      { says: 'и ещё вторую машину, Камри, тоже антикор, на понедельник 10:00', hears: /Camry.*Антикор днища.*пн, 30 ноября, 10:00.*записываю/s, does: [] },
      { says: 'ага запиши', books: { services: ['Антикор днища'], wished_at: '2026-11-30T10:00' } },
      { says: 'и вторую машину тоже', hears: /Что нужно сделать/, does: [] },
    ],
  ],
  [
    'a question or a wish before the «да» is no consent',
    [
      { says: READY },
      { says: 'Анна +7 912 345-67-89', hears: /записываю/ },
      { says: 'можно картой оплатить?', hears: /оплаты.*записываю/s },
      { says: 'можно приехать с ребёнком?', hears: /записываю/ },
      { says: 'хорошо бы подешевле', hears: /Скидки/ },
      { says: 'хорошо, а где вы находитесь?', hears: /Образцовая/ },
      { says: 'попозже можно?', hears: /Во сколько/ },
      { says: 'в 12', hears: /12:00.*записываю/s },
      { says: 'да, и где вы?', hears: /Заявка №3/, books: { wished_at: '2026-11-25T12:00' } },
    ],
  ],
  [
    'small talk is understood',
    [
      { says: 'сколько стоит антикор на Весту?', hears: /9.000/ },
      { says: 'а сколько ждать', hears: /^Срок/, asksFor: [] },
      { says: 'почему так дорого?', hears: /только прайс/, not: /без записи/ },
      { says: 'ну хоть немного скиньте', hears: /Скидки/ },
      { says: 'Юля', hears: /Очень приятно, Юля\. .*день и время/ },
      { says: 'не надо', hears: /без записи/ },
      { says: 'понятно', hears: /^Хорошо\. Если появятся/ },
    ],
  ],
];

tellAll('impatient customers', STORIES);
