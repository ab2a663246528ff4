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
/** The same question in the SQL of others; `at` is a timestamp there. */
export const overAt = (at: string): string => `coalesce(wished_at + interval '1 day', created_at + interval '14 days') < ${at}`;
const OVER = overAt(':at');
const CLOSE_PAST = `UPDATE booking SET status = 'past' WHERE client_id = :clientId AND status IN ('new', 'confirmed') AND ${OVER}`;

type OfClient = Readonly<{ clientId: number; at: Date }>;

/** Closes the client's bookings whose time is over. */
export const closePast = async (trx: Transaction, ofClient: OfClient): Promise<void> => {
  await trx.raw(CLOSE_PAST, ofClient);
};

export type OpenBooking = Readonly<{ booking: BookingModel; vehicle: VehicleModel }>;

/** Open bookings of one client by number, those whose time is over left out. */
export const findOpenBookings = async (trx: Transaction, { clientId, at }: OfClient): Promise<readonly OpenBooking[]> => {
  const bookings = await BookingModel.query(trx)
    .where({ client_id: clientId })
    .whereIn('status', ['new', 'confirmed'])
    .whereRaw(`NOT ${OVER}`, { at })
    .orderBy('number');
  const vehicles = await VehicleModel.query(trx).where({ client_id: clientId });
  return bookings.flatMap((booking) => vehicles.filter(({ id }) => id === booking.vehicle_id).map((vehicle) => ({ booking, vehicle })));
};

/** The client's booking of that number, or the newest one; cancelled, or undefined. */
export const findCancelled = async (
  trx: Transaction,
  { clientId, number }: { clientId: number; number: number | undefined },
): Promise<BookingModel | undefined> => {
  const own = BookingModel.query(trx).where({ client_id: clientId });
  const found = await (number === undefined ? own.orderBy('number', 'desc') : own.where({ number })).first();
  return found?.status === 'cancelled' ? found : undefined;
};

/** By the database's clock. */
export const markChanged = async (trx: Transaction, bookingId: number): Promise<void> => {
  await trx.raw('UPDATE booking SET changed_at = clock_timestamp() WHERE id = ?', [bookingId]);
};

/** Open bookings in the hour of `at`, but for `exceptId`. */
export const countAtHour = async (trx: Transaction, at: Date, exceptId = 0): Promise<number> => {
  const sql = `SELECT count(*)::int AS n FROM booking WHERE status IN ('new', 'confirmed') AND id <> :exceptId
    AND wished_at >= date_trunc('hour', :at::timestamptz) AND wished_at < date_trunc('hour', :at::timestamptz) + interval '1 hour'`;
  const [row] = await rowsOf<{ n: number }>(trx.raw(sql, { at, exceptId }));
  return row?.n ?? 0;
};
