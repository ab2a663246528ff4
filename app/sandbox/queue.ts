import type { Update } from 'grammy/types';
import type { Place } from './places.ts';

export type QueuedUpdate = Place & Readonly<{ update: Update; queuedAtMs: number }>;

/** Undelivered updates: each lane in its order, and all by update_id. */
export type Queue = Readonly<{ lanes: Map<string, QueuedUpdate[]>; byId: Map<number, QueuedUpdate> }>;

export const enqueue = (queue: Queue, item: QueuedUpdate): void => {
  const lane = queue.lanes.get(item.lane);
  if (lane) lane.push(item);
  else queue.lanes.set(item.lane, [item]);
  queue.byId.set(item.update.update_id, item);
};

export const removeFromQueue = (queue: Queue, updateId: number): void => {
  const item = queue.byId.get(updateId);
  const lane = item && queue.lanes.get(item.lane);
  if (!lane) return;
  queue.byId.delete(updateId);
  lane.splice(lane.indexOf(item), 1);
  if (lane.length === 0) queue.lanes.delete(item.lane);
};

/** Everything undelivered, in the order of update_id. */
export const pendingUpdates = (queue: Queue): QueuedUpdate[] => [...queue.byId.values()].sort((a, b) => a.update.update_id - b.update.update_id);

/** What waits of one chat, all its lanes together. */
export const pendingOf = (queue: Queue, chatId: number): number => [...queue.byId.values()].filter((item) => item.chatId === chatId).length;
