import type { Transaction } from '../db/connect.ts';
import { checkVisit, formatLocal, localNow, openSlots } from '../workshop/hours.ts';
import type { Workshop } from '../workshop/types.ts';
import { refuse, type Refusal } from './result.ts';
import { countAtHour } from './rows.ts';

const LOOK_AHEAD_SLOTS = 24;
const OFFERED_SLOTS = 3;
const LOCAL_ISO_LENGTH = 'YYYY-MM-DDTHH:MM'.length;

type Place = Readonly<{
  at: Date;
  now: Date;
  /** A booking that moves does not stand in its own way. */
  exceptId?: number | undefined;
}>;

/** Times of visits: read, shown, and whether there is room. Capacity is only certain under `lockBookings`. */
export const createVisits = (workshop: Workshop) => {
  const isFull = async (trx: Transaction, { at, exceptId }: Pick<Place, 'at' | 'exceptId'>): Promise<boolean> =>
    (await countAtHour(trx, at, exceptId)) >= workshop.capacityPerHour;

  const freeSlots = async (trx: Transaction, { at: from, now, exceptId }: Place): Promise<string[]> => {
    const free: string[] = [];
    for (const slot of openSlots(workshop, from, LOOK_AHEAD_SLOTS)) {
      const visit = checkVisit(workshop, slot, now);
      if (visit.ok && !(await isFull(trx, { at: visit.at, exceptId }))) free.push(slot);
      if (free.length === OFFERED_SLOTS) break;
    }
    return free;
  };

  return {
    local: (at: Date | null): string | null => (at === null ? null : formatLocal(workshop, at)),
    /** Whether the wish is the time that is booked already, which may lie in the past by now. */
    isSame: (wishedAt: string, booked: Date | null): boolean =>
      booked !== null && localNow(workshop, booked).slice(0, LOCAL_ISO_LENGTH) === wishedAt.trim().slice(0, LOCAL_ISO_LENGTH),
    read: (wishedAt: string, now: Date): Readonly<{ at: Date }> | Refusal => {
      const visit = checkVisit(workshop, wishedAt, now);
      return visit.ok ? { at: visit.at } : refuse(visit.reason, visit.message, { nearest: visit.nearest });
    },
    refuseIfFull: async (trx: Transaction, place: Place): Promise<Refusal | undefined> => {
      if (!(await isFull(trx, place))) return undefined;
      const message = `На ${formatLocal(workshop, place.at)} уже всё занято, выберите, пожалуйста, другое время.`;
      return refuse('full', message, { nearest: await freeSlots(trx, place) });
    },
  };
};
