import type { Context } from 'grammy';
import type { Message, UserFromGetMe } from 'grammy/types';
import { storableText } from '../kit/text.ts';
import { largestPhoto, mediaOf } from './media.ts';

/** A message in a group, as far as the bot may have to do with it. Its text is read only when it is addressed to the bot. */
export type GroupMessage = Readonly<{
  kind: 'group';
  chatId: number;
  messageId: number;
  /** The message of the bot's that it replies to. */
  replyTo?: number | undefined;
  /** The bot is called by its name, or by a command with its name. */
  mentioned: boolean;
  /** 'ai' gives the dialogue back to the bot; any other command is a slip of the hand, never meant for a customer. */
  command?: 'ai' | 'unknown' | undefined;
  /** '' without text or caption. */
  text: string;
  photo?: string | undefined;
  /** Something that cannot be passed on: voice, sticker, file … */
  otherMedia: boolean;
  edited: boolean;
  albumId?: string | undefined;
}>;

type Silent = Readonly<{ kind: 'ignored'; reason: string }>;

// an administrator who writes anonymously appears as a bot that speaks for the group itself
const isPerson = ({ from, sender_chat: speaksFor, chat }: Message): boolean => speaksFor?.id === chat.id || (from?.is_bot === false && speaksFor === undefined);

const isMentioned = ({ text, caption, entities, caption_entities: captionEntities }: Message, { id, username }: UserFromGetMe): boolean => {
  const words = text ?? caption ?? '';
  return (entities ?? captionEntities ?? []).some((entity) => {
    const named = words.slice(entity.offset, entity.offset + entity.length).toLowerCase();
    if (entity.type === 'text_mention') return entity.user.id === id;
    if (username === '' || (entity.type !== 'mention' && entity.type !== 'bot_command')) return false;
    return named.endsWith(`@${username.toLowerCase()}`);
  });
};

const commandOf = (text: string, { username }: UserFromGetMe): GroupMessage['command'] => {
  const [, name, bot] = /^\/([a-z0-9_]+)(?:@(\w+))?(?=\s|$)/i.exec(text) ?? [];
  if (name === undefined) return undefined;
  const isOurs = bot === undefined || bot.toLowerCase() === username.toLowerCase();
  return isOurs && name.toLowerCase() === 'ai' ? 'ai' : 'unknown';
};

/** Reads a group's message; what is neither a reply to the bot nor calls it is nobody's business here. */
export const readGroupMessage = (ctx: Context, message: Message, edited: boolean): GroupMessage | Silent => {
  if (!isPerson(message)) return { kind: 'ignored', reason: 'no person wrote it' };
  const replied = message.reply_to_message;
  const replyTo = replied?.from?.id === ctx.me.id ? replied.message_id : undefined;
  const mentioned = isMentioned(message, ctx.me);
  if (replyTo === undefined && !mentioned) return { kind: 'ignored', reason: 'not addressed to the bot' };
  const photo = largestPhoto(message);
  const text = storableText((message.text ?? message.caption ?? '').trim());
  return {
    kind: 'group',
    chatId: message.chat.id,
    messageId: message.message_id,
    replyTo,
    mentioned,
    command: commandOf(text, ctx.me),
    text,
    photo,
    otherMedia: photo === undefined && mediaOf(message) !== undefined,
    edited,
    albumId: message.media_group_id,
  };
};
