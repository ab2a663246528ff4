import type { Clock } from '../../kit/clock.ts';
import type { SandboxLimits } from '../settings.ts';
import { tooManyRequests } from './refusal.ts';

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** Telegram's budget of one bot: a token bucket per private chat, a sliding minute per group, a sliding second over all. Throws 429 with retry_after. */
export const createRate = ({ clock, limits }: { clock: Clock; limits: SandboxLimits }) => {
  const buckets = new Map<number, { tokens: number; atMs: number }>();
  const groupSends = new Map<number, number[]>();
  let recentSends: number[] = [];

  const takePrivate = (chatId: number): void => {
    const { privateBurst: burst, privatePerSecond: perSecond } = limits;
    if (!Number.isFinite(burst) || !Number.isFinite(perSecond)) return;
    const now = clock.monotonicMs();
    const { tokens, atMs } = buckets.get(chatId) ?? { tokens: burst, atMs: now };
    const available = Math.min(burst, tokens + ((now - atMs) / SECOND_MS) * perSecond);
    if (available < 1) throw tooManyRequests(((1 - available) / perSecond) * SECOND_MS);
    buckets.set(chatId, { tokens: available - 1, atMs: now });
  };

  const takeGroup = (chatId: number): void => {
    const now = clock.monotonicMs();
    const recent = (groupSends.get(chatId) ?? []).filter((at) => at > now - MINUTE_MS);
    const oldest = recent[0];
    if (oldest !== undefined && recent.length >= limits.groupPerMinute) throw tooManyRequests(oldest + MINUTE_MS - now);
    groupSends.set(chatId, [...recent, now]);
  };

  const checkBulk = (): void => {
    const now = clock.monotonicMs();
    recentSends = recentSends.filter((at) => at > now - SECOND_MS);
    const oldest = recentSends[0];
    if (oldest !== undefined && recentSends.length >= limits.bulkPerSecond) throw tooManyRequests(oldest + SECOND_MS - now);
  };

  return {
    take: (chatId: number): void => {
      const isBulkLimited = Number.isFinite(limits.bulkPerSecond);
      if (isBulkLimited) checkBulk();
      if (chatId >= 0) takePrivate(chatId);
      else if (Number.isFinite(limits.groupPerMinute)) takeGroup(chatId);
      if (isBulkLimited) recentSends.push(clock.monotonicMs()); // a refused one counts for nothing
    },
  };
};
