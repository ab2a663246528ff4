import type { Message } from 'grammy/types';
import { findChat, GROUP, MIGRATED_GROUP, SHOWN_CHATS } from '../people.ts';
import { pendingOf } from '../queue.ts';
import type { SandboxParts } from '../settings.ts';
import type { Delivery, ShownMessage } from '../state.ts';
import type { Store } from '../store.ts';

/** A message as Telegram would show it, and what the sandbox knows about it besides. */
export type MessageView = Message & { delivery: Delivery | null; scripted: boolean; update_id: number | null };

export const viewMessage = ({ message, delivery, scripted, updateId }: ShownMessage): MessageView => ({ ...message, delivery, scripted, update_id: updateId });

/** Messages of a chat after `after`, oldest first; of very many only the newest `limit`. */
export const viewMessages = (store: Store, { chatId, after, limit }: { chatId: number; after: number; limit: number }): MessageView[] =>
  [...(store.state.chats.get(chatId)?.messages.values() ?? [])]
    .filter(({ message }) => message.message_id > after)
    .sort((a, b) => a.message.message_id - b.message.message_id)
    .slice(-limit)
    .map(viewMessage);

export const viewState = (store: Store, { parts, workshopName }: { parts: SandboxParts; workshopName: string }) => {
  const { webhook, lastError, chats, queue, closed, names } = store.state;
  const ids = new Set([...SHOWN_CHATS, ...names.keys(), ...chats.keys()]);
  return {
    parts,
    workshop_name: workshopName,
    chats: [...ids].flatMap((id) => {
      const chat = findChat(id, names);
      const record = chats.get(id);
      const facts = { last_message_id: record?.lastMessageId ?? 0, from_bot: record?.fromBot ?? 0, pending: pendingOf(queue, id), blocked: closed.has(id) };
      const replacedBy = id === GROUP.id && chats.has(MIGRATED_GROUP.id) ? MIGRATED_GROUP.id : null;
      return chat ? [{ ...chat, ...facts, replaced_by: replacedBy }] : [];
    }),
    pending: queue.byId.size,
    webhook: webhook
      ? { url: webhook.url, last_error: lastError?.message ?? null, last_error_at: lastError ? new Date(lastError.atMs).toISOString() : null }
      : null,
  };
};
