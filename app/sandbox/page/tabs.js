import { h } from './dom.js';

const TONES = 6;
const TYPING_MS = 6000;
/** The rank of a group that has moved to another number. */
const FORMER = 2;
const FORMER_MARK = '(старый номер)';

export const toneOf = (id) => String(Math.abs(id) % TONES);

const previewOf = (message) => {
  const text = message?.text ?? message?.caption ?? (message?.photo ? 'Фото' : message?.voice ? 'Голосовое' : '');
  return text.replaceAll(/\s+/g, ' ').slice(0, 60);
};

/** «Заявки — Пример-Авто» is «Заявки» where there is room for a word. */
const shortOf = (name) => name.split(' — ')[0];

const createTab = ({ id, name }) => {
  const count = h('span', { class: 'unread', hidden: true, 'data-testid': `unread-${id}`, 'aria-hidden': 'true' });
  const facts = h('span', { class: 'visually-hidden' });
  const mark = h('span', { class: 'tab-mark', hidden: true }, FORMER_MARK);
  const preview = h('span', { class: 'tab-preview', 'aria-hidden': 'true' });
  const button = h(
    'button',
    { type: 'button', class: 'tab', role: 'tab', id: `tab-${id}`, 'aria-controls': `column-${id}`, 'data-testid': `tab-${id}` },
    h('span', { class: 'avatar', 'data-tone': toneOf(id), 'aria-hidden': 'true' }, name.slice(0, 1)),
    h('span', { class: 'tab-words' }, h('span', { class: 'tab-name' }, shortOf(name)), mark, preview),
    count,
    facts,
  );
  return { id, name, button, count, facts, mark, preview, rank: undefined, unread: 0, blocked: false, words: '', typingTimer: undefined };
};

const refresh = (tab) => {
  const { button, count, facts, name, unread, blocked } = tab;
  count.hidden = unread === 0;
  count.textContent = unread > 99 ? '99+' : String(unread);
  facts.textContent = [unread > 0 && `, новых сообщений: ${unread}`, blocked && ', бот заблокирован'].filter(Boolean).join('');
  button.title = tab.rank === FORMER ? `${name} ${FORMER_MARK}` : name;
  button.dataset.blocked = String(blocked);
};

/** The list of chats: a column beside them on a wide screen, a row above them on a phone. Arrow keys, Home and End move in it. */
export const createTabs = ({ container, onSelect }) => {
  const tabs = new Map();

  const tabOf = ({ id }) => tabs.get(Number(id.slice('tab-'.length)));

  const step = (from, by) => {
    const shown = [...container.children].filter((button) => button.checkVisibility()).map(tabOf);
    const at = shown.findIndex(({ id }) => id === from);
    const next = by === 'first' ? shown[0] : by === 'last' ? shown.at(-1) : shown[(at + by + shown.length) % shown.length];
    next.button.focus();
    onSelect(next.id);
  };
  const KEYS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: 'first', End: 'last' };

  const addTab = (item) => {
    const tab = createTab(item);
    tabs.set(item.id, tab);
    tab.button.addEventListener('click', () => onSelect(item.id));
    tab.button.addEventListener('keydown', (event) => {
      if (!(event.key in KEYS)) return;
      event.preventDefault();
      step(item.id, KEYS[event.key]);
    });
    tab.button.tabIndex = -1;
    tab.button.setAttribute('aria-selected', 'false');
    return tab;
  };

  const place = (tab, rank) => {
    const { button, mark } = tab;
    const hadFocus = document.activeElement === button;
    tab.rank = rank;
    button.dataset.pinned = String(rank === 0);
    mark.hidden = rank !== FORMER;
    refresh(tab);
    const after = [...container.children].find((other) => tabOf(other).rank > rank);
    container.insertBefore(button, after ?? null);
    if (hadFocus) button.focus(); // moving took it away
  };

  return {
    /** Adds a tab, or moves it: by `rank` the group (0; on a wide screen it stands there anyway), the customers (1), a group's old number (2). */
    put: ({ id, name, rank }) => {
      const tab = tabs.get(id) ?? addTab({ id, name });
      if (tab.rank !== rank) place(tab, rank);
    },
    select: (id) => {
      for (const tab of tabs.values()) {
        const selected = tab.id === id;
        tab.button.setAttribute('aria-selected', String(selected));
        tab.button.tabIndex = selected ? 0 : -1;
        if (selected) tab.button.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      }
    },
    set: (id, facts) => {
      const tab = tabs.get(id);
      if (tab) refresh(Object.assign(tab, facts));
    },
    setPreview: (id, message) => {
      const tab = tabs.get(id);
      if (!tab) return;
      clearTimeout(tab.typingTimer);
      tab.words = previewOf(message);
      tab.preview.textContent = tab.words;
      delete tab.preview.dataset.typing;
    },
    setTyping: (id) => {
      const tab = tabs.get(id);
      if (!tab) return;
      clearTimeout(tab.typingTimer);
      tab.preview.textContent = 'бот печатает…';
      tab.preview.dataset.typing = 'true';
      tab.typingTimer = setTimeout(() => {
        tab.preview.textContent = tab.words;
        delete tab.preview.dataset.typing;
      }, TYPING_MS);
    },
  };
};
