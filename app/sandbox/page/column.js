import { createComposer } from './composer.js';
import { h } from './dom.js';
import { dayOf, renderMessage } from './message.js';
import { toneOf } from './tabs.js';

const TYPING_MS = 6000;
const NEAR_BOTTOM_PX = 80;
/** Suggestions are for getting started. */
const CHIPS_UNTIL = 8;

const emptyText = (isGroup) => (isGroup ? 'Сюда бот присылает заявки. Пока их нет.' : 'Напишите боту своими словами или выберите готовое сообщение внизу.');

/** Photos of one album share a bubble. */
const keyOf = ({ media_group_id: album, message_id: id }) => (album ? `album ${album}` : id);

const createBlockSwitch = ({ chat, isGroup, disabled, onBlock }) => {
  const [words, explained] = isGroup ? ['бот удалён', 'Бот удалён из группы'] : ['блокировка', 'Клиент заблокировал бота'];
  const button = h(
    'button',
    {
      type: 'button',
      class: 'switch',
      role: 'switch',
      'aria-checked': 'false',
      'aria-label': explained,
      title: explained,
      'data-testid': `block-${chat.id}`,
      disabled,
    },
    h('span', { class: 'switch-words', 'aria-hidden': 'true' }, words),
    h('span', { class: 'switch-track', 'aria-hidden': 'true' }),
  );
  button.addEventListener('click', () => void onBlock(button.getAttribute('aria-checked') !== 'true').catch(() => undefined));
  return button;
};

/** Tab would stop at every message of a long chat: arrow keys go from one to the next instead, quotations too. Enter answers it, or shows what it quotes. */
const moveByArrows = (list) => {
  list.addEventListener('keydown', (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    const buttons = [...list.querySelectorAll('.replied, .reply')];
    const at = buttons.indexOf(document.activeElement);
    const next = at < 0 ? step < 0 && buttons.at(-1) : buttons[at + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
};

/** One chat: header, messages, composer. `show` replaces everything, `upsert` adds or refreshes one message. */
export const createColumn = ({ chat, subtitle, whose, suggestions, disabled, onSend, onBlock }) => {
  const isGroup = chat.type !== 'private';
  const name = chat.title ?? chat.first_name;
  const messages = new Map();
  const status = h('p', { class: 'subtitle', 'data-testid': `status-${chat.id}` }, subtitle);
  const list = h('div', {
    class: 'messages',
    role: 'log',
    'aria-live': 'polite',
    'aria-label': `Сообщения: ${name}. Стрелки выбирают, на какое ответить`,
    tabindex: '0',
    'data-testid': `messages-${chat.id}`,
  });
  moveByArrows(list);
  const dots = h('div', { class: 'typing', hidden: true, 'aria-hidden': 'true' }, h('span'), h('span'), h('span'));
  const blockSwitch = createBlockSwitch({ chat, isGroup, disabled, onBlock });
  const composer = createComposer({ chatId: chat.id, whose, suggestions, disabled, onSend });
  const section = h(
    'section',
    {
      class: 'column',
      role: 'tabpanel',
      id: `column-${chat.id}`,
      'aria-labelledby': `title-${chat.id}`,
      'data-testid': `chat-${chat.id}`,
    },
    h(
      'div',
      { class: 'column-head' },
      h('div', { class: 'avatar', 'data-tone': toneOf(chat.id), 'aria-hidden': 'true' }, name.slice(0, 1)),
      h('div', { class: 'column-name' }, h('h2', { id: `title-${chat.id}` }, name), status),
      blockSwitch,
    ),
    list,
    dots,
    ...composer.elements,
  );
  let typingTimer;
  let blocked = false;
  let about = subtitle;

  const rest = () => (blocked ? (isGroup ? 'бот удалён из группы' : 'бот заблокирован') : about);
  const setTyping = (typing) => {
    clearTimeout(typingTimer);
    const stick = isNearBottom();
    status.textContent = typing ? 'бот печатает…' : rest();
    status.dataset.typing = String(typing);
    dots.hidden = !typing;
    if (stick) toBottom();
    if (typing) typingTimer = setTimeout(() => setTyping(false), TYPING_MS);
  };

  let atBottom = true;
  const toBottom = () => list.scrollTo({ top: list.scrollHeight });
  const isNearBottom = () => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_BOTTOM_PX;
  list.addEventListener('scroll', () => {
    atBottom = isNearBottom();
  });
  // The list shrinks when a banner or a quotation appears: what was read last stays in sight.
  new ResizeObserver(() => atBottom && toBottom()).observe(list);
  const afterChange = () => composer.showChips(messages.size < CHIPS_UNTIL);

  const showQuoted = (messageId) => {
    const shown = list.querySelector(`[data-message-id="${messageId}"]`);
    if (!shown) return;
    shown.scrollIntoView({ block: 'center' });
    shown.classList.remove('found');
    void shown.offsetWidth; // starts the animation again
    shown.classList.add('found');
  };

  const ordered = () => [...messages.values()].sort((a, b) => a.message_id - b.message_id);
  const bubbleOf = (key) => {
    const group = ordered().filter((message) => keyOf(message) === key);
    return renderMessage(group, { showAuthor: isGroup, onReply: composer.replyTo, onQuote: showQuoted });
  };

  const append = (message, previous) => {
    if (!previous || dayOf(previous) !== dayOf(message)) list.append(h('div', { class: 'day' }, dayOf(message)));
    list.append(bubbleOf(keyOf(message)));
  };

  const renderAll = () => {
    const firsts = ordered().filter((message, index, all) => all.findIndex((other) => keyOf(other) === keyOf(message)) === index);
    list.replaceChildren();
    if (firsts.length === 0) list.append(h('p', { class: 'empty' }, emptyText(isGroup)));
    firsts.forEach((message, index) => append(message, firsts[index - 1]));
  };

  const firstOf = (message) => ordered().find((other) => keyOf(other) === keyOf(message));

  return {
    section,
    setTyping,
    toBottom,
    /** What may change: whether it stands beside every customer, whether the bot is shut out, what is said under the name. */
    set: ({ pinned, blocked: shut, subtitle: words }) => {
      [blocked, about] = [shut, words];
      section.dataset.pinned = String(pinned);
      blockSwitch.setAttribute('aria-checked', String(shut));
      section.dataset.blocked = String(shut);
      composer.setClosed(shut && !isGroup ? 'Бот заблокирован: пока это так, писать ему отсюда нельзя.' : undefined);
      setTyping(false);
    },
    show: (all) => {
      messages.clear();
      for (const message of all) messages.set(message.message_id, message);
      renderAll();
      afterChange();
      toBottom();
    },
    upsert: (message) => {
      const stick = isNearBottom();
      const isNew = !messages.has(message.message_id);
      const newest = messages.get(Math.max(0, ...messages.keys()));
      messages.set(message.message_id, message);
      const old = list.querySelector(`[data-message-id="${firstOf(message).message_id}"]`);
      if (old) old.replaceWith(bubbleOf(keyOf(message)));
      else if (messages.size === 1 || message.message_id < newest.message_id) renderAll();
      else append(message, newest);
      afterChange();
      if (message.from?.is_bot && isNew) setTyping(false);
      if (stick) toBottom();
    },
  };
};
