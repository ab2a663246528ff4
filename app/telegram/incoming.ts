import { Context, type Api } from 'grammy';
import type { Message, Update, UserFromGetMe } from 'grammy/types';
import { storableText } from '../kit/text.ts';

export type Sender = Readonly<{ userId: number; name: string; username: string | undefined; languageCode: string | undefined }>;

type Private = Readonly<{ chatId: number; messageId: number; sender: Sender }>;

/** What the dialogue sees of an update. Everything that nobody answers is `ignored`, with the reason. */
export type Incoming =
  | (Private & Readonly<{ kind: 'command'; name: 'start' | 'reset'; text: string }>)
  | (Private & Readonly<{ kind: 'text'; text: string; edited: boolean; albumId?: string | undefined }>)
  | (Private & Readonly<{ kind: 'unsupported'; what: string; albumId?: string | undefined }>)
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

const MEDIA = ['photo', 'voice', 'audio', 'video', 'video_note', 'document', 'sticker', 'location', 'contact', 'animation', 'poll', 'dice'] as const;

const mediaOf = (message: Message): string => MEDIA.find((kind) => kind in message) ?? 'other';

// a service message (joined, pinned, auto-delete changed …) has no content of the customer
const hasContent = (message: Message): boolean => MEDIA.some((kind) => kind in message);

const withoutText = (base: Private, message: Message): Incoming =>
  hasContent(message) ? { ...base, kind: 'unsupported', what: mediaOf(message), albumId: message.media_group_id } : ignored('service message');

const fromMessage = (ctx: Context, message: Message, edited: boolean): Incoming => {
  const sender = senderOf(message);
  if (message.chat.type !== 'private') return ignored('group');
  if (!sender || message.from?.is_bot) return ignored('no person wrote it');
  const base = { chatId: message.chat.id, messageId: message.message_id, sender };
  const text = message.text ?? message.caption;
  const command = edited ? undefined : COMMANDS.find((name) => ctx.hasCommand(name));
  if (text === undefined) return withoutText(base, message);
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

type Bot = Readonly<{ api: Api; me: UserFromGetMe }>;

/** Reads stored webhook bytes as an `Incoming`. Never throws: what Telegram would not send is ignored with a reason. */
export const readIncoming = (body: Uint8Array, { api, me }: Bot): Incoming => {
  try {
    const update = decode(body);
    const ctx = new Context(update, api, me);
    const edited = ctx.has('edited_message');
    const message: unknown = edited ? update.edited_message : update.message;
    if (message === undefined) return ignored('no message');
    if (!isMessage(message)) return ignored('malformed message');
    return fromMessage(ctx, message, edited);
  } catch {
    return ignored('malformed update');
  }
};
