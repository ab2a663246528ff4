import type { Chat, InlineKeyboardButton, Message } from 'grammy/types';
import type { Chats, Keyboard } from '../chats.ts';
import { findChat, SHOWN_CHATS } from '../people.ts';
import type { Store } from '../store.ts';
import { type Arguments, isRecord, readBoolean, readJson, readString } from './arguments.ts';
import { badRequest, closedChat } from './refusal.ts';

const MAX_TEXT_UTF16 = 4096;
const MAX_CAPTION_UTF16 = 1024;

const noParseMode = (args: Arguments): void => {
  // Entities only: a stand-in that does not parse Markdown must not pretend that it did.
  if (readString(args, 'parse_mode')) throw badRequest('unsupported parse_mode');
};

export const readText = (args: Arguments): string => {
  const text = readString(args, 'text')?.trimEnd() ?? '';
  if (text.trim() === '') throw badRequest('message text is empty');
  if (text.length > MAX_TEXT_UTF16) throw badRequest('message is too long');
  noParseMode(args);
  return text;
};

export const readCaption = (args: Arguments): string => {
  const caption = readString(args, 'caption')?.trimEnd() ?? '';
  if (caption.length > MAX_CAPTION_UTF16) throw badRequest('message caption is too long');
  noParseMode(args);
  return caption;
};

const readButton = (value: unknown): InlineKeyboardButton => {
  if (!isRecord(value) || typeof value['text'] !== 'string') throw badRequest('can\'t parse inline keyboard button: Field "text" must be of type String');
  const { text, callback_data: data, url } = value;
  if (typeof data === 'string') return { text, callback_data: data };
  if (typeof url === 'string') return { text, url };
  throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
};

const ALBUM_SIZE = { min: 2, max: 10 } as const;

/** The items of an album; each is read like the arguments of a photo. */
export const readAlbum = (args: Arguments): readonly Arguments[] => {
  const media = readJson(args, 'media');
  if (!Array.isArray(media)) throw badRequest("can't parse media JSON object");
  if (media.length < ALBUM_SIZE.min || media.length > ALBUM_SIZE.max) throw badRequest('media must include 2-10 items');
  return media.map((item: unknown) => {
    if (!isRecord(item)) throw badRequest("can't parse InputMedia: expected an Object");
    if (item['type'] !== 'photo') throw badRequest("can't parse InputMedia: type must be photo here"); // the sandbox takes no uploads, and nobody sends it anything else
    return { ...item, photo: item['media'] };
  });
};

/** Inline keyboards; other markups are taken and not kept, as the page has no keyboard of its own. */
export const readKeyboard = (args: Arguments): Keyboard | undefined => {
  const markup = readJson(args, 'reply_markup');
  if (!isRecord(markup) || markup['inline_keyboard'] === undefined) return undefined;
  const rows = markup['inline_keyboard'];
  if (!Array.isArray(rows) || !rows.every((row) => Array.isArray(row))) throw badRequest("can't parse reply markup JSON object");
  return { inline_keyboard: rows.map((row: unknown[]) => row.map(readButton)) };
};

export type GroupOrPrivate = Exclude<Chat, Chat.ChannelChat>;

/** Reads what names a chat or a message in it. */
export const createChatReaders = ({ store, chats }: { store: Store; chats: Chats }) => {
  const readChat = (args: Arguments): GroupOrPrivate => {
    const id = readString(args, 'chat_id') ?? '';
    if (id === '') throw badRequest('chat_id is empty');
    const chat = /^-?\d{1,16}$/.test(id) ? findChat(Number(id), store.state.names) : undefined;
    // A bot meets a guest only after the guest has written to it.
    if (!chat || !(chat.id < 0 || SHOWN_CHATS.includes(chat.id) || store.state.chats.has(chat.id))) throw badRequest('chat not found');
    return chat;
  };

  return {
    readChat,
    /** The same for what acts in the chat. */
    readOpenChat: (args: Arguments): GroupOrPrivate => {
      const chat = readChat(args);
      if (chats.isClosed(chat.id)) throw closedChat(chat.id);
      return chat;
    },
    readReply: (args: Arguments, chatId: number): Message | undefined => {
      const reply = readJson(args, 'reply_parameters');
      if (!isRecord(reply)) return undefined;
      const message = typeof reply['message_id'] === 'number' ? chats.shownMessage(chatId, reply['message_id']) : undefined;
      if (!message && !readBoolean(reply, 'allow_sending_without_reply')) throw badRequest('message to be replied not found');
      return message;
    },
  };
};
