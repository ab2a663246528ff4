import type { createBookings } from '../../booking/bookings.ts';
import type { Refusal } from '../../booking/result.ts';
import type { Database, Transaction } from '../../db/connect.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Metrics } from '../../observability/metrics.ts';
import type { StepKey } from '../../lanes/steps.ts';
import type { Toolbox, ToolCaller } from './run-tool.ts';

type Deps = Readonly<{ db: Database; bookings: ReturnType<typeof createBookings>; dryRun: boolean; metrics: Metrics; clock: Clock }>;
type Result = Readonly<{ ok: true; did: 'booked' | 'changed' | 'cancelled'; repeated?: boolean; changed?: readonly unknown[] }> | Refusal;
type Outcome = Parameters<Metrics['bookingFinished']>[0];

const DONE = { booked: 'created', changed: 'changed', cancelled: 'cancelled' } as const;

const outcomeOf = (result: Result): Outcome => {
  if (!result.ok) return result.reason;
  return result.repeated === true || result.changed?.length === 0 ? 'repeated' : DONE[result.did];
};

type BookingTools = Pick<Toolbox, 'create_booking' | 'find_bookings' | 'change_booking' | 'cancel_booking'>;

/** Bookings of the customer who writes. What changes one is stored in the same transaction as its step. */
export const createBookingTools = ({ db, bookings, dryRun, metrics, clock }: Deps): BookingTools => {
  const scopeOf = ({ turn, sender, at }: ToolCaller) => ({
    sender,
    turnId: turn.id,
    laneKey: turn.lane.key,
    at: new Date(Math.max(at.getTime(), clock.now().getTime())), // after an outage a wish can lie in the past that was in the future when it was written
  });

  const effect = async <T extends Result>(
    { steps }: ToolCaller,
    key: StepKey,
    works: Readonly<Record<'real' | 'rehearsed', (trx: Transaction) => Promise<T>>>,
  ): Promise<T> => {
    const result = await steps.effect(key, dryRun ? works.rehearsed : works.real);
    if (!dryRun) metrics.bookingFinished(outcomeOf(result));
    return result;
  };

  return {
    find_bookings: async (_, caller, key) => {
      const { sender, at } = scopeOf(caller);
      const found = await db.transaction((trx) => bookings.find(trx, { userId: sender.userId, at }));
      return caller.steps.store('tool', key, { bookings: found });
    },
    create_booking: (args, caller, key) => {
      const callKey = `${caller.turn.id}/${key.stepNo}/${key.callIndex}`;
      const request = { args, ...scopeOf(caller), callKey, startedMs: clock.monotonicMs() };
      return effect(caller, key, { real: (trx) => bookings.book(trx, request), rehearsed: (trx) => bookings.rehearse(trx, request) });
    },
    change_booking: (args, caller, key) => {
      const request = { args, ...scopeOf(caller) };
      return effect(caller, key, { real: (trx) => bookings.change(trx, request), rehearsed: (trx) => bookings.rehearseChange(trx, request) });
    },
    cancel_booking: (args, caller, key) => {
      const request = { args, ...scopeOf(caller) };
      return effect(caller, key, { real: (trx) => bookings.cancel(trx, request), rehearsed: (trx) => bookings.rehearseCancel(trx, request) });
    },
  };
};
