import { AppError } from '../../app/kit/errors.ts';
import type { Turn } from './schema.ts';
import type { World } from './world.ts';

export type Message = Readonly<{
  message_id: number;
  from: Readonly<{ id: number; is_bot: boolean }>;
  text?: string;
  caption?: string;
  photo?: unknown;
  reply_to_message?: Readonly<{ message_id: number }>;
}>;
type Written = Readonly<{ update_id: number; message_id: number }>;
export type Act = Readonly<{ body: Readonly<Record<string, unknown>>; updates: number }>;

/** The script API of the sandbox: people write, and their chats are read. */
export const createTelegramSide = ({ sandboxUrl, token }: Pick<World, 'sandboxUrl' | 'token'>) => {
  const call = async <Body>(method: 'GET' | 'POST', path: string, body?: object): Promise<Body> => {
    const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) };
    const response = await fetch(`${sandboxUrl}/sandbox/chats/${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!response.ok) throw new AppError('TELEGRAM_REJECTED', `${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  };
  return {
    /** Every update of the act, as keys of the inbox; the sandbox numbers the parts of an album one after another. */
    write: async (chatId: number, { body, updates }: Act): Promise<Readonly<{ keys: readonly string[]; messageId: number }>> => {
      const { update_id: first, message_id: messageId } = await call<Written>('POST', `${chatId}/messages`, body);
      return { keys: Array.from({ length: updates }, (_, index) => String(first + index)), messageId };
    },
    messagesAfter: async (chatId: number, after: number): Promise<readonly Message[]> =>
      (await call<{ messages: readonly Message[] }>('GET', `${chatId}/messages?after=${after}`)).messages,
  };
};

export type TelegramSide = ReturnType<typeof createTelegramSide>;

type Targets = Readonly<{ editId: number | undefined; replyTo: number | undefined }>;

const need = (id: number | undefined, what: string): number => {
  if (id === undefined) throw new AppError('CONFIG_INVALID', `${what}, but there is none`);
  return id;
};

/** What a turn sends, one act after another. */
export const actsOf = (turn: Turn, { editId, replyTo }: Targets): readonly Act[] => {
  const { say, photo, photos, edit, voice, press } = turn;
  const one = (body: Readonly<Record<string, unknown>>): readonly Act[] => [{ body, updates: 1 }];
  const reply = turn.reply ? { reply_to_message_id: need(replyTo, 'a manager replies to a notice') } : {};
  if (say !== undefined) return [say].flat().map((text) => ({ body: { text, ...reply }, updates: 1 }));
  if (photo !== undefined) return one({ photo: true, ...(photo === true ? {} : { caption: photo }) });
  if (photos !== undefined) return [{ body: { photos: photos.count, ...(photos.caption ? { caption: photos.caption } : {}) }, updates: photos.count }];
  if (edit !== undefined) return one({ edit_message_id: need(editId, 'a message is edited'), text: edit });
  return one(voice ? { voice: true } : { text: press ?? '' });
};

/** How a turn reads in a transcript. */
export const shownAct = ({ say, photo, photos, edit, voice, press }: Turn): string => {
  if (say !== undefined) return [say].flat().join(' ⏎ ');
  if (photo !== undefined) return `[фото]${photo === true ? '' : ` ${photo}`}`;
  if (photos !== undefined) return `[фото: ${photos.count}] ${photos.caption ?? ''}`.trim();
  if (edit !== undefined) return `(исправляет) ${edit}`;
  return voice ? '[голосовое]' : (press ?? '');
};
