import type { Database } from '../db/connect.ts';
import type { Answer, Reply, Turn } from '../lanes/turn.ts';
import type { Incoming } from '../telegram/incoming.ts';
import type { Workshop } from '../workshop/types.ts';
import type { Consult } from './consult.ts';
import { erasePerson, keptBookings } from './erase.ts';
import { say, SILENT, type Customer } from './reply.ts';
import { forgotten, TEXTS } from './texts.ts';

type Deps = Readonly<{ db: Database; botId: number; workshop: Workshop; consult: Consult }>;
type Spoken = Exclude<Incoming, { kind: 'ignored' }>;

const spokenOf = (turn: Turn): Spoken[] => turn.inputs.flatMap(({ incoming }) => (incoming.kind === 'ignored' ? [] : [incoming]));

/** Which use case a turn is: welcome, erasure, consultation, or a fixed sentence. */
export const createAnswer = ({ db, botId, workshop, consult }: Deps): Answer => {
  const welcome = (turn: Turn, { chatId, sender }: Customer): Reply => ({
    ...say(chatId, workshop.welcome),
    events: [
      { name: 'greeting_sent', telegramUserId: sender.userId, key: `greeting:${turn.id}`, properties: { user_id: sender.userId, template_used: 'welcome' } },
    ],
  });

  const forget = async (turn: Turn, { chatId, sender }: Customer): Promise<Reply> => {
    const person = { laneKey: turn.lane.key, botId, chatId, userId: sender.userId };
    return { ...say(chatId, forgotten(await keptBookings(db, sender.userId))), alongside: (trx) => erasePerson(trx, person) };
  };

  return async (turn, context) => {
    const spoken = spokenOf(turn);
    const last = spoken.at(-1);
    if (!last) return SILENT;
    const customer = { chatId: last.chatId, sender: last.sender, at: turn.inputs.at(-1)?.receivedAt ?? new Date(0) };
    if (last.kind === 'command') return last.name === 'start' ? welcome(turn, customer) : forget(turn, customer);
    if (turn.texts.length > 0) return consult(turn, customer, context);
    return spoken.some(({ kind }) => kind === 'unsupported') ? say(last.chatId, TEXTS.unsupported) : SILENT;
  };
};
