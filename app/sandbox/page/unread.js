const KEY = 'read';

const load = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}');
  } catch {
    return {};
  }
};

/** How many of the bot's messages nobody has looked at, per chat; remembered between visits. */
export const createUnread = () => {
  const read = load();
  const sent = new Map();
  const newest = new Map();
  return {
    /** What the sandbox says at (re)connect. */
    reset: ({ id, from_bot: fromBot, last_message_id: lastId }) => {
      sent.set(id, fromBot);
      newest.set(id, lastId);
      read[id] = Math.min(read[id] ?? 0, fromBot); // a fresh data folder starts from nothing
    },
    heard: (chatId, { message_id: id, from }) => {
      if (id <= (newest.get(chatId) ?? 0)) return;
      newest.set(chatId, id);
      if (from?.is_bot) sent.set(chatId, (sent.get(chatId) ?? 0) + 1);
    },
    look: (chatId) => {
      read[chatId] = sent.get(chatId) ?? 0;
      localStorage.setItem(KEY, JSON.stringify(read));
    },
    count: (chatId) => Math.max(0, (sent.get(chatId) ?? 0) - (read[chatId] ?? 0)),
  };
};
