import { createComposer } from './composer.js';
import { h } from './dom.js';
import { dayOf, renderMessage } from './message.js';

const TYPING_MS = 6000;
const NEAR_BOTTOM_PX = 80;

const emptyText = (isGroup) => (isGroup ? 'Сюда бот присылает заявки. Пока их нет.' : 'Напишите боту своими словами или выберите готовое сообщение внизу.');

/** One chat: header, messages, composer. `show` replaces everything, `upsert` adds or refreshes one message. */
export const createColumn = ({ chat, subtitle, whose, suggestions, tone, disabled, onSend }) => {
  const isGroup = chat.type !== 'private';
  const name = chat.title ?? chat.first_name;
  const messages = new Map();
  const status = h('p', { class: 'subtitle', 'data-testid': `status-${chat.id}` }, subtitle);
  const list = h('div', {
    class: 'messages',
    role: 'log',
    'aria-live': 'polite',
    'aria-label': `Сообщения: ${name}`,
    tabindex: '0',
    'data-testid': `messages-${chat.id}`,
  });
  const head = h(
    'header',
    { class: 'column-head' },
    h('div', { class: 'avatar', 'data-tone': String(tone), 'aria-hidden': 'true' }, name.slice(0, 1)),
    h('div', {}, h('h2', { id: `title-${chat.id}` }, name), status),
  );
  const section = h(
    'section',
    { class: 'column', id: `column-${chat.id}`, 'aria-labelledby': `title-${chat.id}`, 'data-testid': `chat-${chat.id}` },
    head,
    list,
    ...createComposer({ chatId: chat.id, whose, suggestions, disabled, onSend }),
  );
  let typingTimer;

  const setTyping = (typing) => {
    clearTimeout(typingTimer);
    status.textContent = typing ? 'бот печатает…' : subtitle;
    status.dataset.typing = String(typing);
    if (typing) typingTimer = setTimeout(() => setTyping(false), TYPING_MS);
  };

  const bubble = (message) => renderMessage(message, { showAuthor: isGroup });

  const append = (message, previous) => {
    if (!previous || dayOf(previous) !== dayOf(message)) list.append(h('div', { class: 'day' }, dayOf(message)));
    list.append(bubble(message));
  };

  const renderAll = () => {
    const ordered = [...messages.values()].sort((a, b) => a.message_id - b.message_id);
    list.replaceChildren();
    if (ordered.length === 0) list.append(h('p', { class: 'empty' }, emptyText(isGroup)));
    ordered.forEach((message, index) => append(message, ordered[index - 1]));
  };

  const toBottom = () => list.scrollTo({ top: list.scrollHeight });
  const isNearBottom = () => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_BOTTOM_PX;

  return {
    section,
    setTyping,
    toBottom,
    show: (all) => {
      messages.clear();
      for (const message of all) messages.set(message.message_id, message);
      renderAll();
      toBottom();
    },
    /** True when the message was not here before. */
    upsert: (message) => {
      const stick = isNearBottom();
      const isNew = !messages.has(message.message_id);
      const newest = Math.max(0, ...messages.keys());
      const old = list.querySelector(`[data-message-id="${message.message_id}"]`);
      messages.set(message.message_id, message);
      if (old) old.replaceWith(bubble(message));
      else if (messages.size === 1 || message.message_id < newest) renderAll();
      else append(message, messages.get(newest));
      if (message.from?.is_bot && isNew) setTyping(false);
      if (stick) toBottom();
      return isNew;
    },
  };
};
