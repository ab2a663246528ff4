import type { Chat, ChatFullInfo, Message } from 'grammy/types';
import { BOT, findChat, SHOWN_CHATS } from '../people.ts';
import { type Arguments, isRecord, readBoolean, readJson, readString } from './arguments.ts';
import { checkEntities } from './check-entities.ts';
import type { Handlers, MethodDeps } from './methods.ts';
import { createRate } from './rate.ts';
import { badRequest } from './refusal.ts';

const MAX_TEXT_UTF16 = 4096;
const ACTIONS = new Set([
  'typing',
  'upload_photo',
  'record_video',
  'upload_video',
  'record_voice',
  'upload_voice',
  'upload_document',
  'choose_sticker',
  'find_location',
  'record_video_note',
  'upload_video_note',
]);

const readText = (args: Arguments): string => {
  const text = readString(args, 'text')?.trimEnd() ?? '';
  if (text.trim() === '') throw badRequest('message text is empty');
  if (text.length > MAX_TEXT_UTF16) throw badRequest('message is too long');
  // Entities only: a stand-in that does not parse Markdown must not pretend that it did.
  if (readString(args, 'parse_mode')) throw badRequest('unsupported parse_mode');
  return text;
};

const fullInfo = (chat: Exclude<Chat, Chat.ChannelChat>): ChatFullInfo => {
  const common = {
    accent_color_id: 0,
    max_reaction_count: 11,
    accepted_gift_types: { unlimited_gifts: false, limited_gifts: false, unique_gifts: false, premium_subscription: false, gifts_from_channels: false },
  };
  return { ...chat, ...common };
};

export const createChatMethods = ({
  store,
  chats,
  events,
  clock,
  limits,
}: MethodDeps): Pick<Handlers, 'getMe' | 'getChat' | 'sendMessage' | 'sendChatAction'> => {
  const rate = createRate({ clock, limits });

  const readChat = (args: Arguments): Exclude<Chat, Chat.ChannelChat> => {
    const id = readString(args, 'chat_id') ?? '';
    if (id === '') throw badRequest('chat_id is empty');
    const chat = /^-?\d{1,16}$/.test(id) ? findChat(Number(id)) : undefined;
    // A bot meets a guest only after the guest has written to it.
    if (!chat || !(SHOWN_CHATS.includes(chat.id) || store.state.chats.has(chat.id))) throw badRequest('chat not found');
    return chat;
  };

  const readReply = (args: Arguments, chatId: number): Message | undefined => {
    const reply = readJson(args, 'reply_parameters');
    if (!isRecord(reply)) return undefined;
    const message = typeof reply['message_id'] === 'number' ? chats.shownMessage(chatId, reply['message_id']) : undefined;
    if (!message && !readBoolean(reply, 'allow_sending_without_reply')) throw badRequest('message to be replied not found');
    return message;
  };

  return {
    getMe: () => ({ result: BOT }),
    getChat: (args) => ({ result: fullInfo(readChat(args)) }),
    sendMessage: (args) => {
      const chat = readChat(args);
      const text = readText(args);
      const entities = checkEntities(readJson(args, 'entities'), text);
      const replyTo = readReply(args, chat.id);
      rate.take(chat.id);
      return { result: chats.send({ chat, text, entities, replyTo }) };
    },
    sendChatAction: (args) => {
      const chat = readChat(args);
      if (!ACTIONS.has(readString(args, 'action') ?? '')) throw badRequest('wrong parameter action in request');
      rate.take(chat.id);
      events.publish({ kind: 'typing', chatId: chat.id });
      return { result: true };
    },
  };
};
