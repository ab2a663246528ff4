import type { Clock } from '../../kit/clock.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Logger } from '../../kit/logger.ts';
import type { Events } from '../events.ts';
import type { SandboxDurations } from '../settings.ts';
import type { QueuedUpdate } from '../state.ts';
import type { Store } from '../store.ts';
import { postUpdate } from './webhook-post.ts';

/** Milliseconds before the next attempt after `failures` of them: at once, then base, doubled up to the cap. */
export const retryDelayMs = (failures: number, { retryBaseMs, retryCapMs }: Pick<SandboxDurations, 'retryBaseMs' | 'retryCapMs'>): number =>
  failures <= 1 ? 0 : Math.min(retryCapMs, retryBaseMs * 2 ** Math.min(failures - 2, 30));

export type Delivery = ReturnType<typeof createDelivery>;

/**
 * Webhook delivery: one lane per chat, the next update only after the former got 2xx or expired; lanes do not wait for each other.
 * `kick` after queueing, `restart` when the webhook changed (a sleeping lane tries the new address at once), `stop` leaves open updates open.
 */
export const createDelivery = (deps: { store: Store; events: Events; clock: Clock; durations: SandboxDurations; logger: Logger; post?: typeof postUpdate }) => {
  const { store, events, clock, durations, logger, post = postUpdate } = deps;
  const lanes = new Map<number, Promise<void>>();
  const stopping = new AbortController();
  let waking = new AbortController();

  const head = (chatId: number): QueuedUpdate | undefined => store.state.chats.get(chatId)?.queue[0];
  const isOpen = (item: QueuedUpdate): boolean => head(item.chatId) === item;
  const told = (item: QueuedUpdate): void => events.publish({ kind: 'message', chatId: item.chatId, messageId: item.messageId });

  const settle = (item: QueuedUpdate, { how, status }: { how: 'delivered' | 'expired'; status: number | null }): void => {
    store.append({ kind: 'settled', updateId: item.update.update_id, chatId: item.chatId, how, status });
    told(item);
  };

  /** One attempt; the wait before the next one, or undefined when the update is settled or nobody listens. */
  const attempt = async (item: QueuedUpdate, failures: number): Promise<number | undefined> => {
    const { webhook } = store.state;
    if (!webhook) return undefined;
    if (clock.now().getTime() - item.queuedAtMs >= durations.expiryMs) {
      settle(item, { how: 'expired', status: null });
      return undefined;
    }
    const result = await post({ ...webhook, body: JSON.stringify(item.update), timeoutMs: durations.deliveryTimeoutMs, signal: stopping.signal });
    if (stopping.signal.aborted || !isOpen(item)) return undefined;
    if (result.status !== null && result.status >= 200 && result.status < 300) {
      settle(item, { how: 'delivered', status: result.status });
      return undefined;
    }
    store.append({ kind: 'attempt', updateId: item.update.update_id, chatId: item.chatId, status: result.status, error: result.error });
    told(item);
    return result.retryAfterMs ?? retryDelayMs(failures + 1, durations);
  };

  const deliver = async (item: QueuedUpdate): Promise<void> => {
    for (let failures = 0; ; failures += 1) {
      const waitMs = await attempt(item, failures);
      if (waitMs === undefined) return;
      await clock.sleep(waitMs, AbortSignal.any([stopping.signal, waking.signal]));
      if (!isOpen(item)) return;
    }
  };

  const canRun = (chatId: number): boolean => !stopping.signal.aborted && store.state.webhook !== null && head(chatId) !== undefined;

  const runLane = async (chatId: number): Promise<void> => {
    for (let item = head(chatId); item && canRun(chatId); item = head(chatId)) await deliver(item);
  };

  const kick = (chatId: number): void => {
    if (lanes.has(chatId) || !canRun(chatId)) return;
    const lane = runLane(chatId)
      .catch(async (error: unknown) => {
        logger.error({ chatId, error: messageOf(error) }, 'sandbox delivery lane failed');
        // The journal cannot be written (a full disk): without a pause the same update would be sent as fast as it is answered.
        await clock.sleep(durations.retryCapMs, stopping.signal);
      })
      .finally(() => {
        lanes.delete(chatId);
        // A message queued between the lane's last look and this line would wait for the next one.
        kick(chatId);
      });
    lanes.set(chatId, lane);
  };

  const kickAll = (): void => {
    for (const chatId of store.state.chats.keys()) kick(chatId);
  };

  return {
    kick,
    restart: (): void => {
      waking.abort();
      waking = new AbortController();
      kickAll();
    },
    stop: async (): Promise<void> => {
      stopping.abort();
      await Promise.all(lanes.values());
    },
  };
};
