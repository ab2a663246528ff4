import { AVAILABILITY_CASES } from './cases/availability.ts';
import { BOOKING_CASES } from './cases/booking.ts';
import { MESSAGE_CASES } from './cases/messages.ts';
import { MODEL_CASES } from './cases/model.ts';
import { PROCESS_CASES } from './cases/process.ts';
import type { Case } from './given.ts';

/** For each alert what makes it fire and what does not. */
export const CASES: Readonly<Record<string, Case>> = { ...AVAILABILITY_CASES, ...MESSAGE_CASES, ...MODEL_CASES, ...BOOKING_CASES, ...PROCESS_CASES };
