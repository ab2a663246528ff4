import { rowsOf, type Transaction } from '../db/connect.ts';
import { BookingModel } from '../db/models/booking.ts';
import { ClientModel } from '../db/models/client.ts';
import { VehicleModel } from '../db/models/vehicle.ts';
import { AppError } from '../kit/errors.ts';
import type { CarClass } from '../workshop/types.ts';

export type Contact = Readonly<{ name: string | null; phone: string }>;
/** `key` is the same for every spelling of the same car. */
export type Car = Readonly<{ key: string; brand: string; model: string | null; year: number | null; class: CarClass | null }>;

/** Bookings one after another from here to the end of the transaction: the capacity seen is the capacity left. */
export const lockBookings = async (trx: Transaction): Promise<void> => {
  await trx.raw('SELECT 1 FROM booking_counter FOR UPDATE');
};

/** The next number; given back by a rollback, so numbers have no gaps. */
export const nextNumber = async (trx: Transaction): Promise<number> => {
  const [counter] = await rowsOf<{ number: number }>(trx.raw('UPDATE booking_counter SET next = next + 1 RETURNING next - 1 AS number'));
  if (!counter) throw new AppError('DATABASE_REJECTED', 'booking_counter has no row');
  return counter.number;
};

export const findClient = async (trx: Transaction, telegramUserId: number): Promise<ClientModel | undefined> =>
  ClientModel.query(trx).where({ telegram_user_id: telegramUserId }).first();

export const upsertClient = async (trx: Transaction, telegramUserId: number, { name, phone, at }: Contact & { at: Date }): Promise<ClientModel> =>
  ClientModel.query(trx)
    .insert({ telegram_user_id: telegramUserId, name, phone })
    .onConflict('telegram_user_id')
    .merge({ name, phone, updated_at: at, blocked_at: null }) // who writes has not blocked us
    .returning('*');

export const upsertVehicle = async (trx: Transaction, clientId: number, car: Car): Promise<VehicleModel> =>
  VehicleModel.query(trx)
    .insert({ client_id: clientId, ...car })
    .onConflict(['client_id', 'key'])
    .merge({ brand: car.brand, model: car.model, class: car.class, ...(car.year === null ? {} : { year: car.year }) })
    .returning('*');

// Nobody has said what became of it: the visit's time is over, or it never had one and weeks have passed. It must not block the next one.
const CLOSE_PAST = `
UPDATE booking SET status = 'past' WHERE client_id = :clientId AND status IN ('new', 'confirmed')
  AND coalesce(wished_at + interval '1 day', created_at + interval '14 days') < :at`;

/** The open booking of a client's car, after those whose time is over were closed. */
export const findOpenBooking = async (trx: Transaction, client: ClientModel, { key, at }: { key: string; at: Date }): Promise<BookingModel | undefined> => {
  await trx.raw(CLOSE_PAST, { clientId: client.id, at });
  return BookingModel.query(trx)
    .where({ client_id: client.id })
    .whereIn('status', ['new', 'confirmed'])
    .whereIn('vehicle_id', VehicleModel.query(trx).select('id').where({ client_id: client.id, key }))
    .first();
};

/** Open bookings in the hour of `at`. */
export const countAtHour = async (trx: Transaction, at: Date): Promise<number> => {
  const sql = `SELECT count(*)::int AS n FROM booking WHERE status IN ('new', 'confirmed')
    AND wished_at >= date_trunc('hour', :at::timestamptz) AND wished_at < date_trunc('hour', :at::timestamptz) + interval '1 hour'`;
  const [row] = await rowsOf<{ n: number }>(trx.raw(sql, { at }));
  return row?.n ?? 0;
};
