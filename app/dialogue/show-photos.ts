import { unshownPhotos } from '../booking/photos.ts';
import { rowsOf, type Transaction } from '../db/connect.ts';
import type { Reply, Turn } from '../lanes/turn.ts';
import type { OutboxDraft } from '../outbox/append.ts';
import { photosOf } from './manager-texts.ts';
import type { Customer } from './reply.ts';

const OPEN_BOOKING = `
SELECT number FROM booking JOIN client ON client.id = client_id WHERE telegram_user_id = :userId AND status IN ('new', 'confirmed')
ORDER BY number DESC LIMIT 1`;

/**
 * Shows the managers the photos of a turn that they are concerned with: its customer has an open booking, or the turn tells them something
 * anyway. Other photos wait for the booking or the hand-over that they belong to.
 */
export const withPhotos = (managerChatId: number, { turn, customer, reply }: Readonly<{ turn: Turn; customer: Customer; reply: Reply }>): Reply => {
  const tellsManagers = reply.outbox.some(({ chatId }) => chatId === managerChatId);
  if (!tellsManagers && !turn.inputs.some(({ incoming }) => incoming.kind === 'photo')) return reply;

  const show = async (trx: Transaction): Promise<readonly OutboxDraft[]> => {
    const earlier = (await reply.late?.(trx)) ?? [];
    const [booking] = await rowsOf<{ number: number }>(trx.raw(OPEN_BOOKING, { userId: customer.sender.userId }));
    if (!booking && !tellsManagers) return earlier;
    const caption = booking ? `Фото к заявке №${booking.number}` : photosOf(customer.sender);
    return [...earlier, ...(await unshownPhotos(trx, { laneKey: turn.lane.key, managerChatId, caption }))];
  };
  return { ...reply, late: show };
};
