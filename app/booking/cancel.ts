import type { Transaction } from '../db/connect.ts';
import { BookingModel } from '../db/models/booking.ts';
import type { ToolArguments } from '../llm/tools.ts';
import { currentTraceparent } from '../observability/tracing.ts';
import type { AppendOutbox } from '../outbox/append.ts';
import type { Workshop } from '../workshop/types.ts';
import { createChooser, type Chosen } from './choose.ts';
import { cancelNotice } from './notice.ts';
import type { BookingScope } from './request.ts';
import { isRefusal, type Refusal } from './result.ts';
import { findCancelled, findClient, lockBookings, markChanged } from './rows.ts';

export type CancelResult =
  | Readonly<{
      ok: true;
      did: 'cancelled';
      number: number;
      /** It was cancelled before; nobody was told again. */
      repeated: boolean;
    }>
  | Refusal;

export type CancelRequest = BookingScope & Readonly<{ args: ToolArguments['cancel_booking'] }>;

type Deps = Readonly<{ workshop: Workshop; managerChatId: number; appendOutbox: AppendOutbox }>;

const cancelled = (number: number, repeated: boolean): CancelResult => ({ ok: true, did: 'cancelled', number, repeated });

/** Cancels an open booking of the sender inside the caller's transaction, which holds the lane's lock; its place is free from the commit on. */
export const createCancel = ({ workshop, managerChatId, appendOutbox }: Deps) => {
  const chooser = createChooser(workshop);

  const cancelledBefore = async (trx: Transaction, { args, sender }: CancelRequest, { reason }: Refusal): Promise<BookingModel | undefined> => {
    const client = await findClient(trx, sender.userId);
    // without a number it must be clear which: the newest one, while no other is open
    if (!client || (args.number === undefined && reason !== 'none')) return undefined;
    return findCancelled(trx, { clientId: client.id, number: args.number });
  };

  const decide = async (trx: Transaction, request: CancelRequest): Promise<Chosen | CancelResult> => {
    const { args, sender, at } = request;
    const found = await chooser.choose(trx, { userId: sender.userId, number: args.number, at });
    if (!isRefusal(found)) return found;
    const before = await cancelledBefore(trx, request, found);
    return before ? cancelled(before.number, true) : found;
  };

  const write = async (trx: Transaction, { args, sender, turnId }: CancelRequest, { client, chosen }: Chosen): Promise<void> => {
    await BookingModel.query(trx).where({ id: chosen.booking.id }).patch({ status: 'cancelled' });
    await markChanged(trx, chosen.booking.id);
    const text = cancelNotice({ workshop, client, ...chosen, sender, reason: args.reason });
    await appendOutbox(trx, [{ chatId: managerChatId, kind: 'notice', text }], { turnId, traceparent: currentTraceparent() });
  };

  return {
    /** Cancels for real. */
    cancel: async (trx: Transaction, request: CancelRequest): Promise<CancelResult> => {
      await lockBookings(trx);
      const decided = await decide(trx, request);
      if ('ok' in decided) return decided;
      await write(trx, request, decided);
      return cancelled(decided.chosen.booking.number, false);
    },
    /** The same decision without any write. */
    rehearseCancel: async (trx: Transaction, request: CancelRequest): Promise<CancelResult> => {
      const decided = await decide(trx, request);
      return 'ok' in decided ? decided : cancelled(decided.chosen.booking.number, false);
    },
  };
};
