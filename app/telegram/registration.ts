import type { WebhookInfo } from 'grammy/types';
import type { Clock } from '../kit/clock.ts';
import { messageOf } from '../kit/errors.ts';
import { sha256Hex } from '../kit/ids.ts';
import type { Logger } from '../kit/logger.ts';
import type { Telegram } from './client.ts';

/** Every kind of update the app reads; asked for by name, since Telegram's default changes. */
const ALLOWED_UPDATES = ['message', 'edited_message', 'callback_query', 'my_chat_member'] as const;

type Decision = Readonly<{ register: boolean; reason: string }>;
/** What was registered last, by whichever process. The secret cannot be read back from Telegram. */
export type Registered = Readonly<{ url: string; secretHash: string }>;

/** setWebhook is called only when it would change something: concurrent calls cancel each other. */
export const decideRegistration = (info: WebhookInfo, wanted: Registered, last: Registered | undefined): Decision => {
  if (info.url !== wanted.url) return { register: true, reason: info.url === undefined || info.url === '' ? 'no webhook is set' : 'another address is set' };
  const allowed = [...(info.allowed_updates ?? [])].sort().join();
  if (allowed !== [...ALLOWED_UPDATES].sort().join()) return { register: true, reason: 'other kinds of updates are asked for' };
  if (last?.url !== wanted.url || last.secretHash !== wanted.secretHash) return { register: true, reason: 'our secret is not the registered one' };
  return { register: false, reason: 'already set' };
};

type Deps = Readonly<{
  telegram: Telegram;
  url: string;
  secret: string;
  recall: () => Promise<Registered | undefined>;
  remember: (registered: Registered) => Promise<void>;
  mayRegister: () => boolean;
  checkMs: number;
  clock: Clock;
  logger: Logger;
}>;

/**
 * Looks at the webhook at once, at every wake-up and every `checkMs` while this process may register, and sets it when it differs.
 * One look at a time; a failure waits for the next one.
 */
export const createWebhookWatch = ({ telegram, url, secret, recall, remember, mayRegister, checkMs, clock, logger }: Deps) => {
  const wanted: Registered = { url, secretHash: sha256Hex(secret) };
  const ended = new AbortController();
  let woken = new AbortController();
  let finished: Promise<void> = Promise.resolve();

  const look = async (): Promise<void> => {
    const decision = decideRegistration(await telegram.getWebhookInfo(), wanted, await recall());
    if (!decision.register) return;
    await telegram.setWebhook(url, secret, ALLOWED_UPDATES);
    await remember(wanted);
    logger.info({ reason: decision.reason }, 'webhook registered');
  };

  const follow = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      woken = new AbortController();
      if (mayRegister()) await look().catch((error: unknown) => logger.warn({ error: messageOf(error) }, 'webhook not checked; trying again later'));
      await clock.sleep(checkMs, AbortSignal.any([ended.signal, woken.signal]));
    }
  };

  return {
    start: (): void => {
      finished = follow();
    },
    wake: (): void => woken.abort(),
    stop: async (): Promise<void> => {
      ended.abort();
      await finished;
    },
  };
};
