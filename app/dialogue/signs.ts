import { rowsOf, type Database } from '../db/connect.ts';
import type { Clock } from '../kit/clock.ts';
import { messageOf } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import { chatOfLane, inLane } from '../lanes/lane.ts';
import type { Answer, Turn } from '../lanes/turn.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { AppendOutbox } from '../outbox/append.ts';
import type { ChatActionOutcome } from '../telegram/client.ts';

type SignTimes = Readonly<{ typingDelayMs: number; typingIntervalMs: number; workingNoticeMs: number }>;

type Deps = Readonly<{
  db: Database;
  botId: number;
  chatAction: (chatId: number) => Promise<ChatActionOutcome>;
  appendOutbox: AppendOutbox;
  wakeOutbox: () => void;
  times: SignTimes;
  metrics: Metrics;
  clock: Clock;
  logger: Logger;
}>;

// A sign takes of the chat's budget at Telegram: never before a message that waits for it, and never while the chat must be silent.
const BUSY = `
SELECT 1 FROM outbox_chat c WHERE bot_id = :botId AND chat_id = :chatId AND (not_before > clock_timestamp() OR EXISTS (
  SELECT 1 FROM outbox o WHERE o.bot_id = c.bot_id AND o.chat_id = c.chat_id AND state IN ('pending', 'sending', 'unknown', 'held')))`;

// before its commit a turn has sent nothing but this; and what it would answer is not sent behind a manager's word
const NEEDLESS = `
SELECT 1 WHERE EXISTS (SELECT 1 FROM outbox WHERE bot_id = :botId AND chat_id = :chatId AND turn_id = :turnId AND kind = 'answer')
  OR EXISTS (SELECT 1 FROM handover WHERE lane_key = :laneKey AND ended_at IS NULL AND last_manager_at >= started_at)`;

/** What a customer reads, once per answer, when it takes long. */
export const WORKING = 'Ещё минуту, уточняю…';

/** Signs of life while an answer takes long: «печатает…», and near the deadline one sentence. They never delay or fail the answer. */
export const createSigns = ({ db, botId, chatAction, appendOutbox, wakeOutbox, times, metrics, clock, logger }: Deps) => {
  const quietUntilMs = new Map<number, number>();

  const isQuiet = (chatId: number): boolean => {
    const until = quietUntilMs.get(chatId);
    if (until === undefined) return false;
    if (clock.monotonicMs() < until) return true;
    quietUntilMs.delete(chatId);
    return false;
  };

  /** False when Telegram wants no more of it. */
  const showOnce = async (chatId: number): Promise<boolean> => {
    const outcome = await chatAction(chatId);
    metrics.sendFinished('sendChatAction', outcome.kind === 'shown' ? 'sent' : outcome.kind);
    if (outcome.kind !== 'flood') return true;
    quietUntilMs.set(chatId, clock.monotonicMs() + outcome.retryAfterMs);
    return false;
  };

  const showTyping = async (chatId: number, signal: AbortSignal): Promise<void> => {
    const isOver = (): boolean => signal.aborted || isQuiet(chatId);
    await clock.sleep(times.typingDelayMs, signal);
    while (!isOver()) {
      const isBusy = (await rowsOf(db.raw(BUSY, { botId, chatId }))).length > 0;
      if (isOver() || (!isBusy && !(await showOnce(chatId)))) return;
      await clock.sleep(times.typingIntervalMs, signal);
    }
  };

  // counted from when the customer wrote, but no sooner than the first sign: a quick answer after an outage needs no such sentence
  const waitMs = (turn: Turn): number => {
    const waitedMs = clock.now().getTime() - (turn.inputs.at(-1)?.receivedAt.getTime() ?? clock.now().getTime());
    return Math.max(Math.min(times.typingDelayMs, times.workingNoticeMs), times.workingNoticeMs - Math.max(0, waitedMs));
  };

  const askForPatience = async (turn: Turn, chatId: number, signal: AbortSignal): Promise<void> => {
    await clock.sleep(waitMs(turn), signal);
    if (signal.aborted) return;
    const asked = await inLane(db, turn.lane, async (trx) => {
      if ((await rowsOf(trx.raw(NEEDLESS, { botId, chatId, turnId: turn.id, laneKey: turn.lane.key }))).length > 0) return false;
      const text = { text: WORKING, entities: [] };
      await appendOutbox(trx, [{ chatId, kind: 'answer', text }], { turnId: turn.id, traceparent: turn.inputs.at(-1)?.traceparent });
      return true;
    });
    if (asked) wakeOutbox();
  };

  const quietly = async (what: string, work: Promise<void>): Promise<void> => {
    await work.catch((error: unknown) => logger.debug({ what, error: messageOf(error) }, 'a sign of life was left out'));
  };

  return (answer: Answer): Answer =>
    async (turn, context) => {
      const chatId = chatOfLane(turn.lane.key);
      if (chatId <= 0) return answer(turn, context);
      const ended = new AbortController();
      const signal = AbortSignal.any([ended.signal, context.signal]);
      void quietly('typing', showTyping(chatId, signal));
      const patience = quietly('patience', askForPatience(turn, chatId, signal));
      try {
        return await answer(turn, context);
      } finally {
        ended.abort();
        await patience; // asleep it ends at once; in its transaction it must not come behind the answer
      }
    };
};
