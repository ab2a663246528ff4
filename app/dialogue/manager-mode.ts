import { unshownPhotos } from '../booking/photos.ts';
import { rowsOf, type Database } from '../db/connect.ts';
import { wordsOf } from '../lanes/customer-texts.ts';
import type { Reply, Turn } from '../lanes/turn.ts';
import type { RichText } from '../telegram/rich-text.ts';
import type { Handover, Handovers } from './hand-over.ts';
import { customerSays, customerSent, NOT_PASSED_ON, PASSED_ON, photosOf } from './manager-texts.ts';
import { say, SILENT, type Customer } from './reply.ts';

type Deps = Readonly<{ db: Database; managerChatId: number; handovers: Handovers }>;
/** `reader`: the transaction to read in, where there is one. */
type Led = Readonly<{ turn: Turn; customer: Customer; handover: Handover; reader?: Database }>;

const TOLD = `
SELECT 1 FROM message WHERE lane_key = :laneKey AND role = 'assistant' AND starts_with(text, :text) AND created_at >= :startedAt LIMIT 1`;

/** A customer's message while a manager leads the dialogue: it goes to the group, and no model is asked. */
export const createManagerMode = ({ db, managerChatId, handovers }: Deps) => {
  // once, and only while nobody has answered: after that the customer sees for themselves that a person is there
  const mustConfirm = async ({ turn, handover: { managerWrote, startedAt }, reader = db }: Led): Promise<boolean> => {
    if (managerWrote || turn.texts.length === 0) return false;
    return (await rowsOf(reader.raw(TOLD, { laneKey: turn.lane.key, text: PASSED_ON, startedAt }))).length === 0;
  };

  return async (led: Led): Promise<Reply> => {
    const { turn, customer, handover, reader } = led;
    const { chatId, sender } = customer;
    const replyTo = await handovers.threadOf(handover, reader);
    const words = turn.texts.filter((text) => wordsOf(text) !== '').join('\n\n');
    const media = turn.inputs.flatMap(({ incoming }) => (incoming.kind === 'unsupported' ? [incoming.what] : []));
    const notices: readonly RichText[] = [...customerSays(sender, words), ...(media.length > 0 ? [customerSent(sender, media)] : [])];
    const told = [...((await mustConfirm(led)) ? [PASSED_ON] : []), ...(media.length > 0 ? [NOT_PASSED_ON] : [])].join('\n\n');
    const reply = told === '' ? SILENT : say(chatId, told);
    return {
      ...reply,
      outbox: [...reply.outbox, ...notices.map((text) => ({ chatId: managerChatId, kind: 'notice', text, replyTo }) as const)],
      late: (trx) => unshownPhotos(trx, { laneKey: turn.lane.key, managerChatId, caption: photosOf(sender), replyTo }),
    };
  };
};

export type ManagerMode = ReturnType<typeof createManagerMode>;
