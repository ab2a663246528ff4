import { unshownPhotos } from '../booking/photos.ts';
import { rowsOf, type Database } from '../db/connect.ts';
import { wordsOf } from '../lanes/customer-texts.ts';
import type { Reply, Turn } from '../lanes/turn.ts';
import type { OutboxDraft } from '../outbox/append.ts';
import type { Handover } from './hand-over.ts';
import { customerSays, PASSED_ON, photosOf } from './manager-texts.ts';
import { say, SILENT, type Customer } from './reply.ts';

type Deps = Readonly<{ db: Database; botId: number; managerChatId: number }>;

const THREAD = `
SELECT message_id AS "messageId" FROM outbox
WHERE bot_id = :botId AND chat_id = :managerChatId AND kind = 'notice' AND turn_id = :turnId AND message_id IS NOT NULL ORDER BY seq LIMIT 1`;
const TOLD = `SELECT 1 FROM message WHERE lane_key = :laneKey AND role = 'assistant' AND text = :text AND created_at >= :startedAt LIMIT 1`;

/** A customer's message while a manager leads the dialogue: it goes to the group, and no model is asked. */
export const createManagerMode = ({ db, botId, managerChatId }: Deps) => {
  /** The message of the group that the hand-over began with, as soon as Telegram has numbered it. */
  const threadOf = async ({ turnId }: Handover): Promise<number | undefined> =>
    (await rowsOf<{ messageId: number }>(db.raw(THREAD, { botId, managerChatId, turnId })))[0]?.messageId;

  // once, and only while nobody has answered: after that the customer sees for themselves that a person is there
  const mustConfirm = async (turn: Turn, { managerWrote, startedAt }: Handover): Promise<boolean> => {
    if (managerWrote) return false;
    return (await rowsOf(db.raw(TOLD, { laneKey: turn.lane.key, text: PASSED_ON, startedAt }))).length === 0;
  };

  return async (turn: Turn, { chatId, sender }: Customer, handover: Handover): Promise<Reply> => {
    const replyTo = await threadOf(handover);
    const words = turn.texts.filter((text) => wordsOf(text) !== '').join('\n\n');
    const notices = customerSays(sender, words).map((text): OutboxDraft => ({ chatId: managerChatId, kind: 'notice', text, replyTo }));
    const confirmation = (await mustConfirm(turn, handover)) ? say(chatId, PASSED_ON) : SILENT;
    return {
      ...confirmation,
      outbox: [...confirmation.outbox, ...notices],
      late: (trx) => unshownPhotos(trx, { laneKey: turn.lane.key, managerChatId, caption: photosOf(sender), replyTo }),
    };
  };
};

export type ManagerMode = ReturnType<typeof createManagerMode>;
