import type { Transaction } from '../db/connect.ts';
import { EventModel } from '../db/models/event.ts';
import { storableJson } from '../kit/text.ts';
import type { DialogEvent, Metrics } from '../observability/metrics.ts';

/** An analytics event to be stored with what it tells of. `key` makes it unique: a second write of the same key is dropped. */
export type EventDraft = Readonly<{
  name: DialogEvent;
  telegramUserId: number;
  key: string;
  properties: Readonly<Record<string, unknown>>;
}>;

/** Stores events inside the caller's transaction; a failing write is counted and never breaks the answer. */
export const storeEvents = async (trx: Transaction, events: readonly EventDraft[], metrics: Metrics): Promise<void> => {
  for (const { name, telegramUserId, key, properties } of events) {
    try {
      await trx.transaction(async (savepoint) => {
        await EventModel.query(savepoint)
          .insert({ name, telegram_user_id: telegramUserId, key, properties: storableJson(properties) })
          .onConflict('key')
          .ignore();
      });
      metrics.eventStored(name);
    } catch {
      metrics.eventFailed();
    }
  }
};
