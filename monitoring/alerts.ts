import type { AlertRow } from './alert.ts';
import { AVAILABILITY_ALERTS } from './alerts/availability.ts';
import { BOOKING_ALERTS } from './alerts/booking.ts';
import { MESSAGE_ALERTS } from './alerts/messages.ts';
import { MODEL_ALERTS } from './alerts/model.ts';
import { PROCESS_ALERTS } from './alerts/process.ts';

/** Every alert there is. Rules, documentation and the tests of both are made from it. */
export const ALERTS: readonly AlertRow[] = [...AVAILABILITY_ALERTS, ...MESSAGE_ALERTS, ...MODEL_ALERTS, ...BOOKING_ALERTS, ...PROCESS_ALERTS];
