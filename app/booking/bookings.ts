import type { Metrics } from '../observability/metrics.ts';
import type { AppendOutbox } from '../outbox/append.ts';
import type { Workshop } from '../workshop/types.ts';
import { createCancel } from './cancel.ts';
import { createChange } from './change.ts';
import { createChooser } from './choose.ts';
import { createBooking } from './create.ts';

type Deps = Readonly<{ workshop: Workshop; managerChatId: number; appendOutbox: AppendOutbox; metrics: Metrics; monotonicMs: () => number }>;

/** All that a customer can do with bookings. `find` only reads; the others run inside a transaction that holds the customer's lane. */
export const createBookings = (deps: Deps) => ({
  ...createBooking(deps),
  ...createChange(deps),
  ...createCancel(deps),
  find: createChooser(deps.workshop).list,
});
