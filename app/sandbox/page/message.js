import { h } from './dom.js';
import { renderEntities } from './entities.js';

const DELIVERY = {
  waiting: 'отправляется…',
  delivered: 'доставлено',
  failing: 'бот недоступен — повторим',
  expired: 'не доставлено',
};

const timeFormat = new Intl.DateTimeFormat('ru', { hour: '2-digit', minute: '2-digit' });
const dayFormat = new Intl.DateTimeFormat('ru', { day: 'numeric', month: 'long' });

export const dayOf = (message) => dayFormat.format(new Date(message.date * 1000));

const isOwn = (message) => !message.from?.is_bot;

const body = (message) => {
  if (message.photo)
    return [
      h('div', { class: 'media' }, '🖼 Фото'),
      message.caption && h('div', { class: 'text' }, ...renderEntities(message.caption, message.caption_entities)),
    ];
  if (message.voice) return [h('div', { class: 'media' }, `🎤 Голосовое, ${message.voice.duration} с`)];
  return [h('div', { class: 'text', 'data-testid': 'message-text' }, ...renderEntities(message.text ?? '', message.entities))];
};

const meta = (message) => {
  const date = new Date(message.date * 1000);
  const delivery = DELIVERY[message.delivery];
  return h(
    'div',
    { class: 'meta' },
    message.scripted &&
      h('span', { class: 'badge', 'data-testid': 'badge-scripted', title: 'Ответ по заранее написанным правилам, без языковой модели' }, 'сценарий'),
    message.edit_date && h('span', {}, 'изменено'),
    h('time', { datetime: date.toISOString() }, timeFormat.format(date)),
    delivery && h('span', { class: 'delivery', 'data-testid': 'delivery', 'data-state': message.delivery }, delivery),
  );
};

const replied = ({ reply_to_message: reply }) => reply && h('div', { class: 'replied' }, reply.text ?? reply.caption ?? 'Сообщение');

/** One bubble. `showAuthor`: in a group a name is needed, in a private chat the side tells. */
export const renderMessage = (message, { showAuthor }) => {
  const own = isOwn(message);
  return h(
    'article',
    {
      class: 'message',
      'data-testid': 'message',
      'data-message-id': String(message.message_id),
      'data-from': own ? 'person' : 'bot',
      'data-own': String(own),
      'aria-label': own ? `Сообщение, ${message.from?.first_name}` : 'Ответ бота',
    },
    showAuthor && h('div', { class: 'author' }, message.from?.first_name ?? ''),
    replied(message),
    ...body(message),
    meta(message),
  );
};
