import type { Message, Update } from 'grammy/types';

/** Where an update belongs: its delivery lane, the chat it is about and the message it carries (null when it carries none). */
export type Place = Readonly<{ lane: string; chatId: number; messageId: number | null }>;

export type UpdateKind = 'message' | 'edited_message' | 'callback_query' | 'my_chat_member';

export const messageOf = (update: Omit<Update, 'update_id'>): Message | undefined => update.message ?? update.edited_message;

export const kindOf = (update: Omit<Update, 'update_id'>): UpdateKind | undefined =>
  (['message', 'edited_message', 'callback_query', 'my_chat_member'] as const).find((kind) => update[kind] !== undefined);

/**
 * Telegram's queues (telegram-bot-api/Client.cpp): messages and edits of a chat share one, button presses have one per person,
 * the bot's own membership one per chat. Undefined for kinds the sandbox never makes.
 */
export const placeOf = (update: Omit<Update, 'update_id'>): Place | undefined => {
  const message = messageOf(update);
  if (message) return { lane: `chat:${message.chat.id}`, chatId: message.chat.id, messageId: message.message_id };
  const { callback_query: query, my_chat_member: member } = update;
  if (query) return { lane: `press:${query.from.id}`, chatId: query.message?.chat.id ?? query.from.id, messageId: null };
  return member ? { lane: `member:${member.chat.id}`, chatId: member.chat.id, messageId: null } : undefined;
};
