import type { Transaction } from '../db/connect.ts';
import { rowsOf } from '../db/connect.ts';
import { storeEvents } from '../analytics/events.ts';
import { BookingModel } from '../db/models/booking.ts';
import { ClientModel } from '../db/models/client.ts';
import { VehicleModel } from '../db/models/vehicle.ts';
import { AppError } from '../kit/errors.ts';
import { storableText } from '../kit/text.ts';
import type { ToolArguments } from '../llm/tools.ts';
import type { Metrics } from '../observability/metrics.ts';
import { currentTraceparent } from '../observability/tracing.ts';
import type { AppendOutbox } from '../outbox/append.ts';
import type { Sender } from '../telegram/incoming.ts';
import { checkVisit, formatLocal, openSlots } from '../workshop/hours.ts';
import { classifyCar } from '../workshop/quote.ts';
import type { CarClass, Workshop } from '../workshop/types.ts';
import { bookingNotice } from './notice.ts';
import { normalisePhone } from './phone.ts';

/** What the tool answers the model; the texts are in Russian, for the customer. */
export type BookingResult =
  | Readonly<{ ok: true; number: number; wished: string | null; repeated: boolean }>
  | Readonly<{
      ok: false;
      reason: 'missing' | 'closed' | 'past' | 'too_far' | 'unreadable' | 'full' | 'bad_phone';
      message: string;
      nearest?: readonly string[];
      missing?: readonly string[];
    }>;

/** Scope comes from the server: who books is the sender of the update, whatever the model says. */
export type BookingRequest = Readonly<{
  args: ToolArguments['create_booking'];
  sender: Sender;
  turnId: string;
  /** Names the tool call; the same key never books twice. */
  callKey: string;
  /** When the customer wrote; wishes are read against it. */
  at: Date;
  startedMs: number;
}>;

type Deps = Readonly<{ workshop: Workshop; managerChatId: number; appendOutbox: AppendOutbox; metrics: Metrics; monotonicMs: () => number }>;
type Car = ToolArguments['create_booking']['car'];
type Contact = Readonly<{ name: string | null; phone: string | null }>;
type Refusal = Extract<BookingResult, { ok: false }>;
type Checked = Readonly<{ known: ClientModel | undefined; contact: Contact & { phone: string }; wishedAt: Date | null; carClass: CarClass | null }>;

type Made = Readonly<{ client: ClientModel; vehicle: VehicleModel; booking: BookingModel; returning: boolean }>;

const LOOK_AHEAD_SLOTS = 24;
const OFFERED_SLOTS = 3;

const refuse = (reason: Refusal['reason'], message: string, more: Partial<Refusal> = {}): Refusal => ({ ok: false, reason, message, ...more });

const upsertClient = async (trx: Transaction, { sender, at }: BookingRequest, contact: Contact): Promise<ClientModel> => {
  const row = { telegram_user_id: sender.userId, name: contact.name, phone: contact.phone };
  return ClientModel.query(trx).insert(row).onConflict('telegram_user_id').merge({ name: contact.name, phone: contact.phone, updated_at: at }).returning('*');
};

const findVehicle = async (trx: Transaction, client: ClientModel, car: Car): Promise<VehicleModel | undefined> =>
  VehicleModel.query(trx)
    .where({ client_id: client.id })
    .whereRaw(`lower(brand) = lower(?) AND lower(coalesce(model, '')) = lower(?)`, [storableText(car.brand.trim()), storableText(car.model?.trim() ?? '')])
    .first();

type NewVehicle = Readonly<{ clientId: number; car: Car; carClass: CarClass | null }>;

const insertVehicle = async (trx: Transaction, { clientId, car, carClass }: NewVehicle): Promise<VehicleModel> => {
  const brand = storableText(car.brand.trim());
  const model = car.model === undefined ? null : storableText(car.model.trim());
  return VehicleModel.query(trx)
    .insert({ client_id: clientId, brand, model, year: car.year ?? null, class: carClass })
    .returning('*');
};

const findOpen = async (trx: Transaction, client: ClientModel, vehicle: VehicleModel): Promise<BookingModel | undefined> =>
  BookingModel.query(trx).where({ client_id: client.id, vehicle_id: vehicle.id }).whereIn('status', ['new', 'confirmed']).first();

const nextNumber = async (trx: Transaction): Promise<number> => {
  const [counter] = await rowsOf<{ number: number }>(trx.raw('UPDATE booking_counter SET next = next + 1 RETURNING next - 1 AS number'));
  if (!counter) throw new AppError('DATABASE_REJECTED', 'booking_counter has no row');
  return counter.number;
};

const countAtHour = async (trx: Transaction, at: Date): Promise<number> => {
  const [row] = await rowsOf<{ n: number }>(
    trx.raw(
      `SELECT count(*)::int AS n FROM booking WHERE status IN ('new', 'confirmed') AND date_trunc('hour', wished_at) = date_trunc('hour', ?::timestamptz)`,
      [at],
    ),
  );
  return row?.n ?? 0;
};

/**
 * Books an inspection inside the caller's transaction, which holds the lane's lock: client, vehicle, booking with its number, event and
 * manager notice together or not at all. Numbers run without gaps because a rollback returns the number.
 */
export const createBooking = ({ workshop, managerChatId, appendOutbox, metrics, monotonicMs }: Deps) => {
  const checkContact = (args: BookingRequest['args'], sender: Sender, known: ClientModel | undefined): Contact | Refusal => {
    const phone = args.phone === undefined ? (known?.phone ?? null) : normalisePhone(args.phone);
    if (args.phone !== undefined && phone === null)
      return refuse('bad_phone', 'Номер телефона не похож на настоящий: уточните его, пожалуйста.', { missing: ['phone'] });
    const name = args.name ?? known?.name ?? sender.name;
    return { name: name.trim() === '' ? null : storableText(name.trim()), phone };
  };

  const check = async (trx: Transaction, { args, sender, at }: BookingRequest): Promise<Checked | Refusal> => {
    const known = await ClientModel.query(trx).where({ telegram_user_id: sender.userId }).first();
    const contact = checkContact(args, sender, known);
    if ('ok' in contact) return contact;
    const { name, phone } = contact;
    if (phone === null) return refuse('missing', 'Для записи нужен номер телефона, чтобы менеджер мог перезвонить.', { missing: ['phone'] });
    const visit = args.wished_at === undefined ? undefined : checkVisit(workshop, args.wished_at, at);
    if (visit?.ok === false) return refuse(visit.reason, visit.message, { nearest: visit.nearest });
    const carClass = classifyCar(workshop, [args.car.brand, args.car.model].filter(Boolean).join(' '))?.class ?? null;
    return { known, contact: { name, phone }, wishedAt: visit?.at ?? null, carClass };
  };

  const success = (booking: BookingModel, repeated: boolean): BookingResult => ({
    ok: true,
    number: booking.number,
    wished: booking.wished_at === null ? null : formatLocal(workshop, booking.wished_at),
    repeated,
  });

  const announce = async (trx: Transaction, request: BookingRequest, { client, vehicle, booking, returning }: Made): Promise<void> => {
    const text = bookingNotice({ workshop, client, vehicle, booking, sender: request.sender });
    await appendOutbox(trx, [{ chatId: managerChatId, kind: 'notice', text }], { turnId: request.turnId, traceparent: currentTraceparent() });
    const properties = {
      booking_id: booking.number,
      services_count: booking.services.length,
      estimated_total: booking.quoted_price,
      processing_time_ms: Math.round(monotonicMs() - request.startedMs),
      user_segment: returning ? 'returning' : 'new',
    };
    await storeEvents(trx, [{ name: 'booking_request_created', telegramUserId: request.sender.userId, key: `booking:${booking.number}`, properties }], metrics);
  };

  const freeSlots = async (trx: Transaction, from: Date, now: Date): Promise<string[]> => {
    const free: string[] = [];
    for (const slot of openSlots(workshop, from, LOOK_AHEAD_SLOTS)) {
      const visit = checkVisit(workshop, slot, now);
      if (visit.ok && (await countAtHour(trx, visit.at)) < workshop.capacityPerHour) free.push(slot);
      if (free.length === OFFERED_SLOTS) break;
    }
    return free;
  };

  const insert = async (trx: Transaction, request: BookingRequest, checked: Checked): Promise<BookingResult> => {
    const { args, callKey } = request;
    const { known, contact, wishedAt, carClass } = checked;
    const knownVehicle = known && (await findVehicle(trx, known, args.car));
    const open = known && knownVehicle && (await findOpen(trx, known, knownVehicle));
    if (open) return success(open, true);
    if (wishedAt && (await countAtHour(trx, wishedAt)) >= workshop.capacityPerHour) {
      const message = `На ${formatLocal(workshop, wishedAt)} уже всё занято, выберите, пожалуйста, другое время.`;
      return refuse('full', message, { nearest: await freeSlots(trx, wishedAt, request.at) });
    }
    const number = await nextNumber(trx);
    const client = await upsertClient(trx, request, contact);
    const vehicle = knownVehicle ?? (await insertVehicle(trx, { clientId: client.id, car: args.car, carClass }));
    const booking = await BookingModel.query(trx)
      .insert({
        number,
        client_id: client.id,
        vehicle_id: vehicle.id,
        services: args.services.map(storableText),
        wished_at: wishedAt,
        quoted_price: args.quoted_price ?? null,
        summary: storableText(args.summary),
        call_key: callKey,
      })
      .returning('*');
    await announce(trx, request, { client, vehicle, booking, returning: known !== undefined });
    return success(booking, false);
  };

  return {
    /** Books for real. */
    book: async (trx: Transaction, request: BookingRequest): Promise<BookingResult> => {
      await trx.raw('SELECT 1 FROM booking_counter FOR UPDATE'); // bookings one after another: the capacity seen is the capacity left
      const checked = await check(trx, request);
      return 'ok' in checked ? checked : insert(trx, request, checked);
    },
    /** The same checks without number, notice, event or any row. */
    rehearse: async (trx: Transaction, request: BookingRequest): Promise<BookingResult> => {
      const checked = await check(trx, request);
      if ('ok' in checked) return checked;
      return { ok: true, number: 0, wished: checked.wishedAt && formatLocal(workshop, checked.wishedAt), repeated: false };
    },
  };
};

export type Booking = ReturnType<typeof createBooking>;
