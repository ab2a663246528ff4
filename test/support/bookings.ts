import { createBookings } from '../../app/booking/bookings.ts';
import type { BookingRequest, BookingResult } from '../../app/booking/create.ts';
import type { CancelRequest, CancelResult } from '../../app/booking/cancel.ts';
import type { ChangeRequest, ChangeResult } from '../../app/booking/change.ts';
import { createMetrics } from '../../app/observability/metrics.ts';
import { createAppendOutbox } from '../../app/outbox/append.ts';
import type { Workshop } from '../../app/workshop/types.ts';
import { createMigratedDatabase } from './database.ts';
import { exampleWorkshop } from './workshop.ts';

const MANAGERS = -1001000000001;
/** A Tuesday, 12:30 in Moscow. */
const NOW = new Date('2026-11-24T09:30:00Z');

type Row = { number: number; status: string; wished_at: Date | null; services: string[]; quoted_price: number | null; changed_at: Date | null };

/** The booking use cases on real PostgreSQL, each call in its own transaction and by whoever it is asked for. */
export const createBookingDesk = async () => {
  const { db, drop } = await createMigratedDatabase();
  const workshop = await exampleWorkshop();
  let calls = 0;

  const useCases = (content: Workshop) =>
    createBookings({ workshop: content, managerChatId: MANAGERS, appendOutbox: createAppendOutbox(42), metrics: createMetrics(), monotonicMs: () => 0 });
  const scope = (userId: number) => ({
    sender: { userId, name: 'Анна', username: 'anna', languageCode: 'ru' },
    turnId: `42:${userId}#1`,
    laneKey: `42:${userId}`,
    at: NOW,
  });

  return {
    db,
    workshop,
    drop,
    reset: async (): Promise<void> => {
      await db.raw('TRUNCATE booking, vehicle, client, event, outbox, outbox_chat; UPDATE booking_counter SET next = 1');
    },
    book: (userId: number, args: Partial<BookingRequest['args']> = {}, content = workshop): Promise<BookingResult> => {
      const base = { phone: '8 912 345-67-89', car: { brand: 'Лада', model: 'Веста' }, services: ['Покраска бампера'], summary: 'Покрасить бампер' };
      const request = { ...scope(userId), args: { ...base, ...args }, callKey: `t#${++calls}`, startedMs: 0 };
      return db.transaction((trx) => useCases(content).book(trx, request));
    },
    change: (userId: number, args: ChangeRequest['args'], content = workshop): Promise<ChangeResult> =>
      db.transaction((trx) => useCases(content).change(trx, { ...scope(userId), args })),
    rehearseChange: (userId: number, args: ChangeRequest['args']): Promise<ChangeResult> =>
      db.transaction((trx) => useCases(workshop).rehearseChange(trx, { ...scope(userId), args })),
    cancel: (userId: number, args: CancelRequest['args'] = {}): Promise<CancelResult> =>
      db.transaction((trx) => useCases(workshop).cancel(trx, { ...scope(userId), args })),
    rehearseCancel: (userId: number, args: CancelRequest['args'] = {}): Promise<CancelResult> =>
      db.transaction((trx) => useCases(workshop).rehearseCancel(trx, { ...scope(userId), args })),
    find: (userId: number) => db.transaction((trx) => useCases(workshop).find(trx, { userId, at: NOW })),
    /** Bookings by number. */
    rows: async (): Promise<Row[]> => db<Row>('booking').orderBy('number'),
    confirm: async (number: number): Promise<void> => {
      await db('booking').where({ number }).update({ status: 'confirmed' });
    },
    /** What the group was told, oldest first, with plain spaces. */
    notices: async (): Promise<string[]> =>
      (await db<{ payload: { text: string }; seq: number }>('outbox').orderBy('seq')).map(({ payload }) => payload.text.replaceAll('\u00a0', ' ')),
    /** Everything the use cases can write, as text. */
    dump: async (): Promise<string> =>
      JSON.stringify(await Promise.all(['booking', 'vehicle', 'client', 'event', 'outbox', 'booking_counter'].map((table) => db(table).orderBy(1)))),
  };
};

export type BookingDesk = Awaited<ReturnType<typeof createBookingDesk>>;
