import type { Transaction } from '../db/connect.ts';
import { EventModel } from '../db/models/event.ts';
import { storableJson } from '../kit/text.ts';
import type { DialogEvent, Metrics } from '../observability/metrics.ts';
import type { EVENTS } from './catalog.ts';

/** What is told of one moment. `key` makes it unique: a second write of the same key is dropped. Properties never hold a customer's words, phone or name. */
export type EventStory = {
  [Name in DialogEvent]: Readonly<{ name: Name; key: string; properties: Readonly<Record<keyof (typeof EVENTS)[Name]['properties'], unknown>> }>;
}[DialogEvent];

/** An analytics event to be stored with what it tells of. */
export type EventDraft = EventStory & Readonly<{ telegramUserId: number | undefined }>;

/** Stores events inside the caller's transaction; a failing write is counted and never breaks the answer. */
export const storeEvents = async (trx: Transaction, events: readonly EventDraft[], metrics: Metrics): Promise<void> => {
  for (const { name, telegramUserId, key, properties } of events) {
    try {
      await trx.transaction(async (savepoint) => {
        await EventModel.query(savepoint)
          .insert({ name, telegram_user_id: telegramUserId ?? null, key, properties: storableJson(properties) })
          .onConflict('key')
          .ignore();
      });
      metrics.eventStored(name);
    } catch {
      metrics.eventFailed();
    }
  }
};

/** Reads what an event needs inside the caller's transaction; a failing read is counted and never breaks what the event tells of. */
export const readForEvents = async <T>(
  trx: Transaction,
  read: (savepoint: Transaction) => Promise<T>,
  { otherwise, metrics }: Readonly<{ otherwise: T; metrics: Metrics }>,
): Promise<T> => {
  try {
    return await trx.transaction(read);
  } catch {
    metrics.eventFailed();
    return otherwise;
  }
};
