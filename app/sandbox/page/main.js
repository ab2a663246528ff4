import { fetchMessages, fetchState, listen, sendText } from './api.js';
import { createColumn } from './column.js';
import { renderAbout, renderParts } from './parts.js';
import { createTabs } from './tabs.js';

const CUSTOMER_CHIPS = {
  100001: ['Здравствуйте, сколько стоит покрасить бампер на Весту?', 'Запишите меня на завтра в 10', 'Где вы находитесь?'],
  100002: ['Сколько стоит антикор?', 'Полировка кузова на Камри', 'Запишите в субботу в 11:30'],
};
const SHOWN = 3;
const byId = (id) => document.getElementById(id);

const describe = (chat, parts) => {
  const isGroup = chat.type !== 'private';
  const disabled = parts.telegram === 'real';
  const subtitle = disabled ? 'бот сейчас в настоящем Telegram' : isGroup ? 'группа менеджеров' : 'клиент, чат с ботом';
  return { subtitle, whose: isGroup ? 'менеджер Марина' : chat.first_name, suggestions: CUSTOMER_CHIPS[chat.id] ?? [], disabled };
};

const buildColumns = ({ chats, parts }) =>
  new Map(
    chats.slice(0, SHOWN).map((chat, tone) => [chat.id, createColumn({ chat, tone, ...describe(chat, parts), onSend: (text) => sendText(chat.id, text) })]),
  );

/** The explanation closes as menus do: by Escape or a click elsewhere. */
const closeAboutOutside = () => {
  const about = document.querySelector('.about');
  document.addEventListener('click', (event) => {
    if (!about.contains(event.target)) about.open = false;
  });
  about.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    about.open = false;
    about.querySelector('summary').focus();
  });
};

const start = async () => {
  // The key has become a cookie: it need not stay in the address bar and the history.
  if (location.search) history.replaceState(null, '', '/');
  const state = await fetchState();
  byId('workshop').textContent = state.workshop_name;
  byId('parts').replaceChildren(...renderParts(state.parts));
  byId('about').replaceChildren(...renderAbout(state.parts));
  closeAboutOutside();
  const columns = buildColumns(state);
  byId('columns').replaceChildren(...[...columns.values()].map(({ section }) => section));
  const items = state.chats.slice(0, SHOWN).map(({ id, first_name: name }) => ({ id, label: name ?? 'Заявки' }));
  const tabs = createTabs({ container: byId('tabs'), items, onSelect: (id) => columns.get(id).toBottom() });
  tabs.select(items[0].id);

  const reload = async () => {
    await Promise.all([...columns].map(async ([id, column]) => column.show((await fetchMessages(id)).messages)));
    byId('connection').hidden = true;
    document.body.dataset.live = 'true';
  };
  listen({
    onOpen: () => void reload().catch(() => undefined),
    onLost: () => {
      byId('connection').hidden = false;
    },
    onMessage: ({ chatId, message }) => {
      if (columns.get(chatId)?.upsert(message)) tabs.markUnread(chatId);
    },
    onTyping: ({ chatId }) => columns.get(chatId)?.setTyping(true),
  });
};

start().catch((error) => {
  byId('connection').hidden = false;
  byId('connection').textContent = `Страница не загрузилась: ${error instanceof Error ? error.message : error}. Обновите её.`;
});
