import type { Chat, Message, MessageEntity, Update, User } from 'grammy/types';
import type { Clock } from '../kit/clock.ts';
import { detectEntities } from './entities.ts';
import type { Events } from './events.ts';
import { BOT } from './people.ts';
import { chatRecord, isHeard } from './state.ts';
import type { Store } from './store.ts';

type GroupOrPrivate = Exclude<Chat, Chat.ChannelChat>;
export type Content = Readonly<{ kind: 'text'; text: string }> | Readonly<{ kind: 'photo'; caption: string | undefined }> | Readonly<{ kind: 'voice' }>;
export type Written = Readonly<{ update_id: number; message_id: number }>;

const SECOND_MS = 1_000;

const withCaption = (caption: string | undefined): Pick<Message, 'caption' | 'caption_entities'> => {
  if (!caption) return {};
  const entities = detectEntities(caption);
  return { caption, ...(entities.length ? { caption_entities: entities } : {}) };
};

const contentFields = (content: Content, fileKey: string): Pick<Message, 'text' | 'entities' | 'photo' | 'voice' | 'caption' | 'caption_entities'> => {
  switch (content.kind) {
    case 'text': {
      const entities = detectEntities(content.text);
      return { text: content.text, ...(entities.length ? { entities } : {}) };
    }
    case 'photo':
      return {
        photo: [{ file_id: `photo-${fileKey}`, file_unique_id: `pu-${fileKey}`, width: 1280, height: 960, file_size: 184_320 }],
        ...withCaption(content.caption),
      };
    case 'voice':
      return { voice: { file_id: `voice-${fileKey}`, file_unique_id: `vu-${fileKey}`, duration: 4, mime_type: 'audio/ogg', file_size: 18_204 } };
  }
};

/** Reply as Telegram shows it: the quoted message without its own quotation. */
const asReplied = (message: Message): NonNullable<Message['reply_to_message']> => {
  const copy = { ...message };
  delete copy.reply_to_message;
  return copy as unknown as NonNullable<Message['reply_to_message']>; // the type wants the key present with undefined; on the wire it is absent
};

export type Chats = ReturnType<typeof createChats>;

/** What people and the bot do in chats: every act is one journal line, then one event for the page. */
export const createChats = ({
  store,
  events,
  clock,
  scripted,
  onQueued,
}: {
  store: Store;
  events: Events;
  clock: Clock;
  scripted: boolean;
  onQueued: (chatId: number) => void;
}) => {
  const seconds = (): number => Math.floor(clock.now().getTime() / SECOND_MS);
  const shownMessage = (chatId: number, messageId: number): Message | undefined => store.state.chats.get(chatId)?.messages.get(messageId)?.message;

  const receive = (update: Omit<Update, 'update_id'>): Written => {
    const message = update.message ?? update.edited_message;
    if (!message) throw new TypeError('an update without a message');
    const updateId = store.state.lastUpdateId + 1;
    const heard = isHeard(store.state, update.message ? 'message' : 'edited_message');
    store.append({ kind: 'received', update: { update_id: updateId, ...update }, heard });
    events.publish({ kind: 'message', chatId: message.chat.id, messageId: message.message_id });
    if (heard) onQueued(message.chat.id);
    return { update_id: updateId, message_id: message.message_id };
  };

  return {
    shownMessage,
    write: ({ chat, from, content, replyTo }: { chat: GroupOrPrivate; from: User; content: Content; replyTo: Message | undefined }): Written => {
      const messageId = chatRecord(store.state, chat.id).lastMessageId + 1;
      const reply = replyTo ? { reply_to_message: asReplied(replyTo) } : {};
      const message = { message_id: messageId, from, chat, date: seconds(), ...reply, ...contentFields(content, `${chat.id}-${messageId}`) };
      return receive({ message });
    },
    edit: ({ chat, from, messageId, text }: { chat: GroupOrPrivate; from: User; messageId: number; text: string }): Written | undefined => {
      const old = shownMessage(chat.id, messageId);
      if (old?.text === undefined || old.from?.id !== from.id) return undefined;
      const kept = { ...old };
      delete kept.entities; // they belong to the replaced text
      return receive({ edited_message: { ...kept, from, chat, edit_date: seconds(), ...contentFields({ kind: 'text', text }, '') } });
    },
    send: ({
      chat,
      text,
      entities,
      replyTo,
    }: {
      chat: GroupOrPrivate;
      text: string;
      entities: MessageEntity[];
      replyTo: Message | undefined;
    }): Message.TextMessage => {
      const messageId = chatRecord(store.state, chat.id).lastMessageId + 1;
      const { id, is_bot, first_name, username } = BOT;
      const reply = replyTo ? { reply_to_message: asReplied(replyTo) } : {};
      const message = {
        message_id: messageId,
        from: { id, is_bot, first_name, username },
        chat,
        date: seconds(),
        text,
        ...(entities.length ? { entities } : {}),
        ...reply,
      };
      // what the group reads is written by the app itself
      store.append({ kind: 'sent', message, scripted: scripted && message.chat.type === 'private' });
      events.publish({ kind: 'message', chatId: chat.id, messageId });
      return message;
    },
  };
};
