import type { WebhookInfo } from 'grammy/types';
import type { Clock } from '../kit/clock.ts';
import { backoffMs } from '../kit/backoff.ts';
import { messageOf } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import type { Telegram } from './client.ts';

/** Every kind of update the app reads; asked for by name, since Telegram's default changes. */
const ALLOWED_UPDATES = ['message', 'edited_message', 'callback_query', 'my_chat_member'] as const;

type Decision = Readonly<{ register: boolean; reason: string }>;

/** setWebhook is called only when it would change something: concurrent calls cancel each other. */
export const decideRegistration = (info: WebhookInfo, url: string): Decision => {
  if (info.url !== url) return { register: true, reason: info.url === undefined || info.url === '' ? 'no webhook is set' : 'another address is set' };
  const allowed = [...(info.allowed_updates ?? [])].sort().join();
  if (allowed !== [...ALLOWED_UPDATES].sort().join()) return { register: true, reason: 'other kinds of updates are asked for' };
  // the secret cannot be read back; Telegram says so when we refuse it
  if (/\b401\b|unauthorized/i.test(info.last_error_message ?? '')) return { register: true, reason: 'our secret was refused' };
  return { register: false, reason: 'already set' };
};

type Deps = Readonly<{
  telegram: Telegram;
  url: string;
  secret: string;
  mayRegister: () => boolean;
  clock: Clock;
  logger: Logger;
  retry: Readonly<{ baseMs: number; capMs: number }>;
}>;

/** Keeps trying until the webhook is registered or `signal` aborts; the app serves meanwhile. */
export const ensureWebhook = async ({ telegram, url, secret, mayRegister, clock, logger, retry }: Deps, signal: AbortSignal): Promise<void> => {
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      if (!mayRegister()) return;
      const decision = decideRegistration(await telegram.getWebhookInfo(), url);
      if (decision.register) await telegram.setWebhook(url, secret, ALLOWED_UPDATES);
      logger.info({ registered: decision.register, reason: decision.reason }, 'webhook checked');
      return;
    } catch (error) {
      logger.warn({ attempt, error: messageOf(error) }, 'webhook not registered yet; trying again');
      await clock.sleep(backoffMs(attempt, retry), signal);
    }
  }
};
