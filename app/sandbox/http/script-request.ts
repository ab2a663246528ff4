import type { Chat, Message, User } from 'grammy/types';
import { z } from 'zod';
import type { Chats, Written } from '../chats.ts';
import type { Content } from '../content.ts';
import { MANAGER } from '../people.ts';
import { HttpFault } from './fault.ts';

const id = z.number().int();
const text = z.string().refine((value) => value.trim() !== '', 'must not be empty');
const author = { from: id.optional() };
const reply = { reply_to_message_id: id.optional() };

const scriptRequest = z.union([
  z.strictObject({ edit_message_id: id, text, ...author }),
  z.strictObject({ text, ...author, ...reply }),
  z.strictObject({ photo: z.literal(true), caption: z.string().max(1024).optional(), ...author, ...reply }),
  z.strictObject({
    photos: z.number().int().min(2).max(10),
    caption: z.string().max(1024).optional(),
    sibling_delay_ms: z.number().int().min(0).max(60_000).default(0),
    ...author,
    ...reply,
  }),
  z.strictObject({ voice: z.literal(true), ...author, ...reply }),
]);
type ScriptRequest = z.infer<typeof scriptRequest>;

const personRequest = z.strictObject({ name: z.string().trim().min(1).max(64).optional() });
const closedRequest = z.strictObject({ blocked: z.boolean(), ...author });
const pressRequest = z.strictObject({ message_id: id, data: z.string().min(1).max(64), ...author });

const SHAPES =
  '{"text": …}, {"photo": true, "caption"?: …}, {"photos": 2…10, "caption"?: …, "sibling_delay_ms"?: n}, {"voice": true} or {"edit_message_id": n, "text": …}, each with "from"?: id';

const parse = <Request>(schema: z.ZodType<Request>, body: unknown, shape: string): Request => {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new HttpFault(400, `expected ${shape}`);
  return parsed.data;
};

type Person = Readonly<{ chats: Chats; chat: Exclude<Chat, Chat.ChannelChat> }>;

/** In a private chat only its owner writes; in the group the manager unless another person is named. */
const authorOf = ({ chats, chat }: Person, from: number | undefined): User => {
  const user = chats.findPerson(from ?? (chat.type === 'private' ? chat.id : MANAGER.id));
  if (!user || (chat.type === 'private' && user.id !== chat.id)) throw new HttpFault(400, 'this person does not write in this chat');
  return user;
};

const contentOf = (request: Exclude<ScriptRequest, { edit_message_id: number } | { photos: number }>): Content => {
  if ('photo' in request) return { kind: 'photo', caption: request.caption };
  return 'voice' in request ? { kind: 'voice' } : { kind: 'text', text: request.text };
};

const repliedTo = (chats: Chats, chatId: number, messageId: number | undefined): Message | undefined => {
  if (messageId === undefined) return undefined;
  const message = chats.shownMessage(chatId, messageId);
  if (!message) throw new HttpFault(404, 'the message to be replied is not here');
  return message;
};

/** Carries out one request of the script API or of the page. */
export const writeAsPerson = ({ chats, chat }: Person, body: unknown): Written => {
  const request = parse(scriptRequest, body, SHAPES);
  const from = authorOf({ chats, chat }, request.from);
  if (chat.type === 'private' && chats.isClosed(chat.id)) throw new HttpFault(409, 'this person has blocked the bot');
  if ('edit_message_id' in request) {
    const written = chats.edit({ chat, from, messageId: request.edit_message_id, text: request.text });
    if (!written) throw new HttpFault(404, 'this person has no such message here');
    return written;
  }
  const replyTo = repliedTo(chats, chat.id, request.reply_to_message_id);
  if ('photos' in request) {
    const { photos, caption, sibling_delay_ms: siblingDelayMs } = request;
    return chats.writeAlbum({ chat, from, replyTo, photos, caption, siblingDelayMs });
  }
  return chats.write({ chat, from, content: contentOf(request), replyTo });
};

/** The person blocks or unblocks the bot; a manager removes it from the group or adds it again. */
export const closeAsPerson = ({ chats, chat }: Person, body: unknown): Readonly<{ update_id: number }> => {
  const { blocked, from } = parse(closedRequest, body, '{"blocked": true | false}');
  const update = chats.setClosed({ chat, from: authorOf({ chats, chat }, from), closed: blocked });
  if (!update) throw new HttpFault(409, 'it is so already');
  return update;
};

/** The person presses a button under a message of the bot. */
export const pressAsPerson = ({ chats, chat }: Person, body: unknown): Readonly<{ update_id: number }> => {
  const { message_id: messageId, data, from } = parse(pressRequest, body, '{"message_id": n, "data": …}');
  const update = chats.press({ chat, from: authorOf({ chats, chat }, from), messageId, data });
  if (!update) throw new HttpFault(404, 'there is no such button');
  return update;
};

/** A new customer, with the name that is asked for or one nobody here has. */
export const addPerson = ({ chats }: Pick<Person, 'chats'>, body: unknown): Readonly<{ id: number; first_name: string }> => {
  const { name } = parse(personRequest, body, '{"name"?: "…", 1 to 64 characters}');
  const added = chats.addPerson(name);
  if (!added) throw new HttpFault(409, 'all customer ids are taken');
  return { id: added.id, first_name: added.first_name };
};
