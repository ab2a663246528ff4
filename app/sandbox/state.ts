import type { Message, Update } from 'grammy/types';

export type UpdateKind = 'message' | 'edited_message';
export type Delivery = 'waiting' | 'failing' | 'delivered' | 'expired' | 'unheard';
type Webhook = Readonly<{ url: string; secretToken: string | undefined; maxConnections: number }>;
export type Identity = Readonly<{ botToken: string; llmApiKey: string }>;

/** One line of the journal; `at` is milliseconds since the epoch. */
export type Entry = Readonly<
  { at: number } & (
    | { kind: 'identity'; identity: Identity }
    | { kind: 'webhook'; webhook: Webhook | null; dropPending: boolean }
    | { kind: 'allowed'; updates: readonly string[] | null }
    | { kind: 'received'; update: Update; heard: boolean }
    | { kind: 'sent'; message: Message; scripted: boolean }
    | { kind: 'attempt'; updateId: number; chatId: number; status: number | null; error: string }
    | { kind: 'settled'; updateId: number; chatId: number; how: 'delivered' | 'expired'; status: number | null }
  )
>;

export type ShownMessage = { message: Message; scripted: boolean; updateId: number | null; delivery: Delivery | null };
export type QueuedUpdate = Readonly<{ update: Update; chatId: number; messageId: number; queuedAtMs: number }>;
export type ChatRecord = { messages: Map<number, ShownMessage>; lastMessageId: number; queue: QueuedUpdate[] };

export type SandboxState = {
  identity: Identity | null;
  webhook: Webhook | null;
  allowed: readonly string[] | null;
  lastError: Readonly<{ atMs: number; message: string }> | null;
  lastUpdateId: number;
  chats: Map<number, ChatRecord>;
};

const FIRST_UPDATE_ID = 870_000_000;

export const emptyState = (): SandboxState => ({
  identity: null,
  webhook: null,
  allowed: null,
  lastError: null,
  lastUpdateId: FIRST_UPDATE_ID,
  chats: new Map(),
});

export const chatRecord = (state: SandboxState, chatId: number): ChatRecord => {
  const existing = state.chats.get(chatId);
  if (existing) return existing;
  const created: ChatRecord = { messages: new Map(), lastMessageId: 0, queue: [] };
  state.chats.set(chatId, created);
  return created;
};

const show = (record: ChatRecord, shown: ShownMessage): void => {
  record.messages.set(shown.message.message_id, shown);
  record.lastMessageId = Math.max(record.lastMessageId, shown.message.message_id);
};

const markDelivery = (record: ChatRecord, { updateId, delivery }: { updateId: number; delivery: Delivery }): number | undefined => {
  const queued = record.queue.find(({ update }) => update.update_id === updateId);
  const shown = queued && record.messages.get(queued.messageId);
  // An edit replaces the update a message waits for: the fate of the older one says nothing about the newer.
  if (shown?.updateId === updateId) shown.delivery = delivery;
  return queued?.messageId;
};

const settle = (record: ChatRecord, { updateId, delivery }: { updateId: number; delivery: Delivery }): void => {
  markDelivery(record, { updateId, delivery });
  const index = record.queue.findIndex(({ update }) => update.update_id === updateId);
  if (index >= 0) record.queue.splice(index, 1);
};

const receive = (state: SandboxState, { update, heard, at }: { update: Update; heard: boolean; at: number }): void => {
  const message = update.message ?? update.edited_message;
  if (!message) return;
  const record = chatRecord(state, message.chat.id);
  show(record, { message, scripted: false, updateId: update.update_id, delivery: heard ? 'waiting' : 'unheard' });
  state.lastUpdateId = Math.max(state.lastUpdateId, update.update_id);
  if (heard) record.queue.push({ update, chatId: message.chat.id, messageId: message.message_id, queuedAtMs: at });
};

const dropQueues = (state: SandboxState): void => {
  for (const record of state.chats.values()) {
    for (const { update } of record.queue.slice()) settle(record, { updateId: update.update_id, delivery: 'expired' });
  }
};

/** The only place that changes the state; the same for a line just written and for one read back after a restart. */
export const applyEntry = (state: SandboxState, entry: Entry): void => {
  switch (entry.kind) {
    case 'identity':
      state.identity = entry.identity;
      return;
    case 'webhook':
      state.webhook = entry.webhook;
      state.lastError = null;
      if (entry.dropPending) dropQueues(state);
      return;
    case 'allowed':
      state.allowed = entry.updates;
      return;
    case 'received':
      receive(state, entry);
      return;
    case 'sent':
      show(chatRecord(state, entry.message.chat.id), { message: entry.message, scripted: entry.scripted, updateId: null, delivery: null });
      return;
    case 'attempt':
      state.lastError = { atMs: entry.at, message: entry.error };
      markDelivery(chatRecord(state, entry.chatId), { updateId: entry.updateId, delivery: 'failing' });
      return;
    case 'settled':
      settle(chatRecord(state, entry.chatId), { updateId: entry.updateId, delivery: entry.how });
      return;
  }
};

/** Everything undelivered, in the order of update_id. */
export const pendingUpdates = (state: SandboxState): QueuedUpdate[] =>
  [...state.chats.values()].flatMap(({ queue }) => queue).sort((a, b) => a.update.update_id - b.update.update_id);

export const pendingCount = (state: SandboxState): number => [...state.chats.values()].reduce((sum, { queue }) => sum + queue.length, 0);

/** Whether the bot asked to hear updates of this kind; an empty or missing list means all we ever send. */
export const isHeard = (state: SandboxState, kind: UpdateKind): boolean => !state.allowed?.length || state.allowed.includes(kind);
