import type { Database, Transaction } from '../db/connect.ts';
import { chatOfLane } from '../lanes/lane.ts';
import type { Answer, Reply, Turn } from '../lanes/turn.ts';
import { eraseAbout } from '../outbox/origin.ts';
import type { Incoming } from '../telegram/incoming.ts';
import type { Workshop } from '../workshop/types.ts';
import type { Consult } from './consult.ts';
import { erasePerson, keptBookings } from './erase.ts';
import type { Handovers } from './hand-over.ts';
import type { ManagerMode } from './manager-mode.ts';
import type { Managers } from './managers.ts';
import { createNoteMembership } from './membership.ts';
import { createOvertaken } from './overtaken.ts';
import { say, SILENT, type Customer, type TurnContext } from './reply.ts';
import { withPhotos } from './show-photos.ts';
import { forgotten, TEXTS } from './texts.ts';

type Deps = Readonly<{
  db: Database;
  botId: number;
  managerChatId: number;
  workshop: Workshop;
  consult: Consult;
  handovers: Handovers;
  managerMode: ManagerMode;
  managers: Managers;
}>;
type Spoken = Exclude<Incoming, { kind: 'ignored' | 'group' | 'membership' }>;

const spokenOf = (turn: Turn): Spoken[] => turn.inputs.flatMap(({ incoming }) => ('sender' in incoming ? [incoming] : []));

/** Which use case a turn is: welcome, erasure, consultation, a manager’s business, or a fixed sentence. */
export const createAnswer = ({ db, botId, managerChatId, workshop, consult, handovers, managerMode, managers }: Deps): Answer => {
  const noteMembership = createNoteMembership({ db, botId });
  const overtaken = createOvertaken({ handovers, managerMode });

  const forget = async (turn: Turn, { chatId, sender }: Customer): Promise<Reply> => {
    const person = { laneKey: turn.lane.key, botId, chatId, userId: sender.userId };
    const erase = async (trx: Transaction): Promise<void> => {
      await erasePerson(trx, person);
      await eraseAbout(trx, person);
    };
    return { ...say(chatId, forgotten(await keptBookings(db, sender.userId))), alongside: erase };
  };

  const speak = async (turn: Turn, customer: Customer, context: TurnContext): Promise<Reply> => {
    if (turn.texts.length === 0) return say(customer.chatId, TEXTS.unsupported);
    return withPhotos(managerChatId, { turn, customer, reply: await consult(turn, customer, context) });
  };

  const converse = async (turn: Turn, customer: Customer, context: TurnContext): Promise<Reply> => {
    const handover = await handovers.inForce(turn, customer, context.steps);
    if (handover) return managerMode({ turn, customer, handover });
    return { ...(await speak(turn, customer, context)), instead: overtaken(turn, customer, context) };
  };

  const toCustomer = async (turn: Turn, context: TurnContext): Promise<Reply> => {
    const spoken = spokenOf(turn);
    const last = spoken.at(-1);
    if (!last) return SILENT;
    const customer = { chatId: last.chatId, sender: last.sender, at: turn.inputs.at(-1)?.receivedAt ?? new Date(0) };
    if (last.kind === 'command') return last.name === 'start' ? say(last.chatId, workshop.welcome) : forget(turn, customer);
    const isSilent = turn.texts.length === 0 && spoken.every(({ kind }) => kind !== 'unsupported');
    return isSilent ? SILENT : converse(turn, customer, context);
  };

  return async (turn, context) => {
    await noteMembership(turn);
    return chatOfLane(turn.lane.key) < 0 ? managers(turn) : toCustomer(turn, context);
  };
};
