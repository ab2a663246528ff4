import type { Update } from 'grammy/types';
import { messageOf } from '../places.ts';
import { pendingUpdates } from '../queue.ts';
import { type Arguments, readInteger, readStringList } from './arguments.ts';
import { lifetimeMs } from './delivery.ts';
import type { Handlers, MethodDeps } from './methods.ts';
import { Refusal } from './refusal.ts';

const WEBHOOK_SET = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const SET_MEANWHILE = 'Conflict: terminated by setWebhook request';
const OTHER_READER = 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';
const MAX_BATCH = 100;

/** Long polling: an offset confirms everything before it; a newer request ends an older one with 409, as a webhook does. */
export const createGetUpdates = ({ store, events, clock, durations }: MethodDeps): Handlers['getUpdates'] => {
  let current = new AbortController();

  const confirmBefore = (offset: number): void => {
    for (const { update, chatId } of pendingUpdates(store.state.queue)) {
      if (update.update_id >= offset) return;
      store.append({ kind: 'settled', updateId: update.update_id, chatId, how: 'delivered', status: null });
      const message = messageOf(update);
      if (message) events.publish({ kind: 'message', chatId, messageId: message.message_id });
    }
  };

  const dropExpired = (): void => {
    const now = clock.now().getTime();
    for (const item of pendingUpdates(store.state.queue)) {
      if (now <= item.queuedAtMs + lifetimeMs(item, durations)) continue;
      store.append({ kind: 'settled', updateId: item.update.update_id, chatId: item.chatId, how: 'expired', status: null });
    }
  };

  const read = (args: Arguments): Update[] => {
    const limit = Math.min(MAX_BATCH, Math.max(1, readInteger(args, 'limit') ?? MAX_BATCH));
    dropExpired();
    return pendingUpdates(store.state.queue)
      .slice(0, limit)
      .map(({ update }) => update);
  };

  const applyOffset = (args: Arguments): void => {
    const offset = readInteger(args, 'offset') ?? 0;
    if (offset > 0) confirmBefore(offset);
    if (offset >= 0) return;
    const kept = pendingUpdates(store.state.queue).slice(offset)[0];
    if (kept) confirmBefore(kept.update.update_id);
  };

  const wait = async ({ waitMs, signal }: { waitMs: number; signal: AbortSignal }): Promise<void> => {
    // Only a reader that would wait ends the one that waits already.
    const mine = new AbortController();
    current.abort();
    current = mine;
    const arrived = new AbortController();
    const unsubscribe = events.subscribe((event) => {
      if (event.kind === 'webhook' || event.kind === 'queued') arrived.abort();
    });
    try {
      await clock.sleep(waitMs, AbortSignal.any([signal, mine.signal, arrived.signal]));
    } finally {
      unsubscribe();
    }
    if (store.state.webhook) throw new Refusal(409, SET_MEANWHILE);
    if (mine.signal.aborted) throw new Refusal(409, OTHER_READER);
  };

  return async (args, signal) => {
    if (store.state.webhook) throw new Refusal(409, WEBHOOK_SET);
    const allowed = readStringList(args, 'allowed_updates');
    if (allowed && allowed.join() !== store.state.allowed?.join()) store.append({ kind: 'allowed', updates: allowed });
    applyOffset(args);
    const waitMs = Math.min(durations.pollMaxMs, Math.max(0, readInteger(args, 'timeout') ?? 0) * 1_000);
    if (waitMs > 0 && read(args).length === 0) await wait({ waitMs, signal });
    return { result: read(args) };
  };
};
