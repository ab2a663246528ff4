import { h } from './dom.js';
import { renderEntities } from './entities.js';
import { icon } from './icons.js';

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

/** What a message says in one line: for quotations and lists. */
export const summaryOf = (message) => message.text ?? message.caption ?? (message.photo ? 'Фото' : message.voice ? 'Голосовое сообщение' : 'Сообщение');

const picture = ({ photo }) => {
  const shown = photo[1] ?? photo[0];
  return h('img', {
    class: 'picture',
    src: `/sandbox/photos/${encodeURIComponent(shown.file_id)}`,
    alt: 'Фото: машина с царапиной, нарисована песочницей',
    width: '160',
    height: '120',
    'data-testid': 'picture',
  });
};

const bars = () =>
  h('span', { class: 'bars', 'aria-hidden': 'true' }, ...[6, 12, 9, 15, 7, 13, 10, 5, 11, 8].map((height) => h('span', { class: `bar bar-${height}` })));

const wordsOf = ({ text, caption, entities, caption_entities: captionEntities }) =>
  (text ?? caption) !== undefined &&
  h('div', { class: 'text', 'data-testid': 'message-text' }, ...renderEntities(text ?? caption, text ? entities : captionEntities));

const body = (messages) => {
  const [message] = messages;
  if (message.photo) {
    const captioned = messages.find(({ caption }) => caption);
    return [
      h('div', { class: messages.length > 1 ? 'album' : 'single', 'data-testid': messages.length > 1 ? 'album' : undefined }, ...messages.map(picture)),
      captioned && wordsOf(captioned),
    ];
  }
  if (message.voice) return [h('div', { class: 'media' }, icon('voice'), bars(), `Голосовое, ${message.voice.duration} с`)];
  return [wordsOf({ ...message, text: message.text ?? '' })];
};

/** The worst of an album's fates: what is not there yet matters more than what is. */
const deliveryOf = (messages) => ['expired', 'failing', 'waiting', 'delivered'].find((fate) => messages.some(({ delivery }) => delivery === fate));

const meta = (messages) => {
  const date = new Date(messages[0].date * 1000);
  const fate = deliveryOf(messages);
  return h(
    'div',
    { class: 'meta' },
    messages[0].scripted &&
      h('span', { class: 'badge', 'data-testid': 'badge-scripted', title: 'Ответ по заранее написанным правилам, без языковой модели' }, 'сценарий'),
    messages.some(({ edit_date: edited }) => edited) && h('span', { 'data-testid': 'edited' }, 'изменено'),
    h('time', { datetime: date.toISOString() }, timeFormat.format(date)),
    fate && h('span', { class: 'delivery', 'data-testid': 'delivery', 'data-state': fate }, DELIVERY[fate]),
  );
};

const replyButton = (message, onReply) => {
  const words = { 'aria-label': 'Ответить на это сообщение', title: 'Ответить' };
  const button = h('button', { type: 'button', class: 'reply', tabindex: '-1', ...words, 'data-testid': 'reply' }, icon('reply'));
  button.addEventListener('click', () => onReply(message));
  return button;
};

const replied = ({ reply_to_message: reply }, onQuote) => {
  if (!reply) return undefined;
  const quote = h('button', { type: 'button', class: 'replied', tabindex: '-1', title: 'К этому сообщению', 'data-testid': 'quote' }, summaryOf(reply));
  quote.addEventListener('click', () => onQuote(reply.message_id));
  return quote;
};

/** A click on the bubble itself is an answer to it, unless it selects text or presses something. */
const isPlainClick = (event) => !event.target.closest('button, a, .spoiler') && getSelection().isCollapsed;

/** One bubble: a message, or the photos of an album. `showAuthor`: in a group a name is needed, in a private chat the side tells. */
export const renderMessage = (messages, { showAuthor, onReply, onQuote }) => {
  const [message] = messages;
  const own = isOwn(message);
  const article = h(
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
    replied(message, onQuote),
    ...body(messages),
    meta(messages),
    replyButton(message, onReply),
  );
  article.addEventListener('click', (event) => {
    if (isPlainClick(event)) onReply(message);
  });
  return article;
};
