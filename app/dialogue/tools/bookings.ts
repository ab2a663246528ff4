import type { Booking, BookingResult } from '../../booking/create.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Metrics } from '../../observability/metrics.ts';
import type { Toolbox, ToolWork } from './run-tool.ts';

type Deps = Readonly<{ booking: Booking; dryRun: boolean; metrics: Metrics; clock: Clock }>;

const outcomeOf = (result: BookingResult) => {
  if (!result.ok) return result.reason;
  return result.repeated ? 'repeated' : 'created';
};

/** Bookings: each is stored in the same transaction as its step. */
export const createBookingTools = ({
  booking,
  dryRun,
  metrics,
  clock,
}: Deps): Pick<Toolbox, 'create_booking' | 'find_bookings' | 'change_booking' | 'cancel_booking'> => {
  const create: ToolWork<'create_booking'> = async (args, { turn, sender, at, steps }, key) => {
    // after an outage a wish can lie in the past that was in the future when it was written
    const latest = new Date(Math.max(at.getTime(), clock.now().getTime()));
    const request = { args, sender, at: latest, turnId: turn.id, callKey: `${turn.id}/${key.stepNo}/${key.callIndex}`, startedMs: clock.monotonicMs() };
    const result = await steps.effect(key, (trx) => (dryRun ? booking.rehearse(trx, request) : booking.book(trx, request)));
    if (!dryRun) metrics.bookingFinished(outcomeOf(result));
    return result;
  };
  const notYet = () => Promise.resolve({ ok: false });

  return { create_booking: create, find_bookings: notYet, change_booking: notYet, cancel_booking: notYet };
};
