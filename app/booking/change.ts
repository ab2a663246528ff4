import type { Transaction } from '../db/connect.ts';
import { BookingModel } from '../db/models/booking.ts';
import { ClientModel } from '../db/models/client.ts';
import { storableText } from '../kit/text.ts';
import type { ToolArguments } from '../llm/tools.ts';
import { currentTraceparent } from '../observability/tracing.ts';
import type { AppendOutbox } from '../outbox/append.ts';
import { keepQuotedPrice } from '../workshop/quoted-price.ts';
import type { Workshop } from '../workshop/types.ts';
import { createChangeNotice, decideChanges, isSameWork, needsConfirming, type ChangedField, type State } from './changes.ts';
import { createChooser, type Chosen } from './choose.ts';
import { unshownPhotos } from './photos.ts';
import type { BookingScope } from './request.ts';
import { isRefusal, refuse, type Refusal } from './result.ts';
import { closePast, findClient, lockBookings, markChanged, upsertVehicle } from './rows.ts';
import { readCar, readName, readPhone } from './said.ts';
import { createVisits } from './visit.ts';

export type ChangeResult =
  | Readonly<{
      ok: true;
      did: 'changed';
      number: number;
      wished: string | null;
      services: readonly string[];
      /** Empty: it was so already, and nobody was told again. */
      changed: readonly ChangedField[];
    }>
  | Refusal;

type Args = ToolArguments['change_booking'];
export type ChangeRequest = BookingScope & Readonly<{ args: Args }>;

type Deps = Readonly<{ workshop: Workshop; managerChatId: number; appendOutbox: AppendOutbox }>;
type Plan = Chosen & Readonly<{ before: State; after: State; changed: readonly ChangedField[] }>;

const stateOf = ({ client, chosen: { booking, vehicle } }: Chosen): State => ({
  name: client.name,
  phone: client.phone,
  car: { key: vehicle.key, brand: vehicle.brand, model: vehicle.model, year: vehicle.year, class: vehicle.class },
  services: booking.services,
  wishedAt: booking.wished_at,
  price: booking.quoted_price,
});

const saysNothing = (args: Args): boolean => Object.entries(args).every(([name, value]) => name === 'number' || value === undefined);

/** Changes an open booking of the sender inside the caller's transaction, which holds the lane's lock: booking, client, car and one notice, or nothing. */
export const createChange = ({ workshop, managerChatId, appendOutbox }: Deps) => {
  const visits = createVisits(workshop);
  const chooser = createChooser(workshop);
  const changeNotice = createChangeNotice(workshop);

  const readTime = async (trx: Transaction, { args, at }: ChangeRequest, { booking }: Chosen['chosen']): Promise<{ at: Date | null } | Refusal> => {
    if (args.wished_at === undefined || visits.isSame(args.wished_at, booking.wished_at)) return { at: booking.wished_at };
    const visit = visits.read(args.wished_at, at);
    if (isRefusal(visit)) return visit;
    return (await visits.refuseIfFull(trx, { at: visit.at, now: at, exceptId: booking.id })) ?? visit;
  };

  // the same car named again keeps the year that was known
  const readNewCar = (car: Args['car'], { car: before }: State): State['car'] => {
    if (car === undefined) return before;
    const read = readCar(workshop, car);
    return read.key === before.key ? { ...before, year: read.year ?? before.year } : read;
  };

  // a price was named for these works on this car; one that the list does not give was not named by us
  const priceAfter = (quoted: number | undefined, before: State, after: State): number | null => {
    const kept = isSameWork(before, after) ? before.price : null;
    if (quoted === undefined) return kept;
    return keepQuotedPrice(workshop, { price: quoted, services: after.services, carClass: after.car.class }) ?? kept;
  };

  /** The booking as the customer wants it, or why it cannot be so. */
  const readAfter = async (trx: Transaction, request: ChangeRequest, { before, chosen, open }: Chosen & { before: State }): Promise<State | Refusal> => {
    const { args } = request;
    const phone = args.phone === undefined ? before.phone : readPhone(args.phone);
    if (isRefusal(phone)) return phone;
    const car = readNewCar(args.car, before);
    const taken = open.find(({ booking, vehicle }) => vehicle.key === car.key && booking.id !== chosen.booking.id);
    if (taken) return chooser.askWhich(open, `На этот автомобиль уже есть заявка №${taken.booking.number}.`);
    const time = await readTime(trx, request, chosen);
    if (isRefusal(time)) return time;
    const name = readName(args.name ?? '') ?? before.name;
    const services = args.services?.map(storableText) ?? before.services;
    const after = { ...before, name, phone, car, services, wishedAt: time.at };
    return { ...after, price: priceAfter(args.quoted_price, before, after) };
  };

  const plan = async (trx: Transaction, request: ChangeRequest): Promise<Plan | Refusal> => {
    const { args, sender, at } = request;
    const found = await chooser.choose(trx, { userId: sender.userId, number: args.number, at });
    if (isRefusal(found)) return found;
    if (saysNothing(args)) return refuse('nothing', 'Что поменять в заявке: время, услуги, автомобиль, имя или телефон?');
    const before = stateOf(found);
    const after = await readAfter(trx, request, { ...found, before });
    return isRefusal(after) ? after : { ...found, before, after, changed: decideChanges(before, after) };
  };

  const write = async (trx: Transaction, { at }: ChangeRequest, { client, chosen: { booking }, after, changed }: Plan): Promise<void> => {
    if (changed.includes('name') || changed.includes('phone')) {
      await ClientModel.query(trx).where({ id: client.id }).patch({ name: after.name, phone: after.phone, updated_at: at });
    }
    const vehicle = changed.includes('car') ? await upsertVehicle(trx, client.id, after.car) : undefined;
    await BookingModel.query(trx)
      .where({ id: booking.id })
      .patch({
        services: after.services,
        wished_at: after.wishedAt,
        quoted_price: after.price,
        vehicle_id: vehicle?.id ?? booking.vehicle_id,
        status: needsConfirming(changed) ? 'new' : booking.status,
      });
    await markChanged(trx, booking.id);
  };

  const tell = async (trx: Transaction, { sender, laneKey, turnId }: ChangeRequest, planned: Plan): Promise<void> => {
    const { booking } = planned.chosen;
    const text = changeNotice({ ...planned, number: booking.number, wasConfirmed: booking.status === 'confirmed', username: sender.username });
    const photos = await unshownPhotos(trx, { laneKey, managerChatId, caption: `Фото к заявке №${booking.number}` });
    await appendOutbox(trx, [{ chatId: managerChatId, kind: 'notice', text }, ...photos], { turnId, traceparent: currentTraceparent() });
  };

  const resultOf = (planned: Plan): ChangeResult => ({
    ok: true,
    did: 'changed',
    number: planned.chosen.booking.number,
    wished: visits.local(planned.after.wishedAt),
    services: planned.changed.includes('services') ? planned.after.services : planned.before.services,
    changed: planned.changed,
  });

  return {
    /** Changes for real. */
    change: async (trx: Transaction, request: ChangeRequest): Promise<ChangeResult> => {
      await lockBookings(trx);
      const client = await findClient(trx, request.sender.userId);
      if (client) await closePast(trx, { clientId: client.id, at: request.at }); // one of another car would hold its place in booking_open
      const planned = await plan(trx, request);
      if (isRefusal(planned)) return planned;
      if (planned.changed.length > 0) {
        await write(trx, request, planned);
        await tell(trx, request, planned);
      }
      return resultOf(planned);
    },
    /** The same checks without any write. */
    rehearseChange: async (trx: Transaction, request: ChangeRequest): Promise<ChangeResult> => {
      const planned = await plan(trx, request);
      return isRefusal(planned) ? planned : resultOf(planned);
    },
  };
};
