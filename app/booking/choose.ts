import type { Transaction } from '../db/connect.ts';
import type { ClientModel } from '../db/models/client.ts';
import type { Workshop } from '../workshop/types.ts';
import { formatLocal } from '../workshop/hours.ts';
import { carName } from './notice.ts';
import { refuse, type BookingLine, type Refusal } from './result.ts';
import { findClient, findOpenBookings, type OpenBooking } from './rows.ts';

export type Chosen = Readonly<{ client: ClientModel; chosen: OpenBooking; open: readonly OpenBooking[] }>;

type Wanted = Readonly<{ userId: number; number: number | undefined; at: Date }>;

const NONE = 'Открытых заявок у вас нет.';

const named = (lines: readonly BookingLine[]): string =>
  lines.map(({ number, car, wished }) => `№${number} (${[car, wished].filter((part) => part !== null).join(', ')})`).join('; ');

/** A customer's own open bookings. Nothing of anybody else is ever read, so another's number is as unknown as one that does not exist. */
export const createChooser = (workshop: Workshop) => {
  const lineOf = ({ booking, vehicle }: OpenBooking): BookingLine => ({
    number: booking.number,
    car: carName(vehicle),
    services: booking.services,
    wished: booking.wished_at === null ? null : formatLocal(workshop, booking.wished_at),
    status: booking.status === 'confirmed' ? 'confirmed' : 'new',
  });

  /** Asks the customer which booking is meant. */
  const askWhich = (open: readonly OpenBooking[], why: string): Refusal => {
    const bookings = open.map(lineOf);
    return refuse('which', `${why} Открытые заявки: ${named(bookings)}.`, { bookings });
  };

  return {
    askWhich,
    list: async (trx: Transaction, { userId, at }: Omit<Wanted, 'number'>): Promise<readonly BookingLine[]> => {
      const client = await findClient(trx, userId);
      return client ? (await findOpenBookings(trx, { clientId: client.id, at })).map(lineOf) : [];
    },
    /** The open booking of that number; without a number, the only one. */
    choose: async (trx: Transaction, { userId, number, at }: Wanted): Promise<Chosen | Refusal> => {
      const client = await findClient(trx, userId);
      const open = client ? await findOpenBookings(trx, { clientId: client.id, at }) : [];
      if (!client || open.length === 0) return refuse('none', NONE);
      const fitting = number === undefined ? open : open.filter(({ booking }) => booking.number === number);
      const [chosen, ...others] = fitting;
      if (!chosen) return askWhich(open, 'Среди ваших открытых заявок такой нет.');
      return others.length === 0 ? { client, chosen, open } : askWhich(open, 'Открытых заявок несколько: уточните, о какой речь.');
    },
  };
};
