import type { ChatFullInfo, Message } from 'grammy/types';
import { BOT } from '../people.ts';
import { type Arguments, readInteger, readJson, readString } from './arguments.ts';
import { checkEntities } from './check-entities.ts';
import type { Handlers, MethodDeps } from './methods.ts';
import { createRate } from './rate.ts';
import { badRequest } from './refusal.ts';
import { type BotContent, newAlbumId } from '../chats.ts';
import { createChatReaders, type GroupOrPrivate, readAlbum, readCaption, readKeyboard, readText } from './send-arguments.ts';

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
const NOT_MODIFIED =
  'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message';

const fullInfo = (chat: GroupOrPrivate): ChatFullInfo => {
  const common = {
    accent_color_id: 0,
    max_reaction_count: 11,
    accepted_gift_types: { unlimited_gifts: false, limited_gifts: false, unique_gifts: false, premium_subscription: false, gifts_from_channels: false },
  };
  return { ...chat, ...common };
};

type EditedText = Extract<Awaited<ReturnType<Handlers['editMessageText']>>['result'], { text: string }>;
type ChatMethod =
  'getMe' | 'getChat' | 'getFile' | 'sendMessage' | 'sendPhoto' | 'sendMediaGroup' | 'sendChatAction' | 'editMessageText' | 'answerCallbackQuery';

export const createChatMethods = ({ store, chats, events, clock, limits }: MethodDeps): Pick<Handlers, ChatMethod> => {
  const rate = createRate({ clock, limits });
  const { readChat, readOpenChat, readReply } = createChatReaders({ store, chats });

  const readOwnText = (args: Arguments, chatId: number): Message => {
    const message = chats.shownMessage(chatId, readInteger(args, 'message_id') ?? 0);
    if (!message) throw badRequest('message to edit not found');
    if (message.from?.id !== BOT.id || message.text === undefined) throw badRequest("message can't be edited");
    return message;
  };

  const readPhoto = (args: Arguments): BotContent => {
    const photo = chats.findFile(readString(args, 'photo') ?? '')?.photo;
    if (!photo) throw badRequest('wrong file identifier/HTTP URL specified');
    const caption = readCaption(args);
    return { photo, caption, entities: checkEntities(readJson(args, 'caption_entities'), caption) };
  };

  return {
    getMe: () => ({ result: BOT }),
    getChat: (args) => ({ result: fullInfo(readChat(args)) }),
    getFile: (args) => {
      const fileId = readString(args, 'file_id');
      if (!fileId) throw badRequest('file_id not specified');
      const found = chats.findFile(fileId);
      if (!found) throw badRequest('invalid file_id');
      const { file_id, file_unique_id, file_size = 0 } = found.file;
      return { result: { file_id, file_unique_id, file_size, file_path: found.photo ? `photos/${file_id}.png` : `voice/${file_id}.oga` } };
    },
    sendMessage: (args) => {
      const chat = readOpenChat(args);
      const text = readText(args);
      const entities = checkEntities(readJson(args, 'entities'), text);
      const [replyTo, keyboard] = [readReply(args, chat.id), readKeyboard(args)];
      rate.take(chat.id);
      return { result: chats.send({ chat, content: { text, entities }, replyTo, keyboard }) as Message.TextMessage };
    },
    sendPhoto: (args) => {
      const chat = readOpenChat(args);
      const content = readPhoto(args);
      const [replyTo, keyboard] = [readReply(args, chat.id), readKeyboard(args)];
      rate.take(chat.id);
      return { result: chats.send({ chat, content, replyTo, keyboard }) as Message.PhotoMessage };
    },
    sendMediaGroup: (args) => {
      const chat = readOpenChat(args);
      const contents = readAlbum(args).map(readPhoto);
      const replyTo = readReply(args, chat.id);
      const albumId = newAlbumId();
      rate.take(chat.id);
      return { result: contents.map((content) => chats.send({ chat, content, replyTo, keyboard: undefined, albumId }) as Message.PhotoMessage) };
    },
    sendChatAction: (args) => {
      const chat = readOpenChat(args);
      if (!ACTIONS.has(readString(args, 'action') ?? '')) throw badRequest('wrong parameter action in request');
      rate.take(chat.id);
      events.publish({ kind: 'typing', chatId: chat.id });
      return { result: true };
    },
    editMessageText: (args) => {
      const chat = readOpenChat(args);
      const old = readOwnText(args, chat.id);
      const text = readText(args);
      const entities = checkEntities(readJson(args, 'entities'), text);
      const keyboard = readKeyboard(args);
      const same = text === old.text && JSON.stringify([entities, keyboard]) === JSON.stringify([old.entities ?? [], old.reply_markup]);
      if (same) throw badRequest(NOT_MODIFIED);
      rate.take(chat.id);
      return { result: chats.rewrite(old, { text, entities, keyboard }) as EditedText };
    },
    answerCallbackQuery: (args) => {
      if (!chats.answerPress(readString(args, 'callback_query_id') ?? ''))
        throw badRequest('query is too old and response timeout expired or query ID is invalid');
      return { result: true };
    },
  };
};
