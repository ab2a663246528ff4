import type { Clock } from '../../kit/clock.ts';
import type { SandboxLimits } from '../settings.ts';
import { Refusal } from './refusal.ts';

const MINUTE_MS = 60_000;

/** Telegram's budget of one bot per chat: a token bucket in private chats, a sliding minute in groups. Throws 429 with retry_after. */
export const createRate = ({ clock, limits }: { clock: Clock; limits: SandboxLimits }) => {
  const sentAtMs = new Map<number, number[]>();

  const windowOf = (chatId: number): { size: number; ms: number } =>
    chatId < 0 ? { size: limits.groupPerMinute, ms: MINUTE_MS } : { size: limits.privateBurst, ms: (limits.privateBurst / limits.privatePerSecond) * 1_000 };

  return {
    take: (chatId: number): void => {
      const { size, ms } = windowOf(chatId);
      if (!Number.isFinite(size) || ms === 0) return;
      const now = clock.monotonicMs();
      const recent = (sentAtMs.get(chatId) ?? []).filter((at) => at > now - ms);
      const oldest = recent[0];
      if (oldest !== undefined && recent.length >= size) {
        const seconds = Math.max(1, Math.ceil((oldest + ms - now) / 1_000));
        throw new Refusal(429, `Too Many Requests: retry after ${seconds}`, seconds);
      }
      sentAtMs.set(chatId, [...recent, now]);
    },
  };
};
