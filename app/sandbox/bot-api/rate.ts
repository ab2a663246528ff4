import type { Clock } from '../../kit/clock.ts';
import type { SandboxLimits } from '../settings.ts';
import { Refusal } from './refusal.ts';

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

const tooMany = (waitMs: number): Refusal => {
  const seconds = Math.max(1, Math.ceil(waitMs / SECOND_MS));
  return new Refusal(429, `Too Many Requests: retry after ${seconds}`, seconds);
};

/** Telegram's budget of one bot per chat: a token bucket in private chats, a sliding minute in groups. Throws 429 with retry_after. */
export const createRate = ({ clock, limits }: { clock: Clock; limits: SandboxLimits }) => {
  const buckets = new Map<number, { tokens: number; atMs: number }>();
  const groupSends = new Map<number, number[]>();

  const takePrivate = (chatId: number): void => {
    const { privateBurst: burst, privatePerSecond: perSecond } = limits;
    if (!Number.isFinite(burst) || !Number.isFinite(perSecond)) return;
    const now = clock.monotonicMs();
    const { tokens, atMs } = buckets.get(chatId) ?? { tokens: burst, atMs: now };
    const available = Math.min(burst, tokens + ((now - atMs) / SECOND_MS) * perSecond);
    if (available < 1) throw tooMany(((1 - available) / perSecond) * SECOND_MS);
    buckets.set(chatId, { tokens: available - 1, atMs: now });
  };

  const takeGroup = (chatId: number): void => {
    const now = clock.monotonicMs();
    const recent = (groupSends.get(chatId) ?? []).filter((at) => at > now - MINUTE_MS);
    const oldest = recent[0];
    if (oldest !== undefined && recent.length >= limits.groupPerMinute) throw tooMany(oldest + MINUTE_MS - now);
    groupSends.set(chatId, [...recent, now]);
  };

  return {
    take: (chatId: number): void => {
      if (chatId >= 0) takePrivate(chatId);
      else if (Number.isFinite(limits.groupPerMinute)) takeGroup(chatId);
    },
  };
};
