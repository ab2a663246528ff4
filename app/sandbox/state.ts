import type { Message, Update } from 'grammy/types';
import { enqueue, pendingUpdates, type Queue, type QueuedUpdate, removeFromQueue } from './queue.ts';
import { messageOf, placeOf, type UpdateKind } from './places.ts';

export type Delivery = 'waiting' | 'failing' | 'delivered' | 'expired' | 'unheard';
type Webhook = Readonly<{ url: string; secretToken: string | undefined; maxConnections: number }>;
export type Identity = Readonly<{ botToken: string; llmApiKey: string }>;
/** What the bot was told about a call: the whole answer, a refusal (nothing happened), or not fully, although it happened. */
type Told = 'ok' | 'refused' | 'withheld';

/** One line of the journal; `at` is milliseconds since the epoch. docs/sandbox.md describes each kind. */
export type Entry = Readonly<
  { at: number } & (
    | { kind: 'snapshot'; state: Snapshot }
    | { kind: 'identity'; identity: Identity }
    | { kind: 'webhook'; webhook: Webhook | null; dropPending: boolean }
    | { kind: 'allowed'; updates: readonly string[] | null }
    | { kind: 'named'; userId: number; name: string }
    | { kind: 'received'; update: Update; heard: boolean }
    | { kind: 'sent'; message: Message; scripted: boolean; hash?: string }
    | { kind: 'rewritten'; message: Message; hash: string }
    | {
        kind: 'told';
        method: string;
        chatId: number | null;
        messageId: number | null;
        hash: string | null;
        told: Told;
        code: number | null;
        fault: string | null;
        /** The asker's TCP port: by it a run with several processes knows which of them got the answer. */
        port?: number | undefined;
      }
    | { kind: 'attempt'; updateId: number; chatId: number; status: number | null; error: string; startedAt?: number }
    | { kind: 'settled'; updateId: number; chatId: number; how: 'delivered' | 'expired'; status: number | null; startedAt?: number }
  )
>;

export type ShownMessage = { message: Message; scripted: boolean; updateId: number | null; delivery: Delivery | null };
/** `fromBot`: how many of the messages the bot wrote. */
export type ChatRecord = { messages: Map<number, ShownMessage>; lastMessageId: number; fromBot: number };

export type SandboxState = {
  identity: Identity | null;
  webhook: Webhook | null;
  allowed: readonly string[] | null;
  lastError: Readonly<{ atMs: number; message: string }> | null;
  lastUpdateId: number;
  chats: Map<number, ChatRecord>;
  /** Chats whose person blocked the bot, or groups it was removed from. */
  closed: Set<number>;
  /** What guests are called. */
  names: Map<number, string>;
  queue: Queue;
};

/** The state as JSON: what the journal's older lines add up to. */
export type Snapshot = Readonly<
  Pick<SandboxState, 'identity' | 'webhook' | 'allowed' | 'lastError' | 'lastUpdateId'> & {
    chats: readonly Readonly<{ id: number; lastMessageId: number; messages: readonly ShownMessage[] }>[];
    closed: readonly number[];
    /** Absent in snapshots of release 0.1.0. */
    names?: readonly (readonly [userId: number, name: string])[];
    pending: readonly QueuedUpdate[];
  }
>;

const FIRST_UPDATE_ID = 870_000_000;
const NOT_SENT_UNASKED: ReadonlySet<string> = new Set(['chat_member', 'message_reaction', 'message_reaction_count']);

export const emptyState = (): SandboxState => ({
  identity: null,
  webhook: null,
  allowed: null,
  lastError: null,
  lastUpdateId: FIRST_UPDATE_ID,
  chats: new Map(),
  closed: new Set(),
  names: new Map(),
  queue: { lanes: new Map(), byId: new Map() },
});

export const chatRecord = (state: SandboxState, chatId: number): ChatRecord => {
  const existing = state.chats.get(chatId);
  if (existing) return existing;
  const created: ChatRecord = { messages: new Map(), lastMessageId: 0, fromBot: 0 };
  state.chats.set(chatId, created);
  return created;
};

const isFromBot = ({ message }: ShownMessage): boolean => message.from?.is_bot === true;

const show = (record: ChatRecord, shown: ShownMessage): void => {
  if (isFromBot(shown) && !record.messages.has(shown.message.message_id)) record.fromBot += 1;
  record.messages.set(shown.message.message_id, shown);
  record.lastMessageId = Math.max(record.lastMessageId, shown.message.message_id);
};

const markDelivery = (state: SandboxState, { updateId, delivery }: { updateId: number; delivery: Delivery }): void => {
  const item = state.queue.byId.get(updateId);
  const shown = item && item.messageId !== null ? state.chats.get(item.chatId)?.messages.get(item.messageId) : undefined;
  // An edit replaces the update a message waits for: the fate of the older one says nothing about the newer.
  if (shown?.updateId === updateId) shown.delivery = delivery;
};

const settle = (state: SandboxState, fate: { updateId: number; delivery: Delivery }): void => {
  markDelivery(state, fate);
  removeFromQueue(state.queue, fate.updateId);
};

const receive = (state: SandboxState, { update, heard, at }: { update: Update; heard: boolean; at: number }): void => {
  const place = placeOf(update);
  if (!place) return;
  const message = messageOf(update);
  if (message) show(chatRecord(state, place.chatId), { message, scripted: false, updateId: update.update_id, delivery: heard ? 'waiting' : 'unheard' });
  const membership = update.my_chat_member?.new_chat_member.status;
  if (membership === 'kicked') state.closed.add(place.chatId);
  if (membership === 'member') state.closed.delete(place.chatId);
  state.lastUpdateId = Math.max(state.lastUpdateId, update.update_id);
  if (heard) enqueue(state.queue, { update, ...place, queuedAtMs: at });
};

const dropQueues = (state: SandboxState): void => {
  for (const { update } of pendingUpdates(state.queue)) settle(state, { updateId: update.update_id, delivery: 'expired' });
};

const rewrite = (state: SandboxState, message: Message): void => {
  const shown = state.chats.get(message.chat.id)?.messages.get(message.message_id);
  if (shown) shown.message = message;
};

const restore = (state: SandboxState, { chats, closed, names = [], pending, ...plain }: Snapshot): void => {
  const messagesOf = (messages: readonly ShownMessage[]) => new Map(messages.map((shown) => [shown.message.message_id, shown]));
  Object.assign(state, emptyState(), plain, {
    chats: new Map(
      chats.map(({ id, lastMessageId, messages }) => [id, { lastMessageId, messages: messagesOf(messages), fromBot: messages.filter(isFromBot).length }]),
    ),
    closed: new Set(closed),
    names: new Map(names),
  });
  for (const item of pending) enqueue(state.queue, item);
};

const webhookChanged = (state: SandboxState, { webhook, dropPending }: { webhook: Webhook | null; dropPending: boolean }): void => {
  state.webhook = webhook;
  state.lastError = null;
  if (dropPending) dropQueues(state);
};

/** The state as one journal line holds it; of each chat the newest `keepPerChat` messages. */
export const takeSnapshot = (state: SandboxState, keepPerChat: number): Snapshot => {
  const { identity, webhook, allowed, lastError, lastUpdateId } = state;
  return {
    identity,
    webhook,
    allowed,
    lastError,
    lastUpdateId,
    chats: [...state.chats].map(([id, { lastMessageId, messages }]) => ({ id, lastMessageId, messages: [...messages.values()].slice(-keepPerChat) })),
    closed: [...state.closed],
    names: [...state.names],
    pending: pendingUpdates(state.queue),
  };
};

type Appliers = Readonly<{ [Kind in Entry['kind']]: (state: SandboxState, entry: Extract<Entry, { kind: Kind }>) => void }>;

const APPLIERS: Appliers = {
  snapshot: (state, { state: snapshot }) => restore(state, snapshot),
  identity: (state, { identity }) => void (state.identity = identity),
  webhook: webhookChanged,
  allowed: (state, { updates }) => void (state.allowed = updates),
  named: (state, { userId, name }) => void state.names.set(userId, name),
  received: receive,
  sent: (state, { message, scripted }) => show(chatRecord(state, message.chat.id), { message, scripted, updateId: null, delivery: null }),
  rewritten: (state, { message }) => rewrite(state, message),
  told: () => undefined, // for those who read the journal
  attempt: (state, { at, updateId, error }) => {
    state.lastError = { atMs: at, message: error };
    markDelivery(state, { updateId, delivery: 'failing' });
  },
  settled: (state, { updateId, how }) => settle(state, { updateId, delivery: how }),
};

/** The only place that changes the state; the same for a line just written and for one read back after a restart. */
export const applyEntry = (state: SandboxState, entry: Entry): void => {
  const apply: (state: SandboxState, entry: never) => void = APPLIERS[entry.kind];
  apply(state, entry as never); // the table pairs each kind with its own applier, which the compiler cannot follow
};

/** Whether the bot asked to hear updates of this kind; without a list it hears all but the kinds Telegram sends on demand only. */
export const isHeard = (state: SandboxState, kind: UpdateKind): boolean => (state.allowed?.length ? state.allowed.includes(kind) : !NOT_SENT_UNASKED.has(kind));
