import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Api, GrammyError, HttpError } from 'grammy';
import type { UserFromGetMe, WebhookInfo } from 'grammy/types';
import { AppError } from '../kit/errors.ts';
import type { RichText } from './rich-text.ts';

/** What became of a send, as far as it can be known. */
export type SendOutcome =
  | Readonly<{ kind: 'sent'; messageId: number }>
  /** Telegram may or may not have it: 502/504 without its JSON, reset or time-out after the request went out. */
  | Readonly<{ kind: 'unknown'; description: string }>
  | Readonly<{ kind: 'flood'; retryAfterMs: number }>
  | Readonly<{ kind: 'migrated'; chatId: number }>
  | Readonly<{ kind: 'bad_entities'; description: string }>
  /** Telegram does not take a photo of the message: its file is gone, or never was one. */
  | Readonly<{ kind: 'bad_photo'; description: string }>
  /** Surely not sent, and worth another try. */
  | Readonly<{ kind: 'failed'; description: string; alert: boolean }>
  /** Surely not sent, and the same request will never be. */
  | Readonly<{ kind: 'rejected'; code: number; description: string }>;

export type TelegramOptions = Readonly<{ token: string; apiBaseUrl: string; requestTimeoutMs: number }>;

// With OpenSSL 3.5's default X25519MLKEM768 api.telegram.org resets some handshakes (tdlib/telegram-bot-api issue 896).
const TELEGRAM_ECDH_CURVES = 'X25519:prime256v1';

const createAgent = (apiBaseUrl: string): HttpAgent =>
  apiBaseUrl.startsWith('https:') ? new HttpsAgent({ keepAlive: true, ecdhCurve: TELEGRAM_ECDH_CURVES }) : new HttpAgent({ keepAlive: true });

const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPROTO',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_HAS_EXPIRED',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const networkCode = (error: HttpError): string => {
  const code = (error.error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'no answer';
};

const BAD_PHOTO = /wrong (?:remote )?file|invalid file|file reference|file_reference|file is too big|PHOTO_|MEDIA_|IMAGE_|wrong type of the/i;

const badRequest = ({ description, method }: GrammyError): SendOutcome => {
  if (/can't parse entities|ENTITY_/i.test(description)) return { kind: 'bad_entities', description };
  if (method !== 'sendMessage' && BAD_PHOTO.test(description)) return { kind: 'bad_photo', description };
  return { kind: 'rejected', code: 400, description };
};

const fromTelegram = (error: GrammyError): SendOutcome => {
  const { error_code: code, description, parameters } = error;
  if (code === 429) return { kind: 'flood', retryAfterMs: (parameters.retry_after ?? 5) * 1000 };
  if (parameters.migrate_to_chat_id !== undefined) return { kind: 'migrated', chatId: parameters.migrate_to_chat_id };
  if (code === 400) return badRequest(error);
  if (code === 403) return { kind: 'rejected', code, description };
  return { kind: 'failed', description, alert: code === 401 || code === 404 || code === 409 };
};

/** Translates what grammY throws. Inner messages hold the token in their URL and are never passed on. */
const outcomeOfError = (error: unknown): SendOutcome => {
  if (error instanceof GrammyError) return fromTelegram(error);
  if (error instanceof HttpError) {
    const code = networkCode(error);
    return NEVER_CONNECTED.has(code)
      ? { kind: 'failed', description: `not connected (${code})`, alert: false }
      : { kind: 'unknown', description: `no answer (${code})` };
  }
  return { kind: 'unknown', description: error instanceof Error ? error.name : 'unknown error' };
};

export type SendOptions = Readonly<{ linkPreview: boolean }>;

/** A message to send: a text, or 1 to 10 photos by their file ids with the text as caption of the first; `replyTo` is a message of the same chat. */
export type Outgoing = RichText & Readonly<{ photos?: readonly string[]; replyTo?: number }>;

/** The Bot API method that sends it. */
export const methodOf = ({ photos = [] }: Pick<Outgoing, 'photos'>): 'sendMessage' | 'sendPhoto' | 'sendMediaGroup' => {
  if (photos.length === 0) return 'sendMessage';
  return photos.length === 1 ? 'sendPhoto' : 'sendMediaGroup';
};

export type ChatActionOutcome = Readonly<{ kind: 'shown' }> | Readonly<{ kind: 'flood'; retryAfterMs: number }> | Readonly<{ kind: 'failed' }>;

// a reply to a message that was deleted, or stayed behind when the group was upgraded, is better than no message
const replyOf = ({ replyTo }: Outgoing) => (replyTo === undefined ? {} : { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } });

/** The Bot API as the app uses it; one attempt per call, since the outbox owns retries. */
export const createTelegram = ({ token, apiBaseUrl, requestTimeoutMs }: TelegramOptions) => {
  const agent = createAgent(apiBaseUrl);
  const api = new Api(token, { apiRoot: apiBaseUrl, baseFetchConfig: { agent, compress: true }, canUseWebhookReply: () => false });
  // grammY brings its own AbortSignal type; Node's is what it polyfills
  const limit = () => AbortSignal.timeout(requestTimeoutMs) as unknown as Parameters<typeof api.getMe>[0];

  const call = async <T>(method: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      const outcome = outcomeOfError(error);
      const text = 'description' in outcome ? outcome.description : outcome.kind;
      const final = outcome.kind === 'rejected' || (outcome.kind === 'failed' && outcome.alert);
      throw new AppError(final ? 'TELEGRAM_REJECTED' : 'TELEGRAM_UNAVAILABLE', `Telegram ${method}: ${text}`);
    }
  };

  const sendText = async (chatId: number, message: Outgoing, linkPreview: boolean): Promise<number> => {
    const extra = { entities: [...message.entities], link_preview_options: { is_disabled: !linkPreview }, ...replyOf(message) };
    return (await api.sendMessage(chatId, message.text, extra, limit())).message_id;
  };

  const sendPhotos = async (chatId: number, message: Outgoing, photos: readonly [string, ...string[]]): Promise<number> => {
    const captioned = message.text === '' ? {} : { caption: message.text, caption_entities: [...message.entities] };
    if (photos.length === 1) return (await api.sendPhoto(chatId, photos[0], { ...captioned, ...replyOf(message) }, limit())).message_id;
    const media = photos.map((fileId, index) => ({ type: 'photo' as const, media: fileId, ...(index === 0 ? captioned : {}) }));
    const [first] = await api.sendMediaGroup(chatId, media, replyOf(message), limit());
    return first?.message_id ?? 0;
  };

  return {
    api,
    /** One attempt to send a message; of an album the first message's id is told. */
    send: async (chatId: number, message: Outgoing, { linkPreview }: SendOptions): Promise<SendOutcome> => {
      try {
        const [first, ...more] = message.photos ?? [];
        const messageId = await (first === undefined ? sendText(chatId, message, linkPreview) : sendPhotos(chatId, message, [first, ...more]));
        return { kind: 'sent', messageId };
      } catch (error) {
        return outcomeOfError(error);
      }
    },
    /** «печатает…» for some seconds. Never throws. */
    chatAction: async (chatId: number): Promise<ChatActionOutcome> => {
      try {
        await api.sendChatAction(chatId, 'typing', {}, limit());
        return { kind: 'shown' };
      } catch (error) {
        const outcome = outcomeOfError(error);
        return outcome.kind === 'flood' ? outcome : { kind: 'failed' };
      }
    },
    getMe: async (): Promise<UserFromGetMe> => call('getMe', () => api.getMe(limit())),
    getWebhookInfo: async (): Promise<WebhookInfo> => call('getWebhookInfo', () => api.getWebhookInfo(limit())),
    setWebhook: async (url: string, secret: string, allowedUpdates: readonly string[]): Promise<void> => {
      const options = { secret_token: secret, allowed_updates: allowedUpdates } as Parameters<typeof api.setWebhook>[1];
      await call('setWebhook', () => api.setWebhook(url, options, limit()));
    },
    close: (): void => agent.destroy(),
  };
};

export type Telegram = ReturnType<typeof createTelegram>;
