import type { Clock } from '../../kit/clock.ts';
import { messageOf } from '../../kit/errors.ts';
import type { Logger } from '../../kit/logger.ts';
import type { Events } from '../events.ts';
import type { QueuedUpdate } from '../queue.ts';
import type { SandboxDurations } from '../settings.ts';
import type { Store } from '../store.ts';
import { afterFailure, freshRetry, type Retry } from './retry.ts';
import { createSlots } from './slots.ts';
import { type PostResult, postUpdate } from './webhook-post.ts';

const LOADED_PER_CONNECTION = 2;

export type Delivery = ReturnType<typeof createDelivery>;
export type DeliveryDeps = Readonly<{
  store: Store;
  events: Events;
  clock: Clock;
  durations: SandboxDurations;
  logger: Logger;
  traceparentFor?: (updateId: number) => string | undefined;
  post?: typeof postUpdate;
  random?: () => number;
}>;

/** How long an update is worth delivering, from the moment it arose. */
export const lifetimeMs = ({ update }: QueuedUpdate, { expiryMs, pressExpiryMs }: SandboxDurations): number =>
  update.callback_query ? pressExpiryMs : expiryMs;

/**
 * Webhook delivery: in each lane the next update only after the former got 2xx or expired; lanes do not wait for each other,
 * but only 2 × max_connections of them are loaded at a time, as in Telegram: that many failing chats stall the bot.
 * `kick` after queueing, `restart` when the webhook changed (every lane tries the new address at once), `stop` leaves open updates open.
 */
export const createDelivery = ({
  store,
  events,
  clock,
  durations,
  logger,
  traceparentFor = () => undefined,
  post = postUpdate,
  random = Math.random,
}: DeliveryDeps) => {
  const running = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  let waking = new AbortController();
  const connections = (): number => store.state.webhook?.maxConnections ?? 1;
  const slots = createSlots(connections);

  const head = (lane: string): QueuedUpdate | undefined => store.state.queue.lanes.get(lane)?.[0];
  const isOpen = (item: QueuedUpdate): boolean => head(item.lane) === item;
  const told = ({ chatId, messageId }: QueuedUpdate): void => {
    if (messageId !== null) events.publish({ kind: 'message', chatId, messageId });
  };

  type Fate = Readonly<{ how: 'delivered' | 'expired'; status: number | null; startedAt?: number }>;
  const settle = (item: QueuedUpdate, fate: Fate): void => {
    store.append({ kind: 'settled', updateId: item.update.update_id, chatId: item.chatId, ...fate });
    told(item);
  };

  const send = async (item: QueuedUpdate): Promise<PostResult> => {
    const { webhook } = store.state;
    if (!webhook) return { status: null, retryAfterMs: 0, error: 'no webhook' };
    const { update } = item;
    return post({
      ...webhook,
      traceparent: traceparentFor(update.update_id),
      body: JSON.stringify(update),
      timeoutMs: durations.deliveryTimeoutMs,
      signal: stopping.signal,
    });
  };

  const outlives = (item: QueuedUpdate, atMs: number): boolean => atMs <= item.queuedAtMs + lifetimeMs(item, durations);

  /** One attempt; what to wait for before the next one, or undefined when the update is settled or nobody listens. */
  const attempt = async (item: QueuedUpdate, retry: Retry): Promise<(Retry & { waitMs: number }) | undefined> => {
    const startedAt = clock.now().getTime();
    if (!outlives(item, startedAt)) {
      settle(item, { how: 'expired', status: null });
      return undefined;
    }
    const { status, retryAfterMs, error } = await send(item);
    if (stopping.signal.aborted || !isOpen(item)) return undefined;
    if (status !== null && status >= 200 && status < 300) {
      settle(item, { how: 'delivered', status, startedAt });
      return undefined;
    }
    store.append({ kind: 'attempt', updateId: item.update.update_id, chatId: item.chatId, status, error, startedAt });
    const next = afterFailure(retry, retryAfterMs, { ...durations, random });
    if (outlives(item, clock.now().getTime() + next.waitMs)) {
      told(item);
      return next;
    }
    settle(item, { how: 'expired', status });
    return undefined;
  };

  const canRun = (lane: string): boolean => !stopping.signal.aborted && store.state.webhook !== null && head(lane) !== undefined;

  const deliver = async (item: QueuedUpdate): Promise<void> => {
    let retry = freshRetry(durations);
    while (canRun(item.lane) && isOpen(item)) {
      const { signal } = waking; // taken first: the webhook may change while its old address is tried
      const next = await slots.run(async () => attempt(item, retry));
      if (!next) return;
      await clock.sleep(next.waitMs, AbortSignal.any([stopping.signal, signal]));
      retry = signal.aborted ? freshRetry(durations) : next;
    }
  };

  const runLane = async (lane: string): Promise<void> => {
    for (let item = head(lane); item && canRun(lane); item = head(lane)) await deliver(item);
  };

  const kick = (lane: string): void => {
    if (running.has(lane) || !canRun(lane) || running.size >= connections() * LOADED_PER_CONNECTION) return;
    const run = runLane(lane)
      .catch(async (error: unknown) => {
        logger.error({ lane, error: messageOf(error) }, 'sandbox delivery lane failed');
        // The journal cannot be written (a full disk): without a pause the same update would be sent as fast as it is answered.
        await clock.sleep(durations.retryCapMs, stopping.signal);
      })
      .finally(() => {
        running.delete(lane);
        kickAll();
      });
    running.set(lane, run);
  };

  // A message queued between a lane's last look and its end would wait for the next one; and a lane that found no room waits for this.
  const kickAll = (): void => {
    for (const lane of store.state.queue.lanes.keys()) kick(lane);
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
      await Promise.all(running.values());
    },
  };
};
