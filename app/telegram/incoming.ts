import { Context, type Api } from 'grammy';
import type { Message, Update, UserFromGetMe } from 'grammy/types';
import { storableText } from '../kit/text.ts';
import { readGroupMessage, type GroupMessage } from './group-message.ts';
import { largestPhoto, mediaOf } from './media.ts';

export type Sender = Readonly<{ userId: number; name: string; username: string | undefined; languageCode: string | undefined }>;

type Private = Readonly<{ chatId: number; messageId: number; sender: Sender }>;

/** What the dialogue sees of an update. Everything that nobody answers is `ignored`, with the reason. */
export type Incoming =
  | (Private & Readonly<{ kind: 'command'; name: 'start' | 'reset'; text: string }>)
  | (Private & Readonly<{ kind: 'text'; text: string; edited: boolean; albumId?: string | undefined }>)
  /** `caption` is '' when there is none; `fileId` names the largest size. */
  | (Private & Readonly<{ kind: 'photo'; caption: string; fileId: string; edited: boolean; albumId?: string | undefined }>)
  | (Private & Readonly<{ kind: 'unsupported'; what: string; albumId?: string | undefined }>)
  | GroupMessage
  /** The bot itself came into a chat or left it: a group took it in or threw it out, a customer unblocked or blocked it. */
  | Readonly<{ kind: 'membership'; chatId: number; present: boolean }>
  | Readonly<{ kind: 'ignored'; reason: string }>;

const ignored = (reason: string): Incoming => ({ kind: 'ignored', reason });

const nameOf = (first: string, last: string | undefined): string => storableText([first, last].filter(Boolean).join(' '));

const senderOf = (message: Message): Sender | undefined =>
  message.from && {
    userId: message.from.id,
    name: nameOf(message.from.first_name, message.from.last_name),
    username: message.from.username,
    languageCode: message.from.language_code,
  };

const COMMANDS = ['start', 'reset'] as const;

const withoutText = (base: Private, message: Message): Incoming => {
  const what = mediaOf(message);
  return what === undefined ? ignored('service message') : { ...base, kind: 'unsupported', what, albumId: message.media_group_id };
};

const fromPrivate = (ctx: Context, message: Message, edited: boolean): Incoming => {
  const sender = senderOf(message);
  if (!sender || message.from?.is_bot) return ignored('no person wrote it');
  const base = { chatId: message.chat.id, messageId: message.message_id, sender };
  const text = message.text ?? message.caption;
  const fileId = largestPhoto(message);
  if (fileId !== undefined) return { ...base, kind: 'photo', caption: storableText(text ?? ''), fileId, edited, albumId: message.media_group_id };
  if (text === undefined) return withoutText(base, message);
  const command = edited ? undefined : COMMANDS.find((name) => ctx.hasCommand(name));
  if (command) return { ...base, kind: 'command', name: command, text: storableText(text) };
  return { ...base, kind: 'text', text: storableText(text), edited, albumId: message.media_group_id };
};

const decode = (body: Uint8Array): Update => JSON.parse(new TextDecoder('utf-8').decode(body)) as Update;

// an id that does not fit was rounded by JSON.parse and could be somebody else's
const isId = (value: unknown): boolean => Number.isSafeInteger(value);

const isMessage = (value: unknown): value is Message => {
  const message = value as Partial<Message> | null;
  if (typeof message !== 'object' || message === null || !isId(message.message_id) || !isId(message.chat?.id)) return false;
  return message.from === undefined || isId(message.from.id);
};

const membershipOf = ({ my_chat_member: change }: Update): Incoming | undefined => {
  if (change === undefined || !isId(change.chat.id)) return undefined;
  return { kind: 'membership', chatId: change.chat.id, present: !['left', 'kicked'].includes(change.new_chat_member.status) };
};

type Bot = Readonly<{ api: Api; me: UserFromGetMe }>;

const fromMessage = (update: Update, { api, me }: Bot): Incoming => {
  const ctx = new Context(update, api, me);
  const edited = ctx.has('edited_message');
  const message: unknown = edited ? update.edited_message : update.message;
  if (message === undefined) return ignored('no message');
  if (!isMessage(message)) return ignored('malformed message');
  if (message.chat.type === 'private') return fromPrivate(ctx, message, edited);
  return message.chat.type === 'channel' ? ignored('channel') : readGroupMessage(ctx, message, edited);
};

/** Reads stored webhook bytes as an `Incoming`. Never throws: what Telegram would not send is ignored with a reason. */
export const readIncoming = (body: Uint8Array, bot: Bot): Incoming => {
  try {
    const update = decode(body);
    return membershipOf(update) ?? fromMessage(update, bot);
  } catch {
    return ignored('malformed update');
  }
};
