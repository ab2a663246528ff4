import { type Case, given, type Input } from '../given.ts';

const bookings = (outcome: 'created' | 'full', values: string): Input => given('bookings_total', { outcome }, values);

export const BOOKING_CASES = {
  ValeraBookingsRefused: {
    fires: [{ what: 'three refusals an hour, no booking', series: [bookings('full', '0+1x40'), bookings('created', '7x40')], interval: '20m', at: '8h' }],
    quiet: [{ what: 'refusals, and a booking now and then', series: [bookings('full', '0+1x40'), bookings('created', '0+0.1x40')], interval: '20m', at: '8h' }],
  },
  ValeraEventsNotStored: {
    fires: [{ what: 'one event is lost', series: [given('dialog_event_failures_total', {}, '0x10 1x30')], at: '14m' }],
    quiet: [{ what: 'none is lost', series: [given('dialog_event_failures_total', {}, '0x40')], at: '30m' }],
  },
} as const satisfies Record<string, Case>;
