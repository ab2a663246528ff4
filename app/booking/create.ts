import { readForEvents, storeEvents } from '../analytics/events.ts';
import { suggestionsOfDialogue } from '../analytics/suggestions.ts';
import type { Transaction } from '../db/connect.ts';
import { BookingModel } from '../db/models/booking.ts';
import type { ClientModel } from '../db/models/client.ts';
import type { VehicleModel } from '../db/models/vehicle.ts';
import { storableText } from '../kit/text.ts';
import type { ToolArguments } from '../llm/tools.ts';
import type { Metrics } from '../observability/metrics.ts';
import { currentTraceparent } from '../observability/tracing.ts';
import type { AppendOutbox } from '../outbox/append.ts';
import { keepQuotedPrice } from '../workshop/quoted-price.ts';
import type { Workshop } from '../workshop/types.ts';
import { bookingEvents } from './booked-events.ts';
import { bookingNotice } from './notice.ts';
import { unshownPhotos } from './photos.ts';
import type { BookingScope } from './request.ts';
import { isRefusal, refuse, type Refusal } from './result.ts';
import { closePast, findClient, findOpenBookings, lockBookings, nextNumber, upsertClient, upsertVehicle, type Car, type Contact } from './rows.ts';
import { readCar, readName, readPhone } from './said.ts';
import { createVisits } from './visit.ts';

/** What the tool answers the model; the texts are in Russian, for the customer. */
export type BookingResult =
  | Readonly<{
      ok: true;
      did: 'booked';
      number: number;
      wished: string | null;
      services: readonly string[];
      /** The car has an open booking: this is that one, as it stands. */
      repeated: boolean;
      /** Another time was wished for: the booking is unchanged, and this says how to change it. */
      note?: string;
    }>
  | Refusal;

export type BookingRequest = BookingScope &
  Readonly<{
    args: ToolArguments['create_booking'];
    /** Names the tool call; the same key never books twice. */
    callKey: string;
    startedMs: number;
  }>;

type Deps = Readonly<{ workshop: Workshop; managerChatId: number; appendOutbox: AppendOutbox; metrics: Metrics; monotonicMs: () => number }>;
type Checked = Readonly<{ known: ClientModel | undefined; contact: Contact; car: Car; wishedAt: Date | null }>;
type Made = Readonly<{ client: ClientModel; vehicle: VehicleModel; booking: BookingModel; returning: boolean }>;

const readContact = (args: BookingRequest['args'], { name }: BookingRequest['sender'], known: ClientModel | undefined): Contact | Refusal => {
  const phone = args.phone === undefined ? (known?.phone ?? null) : readPhone(args.phone);
  if (isRefusal(phone)) return phone;
  if (phone === null) return refuse('missing', 'Для записи нужен номер телефона, чтобы менеджер мог перезвонить.', { missing: ['phone'] });
  return { name: readName(args.name ?? known?.name ?? name), phone };
};

/**
 * Books an inspection inside the caller's transaction, which holds the lane's lock: client, vehicle, booking with its number, events and
 * manager notice together or not at all.
 */
export const createBooking = ({ workshop, managerChatId, appendOutbox, metrics, monotonicMs }: Deps) => {
  const visits = createVisits(workshop);

  const check = async (trx: Transaction, { args, sender, at }: BookingRequest): Promise<Checked | Refusal> => {
    const known = await findClient(trx, sender.userId);
    const contact = readContact(args, sender, known);
    if (isRefusal(contact)) return contact;
    const wish = args.wished_at === undefined ? { at: null } : visits.read(args.wished_at, at);
    return isRefusal(wish) ? wish : { known, contact, car: readCar(workshop, args.car), wishedAt: wish.at };
  };

  const findOpen = async (trx: Transaction, { id }: ClientModel, { car, at }: { car: Car; at: Date }): Promise<BookingModel | undefined> => {
    await closePast(trx, { clientId: id, at });
    return (await findOpenBookings(trx, { clientId: id, at })).find(({ vehicle }) => vehicle.key === car.key)?.booking;
  };

  // The same wish again is the same booking. Another time is no second booking either: change_booking moves the first one.
  const repeat = (open: BookingModel, wishedAt: Date | null): BookingResult => {
    const wished = visits.local(open.wished_at);
    const result = { ok: true, did: 'booked', number: open.number, wished, services: open.services, repeated: true } as const;
    if (wishedAt === null || wishedAt.getTime() === open.wished_at?.getTime()) return result;
    const when = wished === null ? 'без времени' : `на ${wished}`;
    return { ...result, note: `На эту машину уже есть заявка №${open.number} ${when}, она не изменена. Чтобы её перенести: change_booking.` };
  };

  const announce = async (trx: Transaction, request: BookingRequest, { client, vehicle, booking, returning }: Made): Promise<void> => {
    const { sender, laneKey, turnId } = request;
    const text = bookingNotice({ workshop, client, vehicle, booking, sender });
    const photos = await unshownPhotos(trx, { laneKey, managerChatId, caption: `Фото к заявке №${booking.number}` });
    await appendOutbox(trx, [{ chatId: managerChatId, kind: 'notice', text }, ...photos], { turnId, traceparent: currentTraceparent() });
    const person = { laneKey, telegramUserId: sender.userId };
    const suggested = await readForEvents(trx, (savepoint) => suggestionsOfDialogue(savepoint, person), { otherwise: new Map(), metrics });
    const processingMs = Math.round(monotonicMs() - request.startedMs);
    await storeEvents(trx, bookingEvents({ workshop, booking, carClass: vehicle.class, suggested, returning, processingMs, ...person }), metrics);
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
        quoted_price: args.quoted_price === undefined ? null : keepQuotedPrice(workshop, { ...args, price: args.quoted_price, carClass: car.class }),
        summary: storableText(args.summary),
        call_key: callKey,
      })
      .returning('*');
    await announce(trx, request, { client, vehicle, booking, returning: known !== undefined });
    return { ok: true, did: 'booked', number, wished: visits.local(wishedAt), services: booking.services, repeated: false };
  };

  const decide = async (trx: Transaction, request: BookingRequest, checked: Checked): Promise<BookingResult> => {
    const { known, car, wishedAt } = checked;
    const open = known && (await findOpen(trx, known, { car, at: request.at }));
    if (open) return repeat(open, wishedAt);
    const full = wishedAt && (await visits.refuseIfFull(trx, { at: wishedAt, now: request.at }));
    return full ?? insert(trx, request, checked);
  };

  return {
    /** Books for real. */
    book: async (trx: Transaction, request: BookingRequest): Promise<BookingResult> => {
      await lockBookings(trx);
      const checked = await check(trx, request);
      return isRefusal(checked) ? checked : decide(trx, request, checked);
    },
    /** The same checks without number, notice, event or any row. */
    rehearse: async (trx: Transaction, request: BookingRequest): Promise<BookingResult> => {
      const checked = await check(trx, request);
      if (isRefusal(checked)) return checked;
      return { ok: true, did: 'booked', number: 0, wished: visits.local(checked.wishedAt), services: request.args.services, repeated: false };
    },
  };
};
