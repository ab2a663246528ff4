import { fetchMessages, fetchState, fetchStories, listen, postBlocked, postMessage, postPerson } from './api.js';
import { createColumn } from './column.js';
import { createFaults } from './faults.js';
import { icon } from './icons.js';
import { createNewCustomer } from './new-customer.js';
import { createPanel } from './panel.js';
import { renderAbout, renderParts } from './parts.js';
import { createStories } from './story.js';
import { createTabs } from './tabs.js';
import { createThemeSwitch } from './theme.js';
import { createUnread } from './unread.js';

const CHIPS = {
  100001: ['Здравствуйте, сколько стоит покрасить бампер на Весту?', 'Запишите меня на завтра в 10', 'Где вы находитесь?'],
  100002: ['Сколько стоит антикор?', 'Полировка кузова на Камри', 'Запишите в субботу в 11:30'],
};
const CHIPS_OF_OTHERS = ['Сколько стоит полировка фар?', 'Запишите меня на завтра в 12'];
const MOST_CHATS = 60;
const byId = (id) => document.getElementById(id);
const narrow = matchMedia('(max-width: 820px)');

const isGroup = ({ type }) => type !== 'private';
/** The managers' group as it is now stands first, one that has moved to another number last. */
const rankOf = (chat) => (isGroup(chat) ? (chat.replaced_by === null ? 0 : 2) : 1);

const subtitleOf = (chat) => {
  if (!isGroup(chat)) return 'клиент, чат с ботом';
  return chat.replaced_by === null ? 'группа менеджеров' : 'группа (старый номер)';
};

const describe = (chat, parts) => {
  const disabled = parts.telegram === 'real';
  const subtitle = disabled ? 'бот сейчас в настоящем Telegram' : subtitleOf(chat);
  const suggestions = isGroup(chat) ? [] : (CHIPS[chat.id] ?? CHIPS_OF_OTHERS);
  return { subtitle, whose: isGroup(chat) ? 'менеджер Марина' : chat.first_name, suggestions, disabled };
};

/** The explanation closes as menus do: by a click elsewhere or by Escape wherever the focus is, and then nothing else closes. */
const closeAboutOutside = () => {
  const about = document.querySelector('.about');
  document.addEventListener('click', (event) => {
    if (!about.contains(event.target)) about.open = false;
  });
  const onEscape = (event) => {
    if (event.key !== 'Escape' || !about.open) return;
    event.stopPropagation();
    about.open = false;
    about.querySelector('summary').focus();
  };
  document.addEventListener('keydown', onEscape, { capture: true });
};

/** Chats with their tabs and columns; a column is made when its chat is first looked at. */
const createChats = (parts) => {
  const chats = new Map();
  const columns = new Map();
  const unread = createUnread();
  let shown; // on a phone one chat
  let customer; // beside the group on a wide screen

  const isPinned = (id) => rankOf(chats.get(id)) === 0;
  const isSeen = (id) => (narrow.matches ? id === shown : id === customer || isPinned(id));
  const refresh = (id) => {
    if (isSeen(id)) unread.look(id);
    tabs.set(id, { unread: unread.count(id), blocked: chats.get(id).blocked });
  };
  const load = async (id, column) => {
    const { messages } = await fetchMessages(id);
    column.show(messages);
    tabs.setPreview(id, messages.at(-1));
  };
  const preview = async ({ id, last_message_id: last }) => tabs.setPreview(id, (await fetchMessages(id, last - 1)).messages.at(-1));
  const open = (id) => {
    if (columns.has(id)) return columns.get(id);
    const chat = chats.get(id);
    const acts = { onSend: (message) => postMessage(id, message), onBlock: (blocked) => postBlocked(id, blocked) };
    const column = createColumn({ chat, ...describe(chat, parts), ...acts });
    columns.set(id, column);
    column.set({ pinned: isPinned(id), blocked: chat.blocked, subtitle: describe(chat, parts).subtitle });
    // the order of Tab: the customer on the left, then the group on the right
    if (isPinned(id)) byId('columns').append(column.section);
    else byId('columns').prepend(column.section);
    void load(id, column).catch(() => undefined);
    return column;
  };
  const select = (id) => {
    shown = id;
    if (!isPinned(id)) customer = id;
    open(id);
    for (const [other, { section }] of columns) {
      section.dataset.selected = String(other === customer);
      section.dataset.front = String(other === shown);
    }
    tabs.select(id);
    columns.get(id).toBottom();
    refresh(id);
  };
  const tabs = createTabs({ container: byId('tabs'), onSelect: select });
  narrow.addEventListener('change', () => select(narrow.matches ? shown : customer));

  return {
    select,
    /** The sandbox's list: new chats are added, known ones brought up to date. */
    update: (list) => {
      const ranked = list.toSorted((a, b) => rankOf(a) - rankOf(b)).slice(0, MOST_CHATS);
      for (const chat of ranked) {
        const isNew = !chats.has(chat.id);
        chats.set(chat.id, chat);
        unread.reset(chat);
        tabs.put({ id: chat.id, name: chat.title ?? chat.first_name, rank: rankOf(chat) });
        if (isPinned(chat.id)) open(chat.id);
        else if (isNew && chat.last_message_id > 0) void preview(chat).catch(() => undefined);
        columns.get(chat.id)?.set({ pinned: isPinned(chat.id), blocked: chat.blocked, subtitle: describe(chat, parts).subtitle });
      }
      if (customer === undefined) select(ranked.find((chat) => rankOf(chat) === 1).id);
      for (const { id } of ranked) refresh(id);
    },
    reload: () => Promise.all([...columns].map(([id, column]) => load(id, column))),
    isKnown: (id) => chats.has(id),
    /** Whether a customer nobody has asked for stays out; a group that has moved must not. */
    isWelcome: (id) => id < 0 || chats.size < MOST_CHATS,
    heard: ({ chatId, message }) => {
      unread.heard(chatId, message);
      columns.get(chatId)?.upsert(message);
      tabs.setPreview(chatId, message);
      refresh(chatId);
    },
    typing: ({ chatId }) => {
      columns.get(chatId)?.setTyping(true);
      tabs.setTyping(chatId);
    },
  };
};

const start = async () => {
  // The key has become a cookie: it need not stay in the address bar and the history.
  if (location.search) history.replaceState(null, '', '/');
  createThemeSwitch(byId('theme'));
  byId('new-customer').prepend(icon('plus'));
  const state = await fetchState();
  const { parts } = state;
  byId('workshop').textContent = state.workshop_name;
  byId('parts').replaceChildren(...renderParts(parts));
  byId('about').replaceChildren(...renderAbout(parts));
  closeAboutOutside();
  const stories = createStories({ parts });
  const faults = createFaults({ parts, alarm: byId('alarm'), counter: byId('faults-on') });
  createPanel({
    panel: byId('panel'),
    views: {
      story: { title: 'Что происходит', element: stories.element, button: byId('toggle-story') },
      faults: { title: 'Поломки', element: faults.element, button: byId('toggle-faults') },
    },
  });
  const chats = createChats(parts);
  chats.update(state.chats);
  const updateChats = async () => chats.update((await fetchState()).chats);
  createNewCustomer({
    dialog: byId('dialog'),
    button: byId('new-customer'),
    onCreate: async (name) => {
      const { id } = await postPerson(name);
      await updateChats();
      return () => {
        chats.select(id);
        document.querySelector(`[data-testid="input-${id}"]`).focus();
      };
    },
  });

  const reload = async () => {
    await updateChats();
    await Promise.all([chats.reload(), faults.refresh(), fetchStories().then((answer) => stories.show(answer.stories))]);
    byId('connection').hidden = true;
    document.body.dataset.live = 'true';
  };
  listen({
    open: () => void reload().catch(() => undefined),
    lost: () => {
      byId('connection').hidden = false;
    },
    message: (event) => {
      if (chats.isKnown(event.chatId)) chats.heard(event);
      else if (chats.isWelcome(event.chatId)) void updateChats().catch(() => undefined);
    },
    typing: (event) => chats.isKnown(event.chatId) && chats.typing(event),
    chats: () => void updateChats().catch(() => undefined),
    story: (story) => stories.upsert(story),
    faults: () => void faults.refresh().catch(() => undefined),
  });
};

start().catch((error) => {
  byId('connection').hidden = false;
  byId('connection').textContent = `Страница не загрузилась: ${error instanceof Error ? error.message : error}. Обновите её.`;
});
