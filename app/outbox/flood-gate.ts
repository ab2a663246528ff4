import type { Clock } from '../kit/clock.ts';

type Options = Readonly<{ chats: number; windowMs: number; clock: Clock }>;

/**
 * A 429 belongs to its chat, unless several chats get one at about the same time: then the bot as a whole is limited,
 * and trying on with other chats only lengthens the ban.
 */
export const createFloodGate = ({ chats, windowMs, clock }: Options) => {
  const recent = new Map<number, number>();
  let closedUntil = 0;
  return {
    open: (): boolean => clock.monotonicMs() >= closedUntil,
    flooded: (chatId: number, retryAfterMs: number): void => {
      const now = clock.monotonicMs();
      recent.set(chatId, now);
      for (const [id, at] of recent) if (now - at > windowMs) recent.delete(id);
      if (recent.size >= chats) closedUntil = Math.max(closedUntil, now + retryAfterMs);
    },
  };
};
