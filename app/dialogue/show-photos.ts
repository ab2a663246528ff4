import { unshownPhotos } from '../booking/photos.ts';
import { findClient, findOpenBookings } from '../booking/rows.ts';
import type { Transaction } from '../db/connect.ts';
import type { Reply, Turn } from '../lanes/turn.ts';
import type { OutboxDraft } from '../outbox/append.ts';
import { photosOf } from './manager-texts.ts';
import type { Customer } from './reply.ts';

/** The customer's newest booking whose time is not over. */
const openNumber = async (trx: Transaction, { sender, at }: Customer): Promise<number | undefined> => {
  const client = await findClient(trx, sender.userId);
  return client && (await findOpenBookings(trx, { clientId: client.id, at })).at(-1)?.booking.number;
};

/**
 * Shows the managers the photos of a turn that they are concerned with: its customer has an open booking, or the turn tells them something
 * anyway. Other photos wait for the booking or the hand-over that they belong to.
 */
export const withPhotos = (managerChatId: number, { turn, customer, reply }: Readonly<{ turn: Turn; customer: Customer; reply: Reply }>): Reply => {
  const tellsManagers = reply.outbox.some(({ chatId }) => chatId === managerChatId);
  if (!tellsManagers && !turn.inputs.some(({ incoming }) => incoming.kind === 'photo')) return reply;

  const show = async (trx: Transaction): Promise<readonly OutboxDraft[]> => {
    const earlier = (await reply.late?.(trx)) ?? [];
    const number = await openNumber(trx, customer);
    if (number === undefined && !tellsManagers) return earlier;
    const caption = number === undefined ? photosOf(customer.sender) : `Фото к заявке №${number}`;
    return [...earlier, ...(await unshownPhotos(trx, { laneKey: turn.lane.key, managerChatId, caption }))];
  };
  return { ...reply, late: show };
};
