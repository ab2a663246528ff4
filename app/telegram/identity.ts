import type { UserFromGetMe } from 'grammy/types';
import type { Clock } from '../kit/clock.ts';
import { backoffMs } from '../kit/backoff.ts';
import { isAppError, messageOf } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import type { Telegram } from './client.ts';

type Deps = Readonly<{ telegram: Telegram; botId: number; clock: Clock; logger: Logger; retry: Readonly<{ baseMs: number; capMs: number }> }>;

/** Who the bot is. Known by its id at once, with its user name (for "/start@name") as soon as Telegram has told it. */
export const createIdentity = ({ telegram, botId, clock, logger, retry }: Deps) => {
  // what the token says; the rest is filled by getMe
  let me = { id: botId, is_bot: true, first_name: '', username: '' } as UserFromGetMe;
  return {
    me: (): UserFromGetMe => me,
    learn: async (signal: AbortSignal): Promise<void> => {
      for (let attempt = 1; !signal.aborted; attempt++) {
        try {
          me = await telegram.getMe();
          logger.info({ bot: me.username }, 'bot identity known');
          return;
        } catch (error) {
          const level = isAppError(error, 'TELEGRAM_REJECTED') ? 'error' : 'warn';
          logger[level]({ attempt, error: messageOf(error) }, 'Telegram did not tell who the bot is; trying again');
          await clock.sleep(backoffMs(attempt, retry), signal);
        }
      }
    },
  };
};
