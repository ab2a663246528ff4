import { randomInt } from 'node:crypto';
import type { CallbackQuery, Chat, ChatMemberUpdated, InlineKeyboardButton, Message, MessageEntity, PhotoSize, Update, User } from 'grammy/types';
import type { Clock } from '../kit/clock.ts';
import { sha256Hex } from '../kit/ids.ts';
import { asReplied, type Content, contentFields, filesOf, originOfFile } from './content.ts';
import type { Events } from './events.ts';
import { BOT, findPerson, freeGuestId } from './people.ts';
import { newName } from './new-name.ts';
import { kindOf, placeOf } from './places.ts';
import { chatRecord, isHeard } from './state.ts';
import type { Store } from './store.ts';

type GroupOrPrivate = Exclude<Chat, Chat.ChannelChat>;
export type Written = Readonly<{ update_id: number; message_id: number }>;
type WrittenAlbum = Written & Readonly<{ media_group_id: string }>;
/** What the bot sends: a text or a photo it knows by its file_id, its words with their entities. */
export type BotContent = Readonly<{ text: string; entities: MessageEntity[] }> | Readonly<{ photo: PhotoSize[]; caption: string; entities: MessageEntity[] }>;
export type Keyboard = Readonly<{ inline_keyboard: InlineKeyboardButton[][] }>;

const SECOND_MS = 1_000;
const ALBUM_ID_DIGITS = 10 ** 14;

const { id, is_bot, first_name, username } = BOT;
const BOT_USER: User = Object.freeze({ id, is_bot, first_name, username });

const botFields = (content: BotContent): Pick<Message, 'text' | 'entities' | 'photo' | 'caption' | 'caption_entities'> => {
  const { entities } = content;
  if ('text' in content) return { text: content.text, ...(entities.length ? { entities } : {}) };
  const { photo, caption } = content;
  return { photo, ...(caption ? { caption } : {}), ...(entities.length ? { caption_entities: entities } : {}) };
};

/** Identifies what was said, for those who compare the journal with what the bot meant to say. */
export const hashOf = ({ text, caption, photo }: Pick<Message, 'text' | 'caption' | 'photo'>): string =>
  sha256Hex(text ?? `${photo?.at(-1)?.file_id ?? ''}\n${caption ?? ''}`);

export const newAlbumId = (): string => String(randomInt(ALBUM_ID_DIGITS / 10, ALBUM_ID_DIGITS));

export type Chats = ReturnType<typeof createChats>;

/** What people and the bot do in chats: every act is one journal line, then one event for the page. */
export const createChats = ({
  store,
  events,
  clock,
  isScripted,
  onQueued,
}: {
  store: Store;
  events: Events;
  clock: Clock;
  /** Whether the words of a message are the scripted model's. */
  isScripted: (said: Readonly<{ chatId: number; text: string }>) => boolean;
  onQueued: (lane: string) => void;
}) => {
  const stopping = new AbortController();
  const openPresses = new Set<string>();
  const seconds = (): number => Math.floor(clock.now().getTime() / SECOND_MS);
  const shownMessage = (chatId: number, messageId: number): Message | undefined => store.state.chats.get(chatId)?.messages.get(messageId)?.message;
  const isClosed = (chatId: number): boolean => store.state.closed.has(chatId);
  const nextId = (chatId: number): number => chatRecord(store.state, chatId).lastMessageId + 1;

  const receive = (update: Omit<Update, 'update_id'>): number => {
    const [place, kind] = [placeOf(update), kindOf(update)];
    if (!place || !kind) throw new TypeError('an update of a kind the sandbox does not deliver');
    const updateId = store.state.lastUpdateId + 1;
    // a bot outside the group hears nothing of it but its own coming and going
    const heard = isHeard(store.state, kind) && (kind === 'my_chat_member' || !isClosed(place.chatId));
    store.append({ kind: 'received', update: { update_id: updateId, ...update }, heard });
    if (kind === 'my_chat_member') events.publish({ kind: 'chats' });
    if (place.messageId !== null) events.publish({ kind: 'message', chatId: place.chatId, messageId: place.messageId });
    if (heard) {
      events.publish({ kind: 'queued', lane: place.lane });
      onQueued(place.lane);
    }
    return updateId;
  };

  type Letter = Readonly<{ chat: GroupOrPrivate; from: User; content: Content; replyTo: Message | undefined; albumId?: string | undefined }>;
  const write = ({ chat, from, content, replyTo, albumId }: Letter): Written => {
    const messageId = nextId(chat.id);
    const more = { ...(replyTo ? { reply_to_message: asReplied(replyTo) } : {}), ...(albumId ? { media_group_id: albumId } : {}) };
    const message = { message_id: messageId, from, chat, date: seconds(), ...more, ...contentFields(content, `${chat.id}-${messageId}`) };
    return { update_id: receive({ message }), message_id: messageId };
  };

  const person = (userId: number): User | undefined => findPerson(userId, store.state.names);

  return {
    shownMessage,
    findPerson: person,
    /** A new customer; undefined when there is room for no more. */
    addPerson: (name: string | undefined): User | undefined => {
      const { names, chats } = store.state;
      const userId = freeGuestId((guest) => names.has(guest) || chats.has(guest));
      if (userId === undefined) return undefined;
      store.append({ kind: 'named', userId, name: name ?? newName(new Set(names.values())) });
      events.publish({ kind: 'chats' });
      return person(userId);
    },
    isClosed,
    write,
    /** The first photo at once, its siblings one by one after `siblingDelayMs` each, as slow uploads arrive. */
    writeAlbum: (album: Omit<Letter, 'content' | 'albumId'> & { photos: number; caption: string | undefined; siblingDelayMs: number }): WrittenAlbum => {
      const { photos, caption, siblingDelayMs, ...letter } = album;
      const albumId = newAlbumId();
      const writeOne = (words: string | undefined): Written => write({ ...letter, albumId, content: { kind: 'photo', caption: words } });
      const first = writeOne(caption);
      const writeSiblings = async (): Promise<void> => {
        for (let n = 1; n < photos; n += 1) {
          if (siblingDelayMs > 0) await clock.sleep(siblingDelayMs, stopping.signal);
          if (stopping.signal.aborted) return;
          writeOne(undefined);
        }
      };
      void writeSiblings();
      return { ...first, media_group_id: albumId };
    },
    edit: ({ chat, from, messageId, text }: { chat: GroupOrPrivate; from: User; messageId: number; text: string }): Written | undefined => {
      const old = shownMessage(chat.id, messageId);
      if (!old || old.from?.id !== from.id || (old.text === undefined && !old.photo)) return undefined;
      const kept = { ...old };
      delete kept.entities; // they belong to the replaced text
      delete kept.caption_entities;
      const { text: said, entities } = contentFields({ kind: 'text', text }, '');
      const words = old.photo ? { caption: said, ...(entities ? { caption_entities: entities } : {}) } : { text: said, ...(entities ? { entities } : {}) };
      const edited = { ...kept, from, chat, edit_date: seconds(), ...words } as unknown as NonNullable<Update['edited_message']>;
      return { update_id: receive({ edited_message: edited }), message_id: messageId };
    },
    /** A person blocks or unblocks the bot; in a group the bot is removed or added again. Undefined when it already is so. */
    setClosed: ({ chat, from, closed }: { chat: GroupOrPrivate; from: User; closed: boolean }): { update_id: number } | undefined => {
      if (isClosed(chat.id) === closed) return undefined;
      const member = { status: 'member', user: BOT_USER } as const;
      const kicked = { status: 'kicked', user: BOT_USER, until_date: 0 } as const;
      const change = closed ? { old_chat_member: member, new_chat_member: kicked } : { old_chat_member: kicked, new_chat_member: member };
      const update: ChatMemberUpdated = { chat, from, date: seconds(), ...change };
      return { update_id: receive({ my_chat_member: update }) };
    },
    /** A person presses a button under a message of the bot; undefined when there is no such button. */
    press: ({ chat, from, messageId, data }: { chat: GroupOrPrivate; from: User; messageId: number; data: string }): { update_id: number } | undefined => {
      const message = shownMessage(chat.id, messageId);
      const buttons = message?.reply_markup?.inline_keyboard.flat() ?? [];
      if (!message || !buttons.some((button) => 'callback_data' in button && button.callback_data === data)) return undefined;
      const queryId = String(randomInt(ALBUM_ID_DIGITS / 10, ALBUM_ID_DIGITS));
      openPresses.add(queryId);
      const query: CallbackQuery = { id: queryId, from, message, chat_instance: String(chat.id), data };
      return { update_id: receive({ callback_query: query }) };
    },
    /** Whether the press was open; it is closed now. */
    answerPress: (queryId: string): boolean => openPresses.delete(queryId),
    send: ({
      chat,
      content,
      replyTo,
      keyboard,
      albumId,
    }: {
      chat: GroupOrPrivate;
      content: BotContent;
      replyTo: Message | undefined;
      keyboard: Keyboard | undefined;
      albumId?: string;
    }) => {
      const messageId = nextId(chat.id);
      const more = {
        ...(replyTo ? { reply_to_message: asReplied(replyTo) } : {}),
        ...(keyboard ? { reply_markup: keyboard } : {}),
        ...(albumId === undefined ? {} : { media_group_id: albumId }),
      };
      const message = { message_id: messageId, from: BOT_USER, chat, date: seconds(), ...botFields(content), ...more };
      const scripted = isScripted({ chatId: chat.id, text: message.text ?? message.caption ?? '' });
      store.append({ kind: 'sent', message, scripted, hash: hashOf(message) });
      events.publish({ kind: 'message', chatId: chat.id, messageId });
      return message;
    },
    /** The bot changes a text of its own. */
    rewrite: (old: Message, { text, entities, keyboard }: { text: string; entities: MessageEntity[]; keyboard: Keyboard | undefined }) => {
      const kept = { ...old };
      delete kept.entities;
      delete kept.reply_markup;
      const message = { ...kept, edit_date: seconds(), text, ...(entities.length ? { entities } : {}), ...(keyboard ? { reply_markup: keyboard } : {}) };
      store.append({ kind: 'rewritten', message, hash: hashOf(message) });
      events.publish({ kind: 'message', chatId: message.chat.id, messageId: message.message_id });
      return message;
    },
    /** A file that somebody sent here, by any of its file_ids, with the photo it is a size of. */
    findFile: (fileId: string): Readonly<{ file: ReturnType<typeof filesOf>[number]; photo: PhotoSize[] | undefined }> | undefined => {
      const origin = originOfFile(fileId);
      const message = origin && shownMessage(origin.chatId, origin.messageId);
      const file = message && filesOf(message).find(({ file_id: known }) => known === fileId);
      return file ? { file, photo: message.photo } : undefined;
    },
    stop: (): void => stopping.abort(),
  };
};
