import type { AlertRow } from '../alert.ts';
import { increase, series, sumPer, unless } from '../promql.ts';
import { THRESHOLDS } from '../thresholds.ts';

const bookings = series('bookings_total', { outcome: ['created', 'repeated', 'changed'] });
const refusals = series('bookings_total', { outcome: { not: ['created', 'repeated', 'changed', 'cancelled'] } });

export const BOOKING_ALERTS: readonly AlertRow[] = [
  {
    name: 'ValeraBookingsRefused',
    component: 'booking',
    expr: unless(`${sumPer(increase(refusals, '6h'))} >= ${THRESHOLDS.bookingRefusals}`, `${sumPer(increase(bookings, '6h'))} > 0`),
    for: '10m',
    severity: 'ticket',
    summary: 'Customers want to book and nobody succeeds',
    description:
      'At least ten refused attempts in six hours and no booking. Usual reasons: wrong opening hours, no capacity, a model that calls the tool wrongly.',
  },
  {
    name: 'ValeraEventsNotStored',
    component: 'database',
    expr: `${sumPer(increase(series('dialog_event_failures_total'), '1h'))} > 0`,
    for: '1m',
    severity: 'ticket',
    summary: 'Analytics events are lost',
    description: 'Answers go on, but the figures of the business have a hole.',
  },
];
