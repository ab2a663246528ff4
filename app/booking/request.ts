import type { Sender } from '../telegram/incoming.ts';

/** On whose behalf and in which turn; scope comes from the server: who acts is the sender of the update, whatever the model says. */
export type BookingScope = Readonly<{
  sender: Sender;
  turnId: string;
  laneKey: string;
  /** When the customer wrote, or now if that is later: wishes are read against it. */
  at: Date;
}>;
