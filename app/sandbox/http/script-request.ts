import type { Chat, User } from 'grammy/types';
import { z } from 'zod';
import type { Chats, Content, Written } from '../chats.ts';
import { findPerson, MANAGER } from '../people.ts';
import { HttpFault } from './fault.ts';

const id = z.number().int();
const text = z.string().refine((value) => value.trim() !== '', 'must not be empty');
const author = { from: id.optional() };
const reply = { reply_to_message_id: id.optional() };

const scriptRequest = z.union([
  z.strictObject({ edit_message_id: id, text, ...author }),
  z.strictObject({ text, ...author, ...reply }),
  z.strictObject({ photo: z.literal(true), caption: z.string().max(1024).optional(), ...author, ...reply }),
  z.strictObject({ voice: z.literal(true), ...author, ...reply }),
]);
type ScriptRequest = z.infer<typeof scriptRequest>;

const SHAPES = '{"text": …}, {"photo": true, "caption"?: …}, {"voice": true} or {"edit_message_id": n, "text": …}, each with "from"?: id';

const parse = (body: unknown): ScriptRequest => {
  const parsed = scriptRequest.safeParse(body);
  if (!parsed.success) throw new HttpFault(400, `expected ${SHAPES}`);
  return parsed.data;
};

/** In a private chat only its owner writes; in the group the manager unless another person is named. */
const authorOf = (chat: Exclude<Chat, Chat.ChannelChat>, from: number | undefined): User => {
  const user = findPerson(from ?? (chat.type === 'private' ? chat.id : MANAGER.id));
  if (!user || (chat.type === 'private' && user.id !== chat.id)) throw new HttpFault(400, 'this person does not write in this chat');
  return user;
};

const contentOf = (request: Exclude<ScriptRequest, { edit_message_id: number }>): Content => {
  if ('photo' in request) return { kind: 'photo', caption: request.caption };
  return 'voice' in request ? { kind: 'voice' } : { kind: 'text', text: request.text };
};

/** Carries out one request of the script API or of the page. */
export const writeAsPerson = (chats: Chats, chat: Exclude<Chat, Chat.ChannelChat>, body: unknown): Written => {
  const request = parse(body);
  const from = authorOf(chat, request.from);
  if ('edit_message_id' in request) {
    const written = chats.edit({ chat, from, messageId: request.edit_message_id, text: request.text });
    if (!written) throw new HttpFault(404, 'this person has no such text message here');
    return written;
  }
  const replyTo = request.reply_to_message_id === undefined ? undefined : chats.shownMessage(chat.id, request.reply_to_message_id);
  if (request.reply_to_message_id !== undefined && !replyTo) throw new HttpFault(404, 'the message to be replied is not here');
  return chats.write({ chat, from, content: contentOf(request), replyTo });
};
