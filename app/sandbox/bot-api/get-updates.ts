import type { Update } from 'grammy/types';
import { pendingUpdates } from '../state.ts';
import { type Arguments, readInteger, readStringList } from './arguments.ts';
import type { Handlers, MethodDeps } from './methods.ts';
import { Refusal } from './refusal.ts';

const WEBHOOK_SET = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const OTHER_READER = 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';
const MAX_BATCH = 100;

/** Long polling: an offset confirms everything before it; a newer request ends an older one with 409, as a webhook does. */
export const createGetUpdates = ({ store, events, clock, durations }: MethodDeps): Handlers['getUpdates'] => {
  let current = new AbortController();

  const confirmBefore = (offset: number): void => {
    for (const { update, chatId } of pendingUpdates(store.state)) {
      if (update.update_id >= offset) return;
      store.append({ kind: 'settled', updateId: update.update_id, chatId, how: 'delivered', status: null });
      const message = update.message ?? update.edited_message;
      if (message) events.publish({ kind: 'message', chatId, messageId: message.message_id });
    }
  };

  const read = (args: Arguments): Update[] => {
    const limit = Math.min(MAX_BATCH, Math.max(1, readInteger(args, 'limit') ?? MAX_BATCH));
    return pendingUpdates(store.state)
      .slice(0, limit)
      .map(({ update }) => update);
  };

  const applyOffset = (args: Arguments): void => {
    const offset = readInteger(args, 'offset') ?? 0;
    if (offset > 0) confirmBefore(offset);
    if (offset >= 0) return;
    const kept = pendingUpdates(store.state).slice(offset)[0];
    if (kept) confirmBefore(kept.update.update_id);
  };

  const checkAlone = (mine: AbortController): void => {
    if (store.state.webhook) throw new Refusal(409, WEBHOOK_SET);
    if (mine !== current) throw new Refusal(409, OTHER_READER);
  };

  return async (args, signal) => {
    if (store.state.webhook) throw new Refusal(409, WEBHOOK_SET);
    const mine = new AbortController();
    current.abort();
    current = mine;
    const allowed = readStringList(args, 'allowed_updates');
    if (allowed && allowed.join() !== store.state.allowed?.join()) store.append({ kind: 'allowed', updates: allowed });
    applyOffset(args);
    const waitMs = Math.min(durations.pollMaxMs, Math.max(0, readInteger(args, 'timeout') ?? 0) * 1_000);
    const arrived = new AbortController();
    const unsubscribe = events.subscribe((event) => {
      if (event.kind === 'webhook' || (event.kind === 'message' && read(args).length > 0)) arrived.abort();
    });
    try {
      if (read(args).length === 0 && waitMs > 0) await clock.sleep(waitMs, AbortSignal.any([signal, mine.signal, arrived.signal]));
    } finally {
      unsubscribe();
    }
    checkAlone(mine);
    return { result: read(args) };
  };
};
