import type { ApiMethods } from 'grammy/types';
import type { Clock } from '../../kit/clock.ts';
import type { Chats } from '../chats.ts';
import type { Events } from '../events.ts';
import type { SandboxDurations, SandboxLimits } from '../settings.ts';
import type { Store } from '../store.ts';
import type { Arguments } from './arguments.ts';
import type { Delivery } from './delivery.ts';

export type MethodName =
  | 'getMe'
  | 'getChat'
  | 'getFile'
  | 'sendMessage'
  | 'sendPhoto'
  | 'sendMediaGroup'
  | 'sendChatAction'
  | 'editMessageText'
  | 'answerCallbackQuery'
  | 'setWebhook'
  | 'deleteWebhook'
  | 'getWebhookInfo'
  | 'getUpdates';

/** `description` is what the real server adds to some results ("Webhook was set"). */
type Answer<Result> = Readonly<{ result: Result; description?: string }>;
/** Handlers are held to the result types that grammY's client expects. */
type Handler<Name extends MethodName> = (
  args: Arguments,
  signal: AbortSignal,
) => Answer<ReturnType<ApiMethods[Name]>> | Promise<Answer<ReturnType<ApiMethods[Name]>>>;
export type Handlers = Readonly<{ [Name in MethodName]: Handler<Name> }>;

export type MethodDeps = Readonly<{
  store: Store;
  chats: Chats;
  events: Events;
  delivery: Delivery;
  clock: Clock;
  durations: SandboxDurations;
  limits: SandboxLimits;
  /** Plain http to any host is refused unless this says otherwise, as on Telegram's own servers; loopback is always fine. */
  allowHttpAnywhere: boolean;
}>;
