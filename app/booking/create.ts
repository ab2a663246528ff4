import { storeEvents } from '../analytics/events.ts';
import type { Transaction } from '../db/connect.ts';
import { BookingModel } from '../db/models/booking.ts';
import type { ClientModel } from '../db/models/client.ts';
import type { VehicleModel } from '../db/models/vehicle.ts';
import { storableText } from '../kit/text.ts';
import type { ToolArguments } from '../llm/tools.ts';
import type { Metrics } from '../observability/metrics.ts';
import { currentTraceparent } from '../observability/tracing.ts';
import type { AppendOutbox } from '../outbox/append.ts';
import type { Sender } from '../telegram/incoming.ts';
import type { RichText } from '../telegram/rich-text.ts';
import { checkVisit, formatLocal, openSlots } from '../workshop/hours.ts';
import { classifyCar } from '../workshop/quote.ts';
import type { Workshop } from '../workshop/types.ts';
import { bookingNotice, changeNotice } from './notice.ts';
import { normalisePhone } from './phone.ts';
import { countAtHour, findClient, findOpenBooking, lockBookings, nextNumber, upsertClient, upsertVehicle, type Car, type Contact } from './rows.ts';

/** What the tool answers the model; the texts are in Russian, for the customer. */
export type BookingResult =
  | Readonly<{
      ok: true;
      number: number;
      wished: string | null;
      services: readonly string[];
      /** The car has an open booking: this is that one, as it stands. */
      repeated: boolean;
      /** Another time was wished for: a manager was told, the booking itself is unchanged. */
      change_requested?: boolean;
      note?: string;
    }>
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
  /** When the customer wrote, or now if that is later: wishes are read against it. */
  at: Date;
  startedMs: number;
}>;

type Deps = Readonly<{ workshop: Workshop; managerChatId: number; appendOutbox: AppendOutbox; metrics: Metrics; monotonicMs: () => number }>;
type Refusal = Extract<BookingResult, { ok: false }>;
type Checked = Readonly<{ known: ClientModel | undefined; contact: Contact; car: Car; wishedAt: Date | null }>;
type Made = Readonly<{ client: ClientModel; vehicle: VehicleModel; booking: BookingModel; returning: boolean }>;

const LOOK_AHEAD_SLOTS = 24;
const OFFERED_SLOTS = 3;

const refuse = (reason: Refusal['reason'], message: string, more: Partial<Refusal> = {}): Refusal => ({ ok: false, reason, message, ...more });

const readCar = (workshop: Workshop, { brand, model, year }: ToolArguments['create_booking']['car']): Car => {
  const named = storableText([brand, model].filter(Boolean).join(' ').trim());
  const known = classifyCar(workshop, named);
  const key = (known?.model ?? named).toLowerCase().replaceAll(/\s+/g, ' ');
  return {
    key,
    brand: storableText(brand.trim()),
    model: model === undefined ? null : storableText(model.trim()),
    year: year ?? null,
    class: known?.class ?? null,
  };
};

const readName = (given: string): string | null => {
  const name = storableText(given.trim());
  return name === '' ? null : name;
};

const readContact = (args: BookingRequest['args'], sender: Sender, known: ClientModel | undefined): Contact | Refusal => {
  const phone = args.phone === undefined ? (known?.phone ?? null) : normalisePhone(args.phone);
  if (args.phone !== undefined && phone === null) {
    return refuse('bad_phone', 'Номер телефона не похож на настоящий: уточните его, пожалуйста.', { missing: ['phone'] });
  }
  if (phone === null) return refuse('missing', 'Для записи нужен номер телефона, чтобы менеджер мог перезвонить.', { missing: ['phone'] });
  return { name: readName(args.name ?? known?.name ?? sender.name), phone };
};

/**
 * Books an inspection inside the caller's transaction, which holds the lane's lock: client, vehicle, booking with its number, event and
 * manager notice together or not at all.
 */
export const createBooking = ({ workshop, managerChatId, appendOutbox, metrics, monotonicMs }: Deps) => {
  const readWish = (wishedAt: string | undefined, now: Date): { at: Date | null } | Refusal => {
    if (wishedAt === undefined) return { at: null };
    const visit = checkVisit(workshop, wishedAt, now);
    return visit.ok ? { at: visit.at } : refuse(visit.reason, visit.message, { nearest: visit.nearest });
  };

  const check = async (trx: Transaction, { args, sender, at }: BookingRequest): Promise<Checked | Refusal> => {
    const known = await findClient(trx, sender.userId);
    const contact = readContact(args, sender, known);
    if ('ok' in contact) return contact;
    const wish = readWish(args.wished_at, at);
    return 'ok' in wish ? wish : { known, contact, car: readCar(workshop, args.car), wishedAt: wish.at };
  };

  const local = (at: Date | null): string | null => (at === null ? null : formatLocal(workshop, at));

  const tell = (trx: Transaction, text: RichText, turnId: string): Promise<void> =>
    appendOutbox(trx, [{ chatId: managerChatId, kind: 'notice', text }], { turnId, traceparent: currentTraceparent() });

  // The same wish again is the same booking. Another time is passed on: the booking changes only when a manager has agreed.
  const repeat = async (
    trx: Transaction,
    { turnId, sender }: BookingRequest,
    { open, wishedAt }: { open: BookingModel; wishedAt: Date | null },
  ): Promise<BookingResult> => {
    const result = { ok: true, number: open.number, wished: local(open.wished_at), services: open.services, repeated: true } as const;
    if (wishedAt === null || wishedAt.getTime() === open.wished_at?.getTime()) return result;
    const wished = formatLocal(workshop, wishedAt);
    await tell(trx, changeNotice({ number: open.number, before: result.wished, wished, sender }), turnId);
    return { ...result, change_requested: true, note: `Заявка №${open.number} уже есть. Желание приехать ${wished} передано менеджеру, он подтвердит.` };
  };

  const announce = async (trx: Transaction, request: BookingRequest, { client, vehicle, booking, returning }: Made): Promise<void> => {
    await tell(trx, bookingNotice({ workshop, client, vehicle, booking, sender: request.sender }), request.turnId);
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

  const insert = async (trx: Transaction, request: BookingRequest, { known, contact, car, wishedAt }: Checked): Promise<BookingResult> => {
    const { args, callKey, sender, at } = request;
    const number = await nextNumber(trx);
    const client = await upsertClient(trx, sender.userId, { ...contact, at });
    const vehicle = await upsertVehicle(trx, client.id, car);
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
    return { ok: true, number, wished: local(wishedAt), services: booking.services, repeated: false };
  };

  const decide = async (trx: Transaction, request: BookingRequest, checked: Checked): Promise<BookingResult> => {
    const { known, car, wishedAt } = checked;
    const open = known && (await findOpenBooking(trx, known, { key: car.key, at: request.at }));
    if (open) return repeat(trx, request, { open, wishedAt });
    if (wishedAt && (await countAtHour(trx, wishedAt)) >= workshop.capacityPerHour) {
      const message = `На ${formatLocal(workshop, wishedAt)} уже всё занято, выберите, пожалуйста, другое время.`;
      return refuse('full', message, { nearest: await freeSlots(trx, wishedAt, request.at) });
    }
    return insert(trx, request, checked);
  };

  return {
    /** Books for real. */
    book: async (trx: Transaction, request: BookingRequest): Promise<BookingResult> => {
      await lockBookings(trx);
      const checked = await check(trx, request);
      return 'ok' in checked ? checked : decide(trx, request, checked);
    },
    /** The same checks without number, notice, event or any row. */
    rehearse: async (trx: Transaction, request: BookingRequest): Promise<BookingResult> => {
      const checked = await check(trx, request);
      if ('ok' in checked) return checked;
      return { ok: true, number: 0, wished: local(checked.wishedAt), services: request.args.services, repeated: false };
    },
  };
};

export type Booking = ReturnType<typeof createBooking>;
