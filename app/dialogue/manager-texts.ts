import type { Sender } from '../telegram/incoming.ts';
import { buildNotice, personOf } from '../telegram/notice.ts';
import { createRichTextBuilder, type RichText } from '../telegram/rich-text.ts';
import { splitRichText } from '../telegram/split.ts';

const plain = (text: string): RichText => ({ text, entities: [] });

const REPLY_FOOTER = 'Ответьте на это сообщение — клиент получит ваш ответ.';

/** Why a dialogue was handed over, in the group's words. */
const REASONS = {
  asked_for_person: 'клиент просит человека',
  complaint: 'жалоба',
  not_in_list: 'услуги нет в прайс-листе',
  going_in_circles: 'разговор ходит по кругу',
  other: 'нужен человек',
} as const;

type HandOverReason = keyof typeof REASONS;

type HandOver = Readonly<{ reason: HandOverReason; sender: Sender; phone: string | null; summary: string }>;

/** What the group reads when a customer needs a person. */
export const handOverNotice = ({ reason, sender, phone, summary }: HandOver): RichText =>
  buildNotice({
    title: 'Клиенту нужен менеджер',
    lines: [
      ['Причина', REASONS[reason]],
      ['Клиент', personOf(sender)],
      ['Телефон', phone ?? 'не назван'],
    ],
    quote: summary,
    footer: REPLY_FOOTER,
  });

const QUOTE_LIMIT = 3_500; // leaves room for the lines around it, so that nothing of the customer's is cut

/** The customer's words while a manager leads the dialogue, as many messages as it takes. */
export const customerSays = (sender: Sender, text: string): readonly RichText[] =>
  splitRichText(plain(text), QUOTE_LIMIT).map(({ text: quote }) =>
    buildNotice({ title: 'Клиент пишет', lines: [['Клиент', personOf(sender)]], quote, footer: REPLY_FOOTER }),
  );

export const photosOf = (sender: Sender): string => `Фото клиента: ${personOf(sender)}`;

const minutes = (ms: number): string => {
  const whole = Math.max(1, Math.round(ms / 60_000));
  const form = whole % 100 >= 11 && whole % 100 <= 14 ? 'many' : (({ 1: 'one', 2: 'few', 3: 'few', 4: 'few' } as const)[whole % 10] ?? 'many');
  return `${whole} ${{ one: 'минуту', few: 'минуты', many: 'минут' }[form]}`;
};

export const noManagerCame = (returnMs: number, sender: Sender): RichText =>
  buildNotice({
    title: `Менеджер не ответил за ${minutes(returnMs)}, разговор снова ведёт бот.`,
    lines: [['Клиент', personOf(sender)]],
    footer: REPLY_FOOTER,
  });

const MEDIA: Readonly<Record<string, string>> = {
  voice: 'голосовое сообщение',
  video_note: 'видеосообщение',
  video: 'видео',
  audio: 'аудиозапись',
  document: 'файл',
  photo: 'фото',
  sticker: 'стикер',
  animation: 'анимацию',
  location: 'геопозицию',
  contact: 'контакт',
  poll: 'опрос',
  dice: 'кубик',
};

/** The group learns of what cannot be passed on; `kinds` as Telegram calls them, one for each message. */
export const customerSent = (sender: Sender, kinds: readonly string[]): RichText => {
  const counted = [...Map.groupBy(kinds, (kind) => MEDIA[kind] ?? 'сообщение')].map(([name, { length }]) => (length === 1 ? name : `${name} (${length})`));
  return buildNotice({
    title: `Клиент прислал ${counted.join(', ')}`,
    lines: [['Клиент', personOf(sender)]],
    footer: `Переслать это сюда бот не может, клиента попросил написать словами. ${REPLY_FOOTER}`,
  });
};

/** What the customer is told then. */
export const NOT_PASSED_ON =
  'Менеджер видит здесь только текст и фотографии. Я сказал ему, что вы прислали, но открыть это он не сможет: напишите, пожалуйста, словами.';

/** What a customer is told once while they wait for a manager. */
export const PASSED_ON = 'Передал ваше сообщение менеджеру, он ответит здесь.';

/** A manager's words as the customer reads them. */
export const managerSays = (text: string, { corrected }: Readonly<{ corrected: boolean }>): RichText => {
  const builder = createRichTextBuilder();
  builder.wrap({ type: 'bold' }, () => builder.append('Менеджер:'));
  builder.append(`${corrected ? ' (исправлено)' : ''}${text === '' ? '' : ` ${text}`}`);
  return builder.build();
};

/** What the bot itself says in the group. */
export const GROUP_TEXTS = {
  help: plain(
    'Чтобы написать клиенту, ответьте (Reply) на моё сообщение о нём: текст и фото я передам. Ответ /ai возвращает разговор боту. Заявки и просьбы клиентов я присылаю сюда сам.',
  ),
  handedBack: plain('Разговор с клиентом снова ведёт бот.'),
  alreadyBot: plain('Разговор с клиентом и так ведёт бот.'),
  onlyTextAndPhotos: plain('Клиенту можно передать только текст и фото. Это сообщение не отправлено.'),
  unknownCustomer: plain('Не нашёл, о каком клиенте это сообщение: ответ не отправлен. Ответьте на более новое сообщение о клиенте.'),
} as const;
