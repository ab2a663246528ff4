import { randomUUID } from 'node:crypto';
import { rowsOf, type Transaction } from '../../app/db/connect.ts';
import { classifyCar } from '../../app/workshop/quote.ts';
import { normalisePhone } from '../../app/booking/phone.ts';
import { instantOf } from './moments.ts';
import type { Conversation, GivenBooking } from './schema.ts';
import { ROOM_PER_HOUR, type World } from './world.ts';

/** Somebody else, whose bookings fill an hour. */
const CROWD = 199_999;

const nextNumber = async (trx: Transaction): Promise<number> =>
  (await rowsOf<{ number: number }>(trx.raw('UPDATE booking_counter SET next = next + 1 RETURNING next - 1 AS number')))[0]?.number ?? 1;

const upsert = async (trx: Transaction, sql: string, bindings: Readonly<Record<string, string | number | null>>): Promise<number> =>
  (await rowsOf<{ id: number }>(trx.raw(sql, bindings)))[0]?.id ?? 0;

const CLIENT = `INSERT INTO client (telegram_user_id, name, phone) VALUES (:userId, :name, :phone)
  ON CONFLICT (telegram_user_id) DO UPDATE SET name = excluded.name, phone = excluded.phone RETURNING id`;
const VEHICLE = `INSERT INTO vehicle (client_id, key, brand, model, class) VALUES (:client, :key, :brand, :model, :class)
  ON CONFLICT (client_id, key) DO UPDATE SET brand = excluded.brand RETURNING id`;

type Row = Readonly<{ userId: number; booking: GivenBooking; wishedAt: Date | null }>;

const insert = async (trx: Transaction, { workshop }: Pick<World, 'workshop'>, { userId, booking, wishedAt }: Row): Promise<void> => {
  const number = await nextNumber(trx); // first, as the app does: it locks the counter before clients
  const known = classifyCar(workshop, booking.car);
  const [brand = '', ...model] = booking.car.split(' ');
  const client = await upsert(trx, CLIENT, { userId, name: booking.name ?? null, phone: normalisePhone(booking.phone) });
  const key = (known?.model ?? booking.car).toLowerCase();
  const vehicle = await upsert(trx, VEHICLE, { client, key, brand, model: model.join(' ') || null, class: known?.class ?? null });
  await trx('booking').insert({
    number,
    client_id: client,
    vehicle_id: vehicle,
    status: booking.status,
    services: JSON.stringify(booking.services),
    wished_at: wishedAt,
    quoted_price: booking.price ?? null,
    summary: 'Заявка из прошлого разговора.',
    call_key: randomUUID(),
  });
};

/** Puts what a conversation takes for given into the database. */
export const prepareGiven = async (world: World, { given, chatId }: Pick<Conversation, 'given'> & { chatId: number }): Promise<void> => {
  const { timezone } = world.workshop;
  const at = (iso: string | null | undefined): Date | null => (iso ? instantOf(iso, timezone) : null);
  await world.db.transaction(async (trx) => {
    for (const booking of given.bookings) await insert(trx, world, { userId: chatId, booking, wishedAt: at(booking.wished) });
    const { full } = given;
    if (full === undefined) return;
    for (let room = 0; room < ROOM_PER_HOUR; room += 1) {
      const booking: GivenBooking = { status: 'new', car: `Занято ${full} ${room}`, services: ['Осмотр'], phone: '+79990000000' };
      await insert(trx, world, { userId: CROWD, booking, wishedAt: at(full) });
    }
  });
};
