import { describeDone } from '../booking/done.ts';
import type { Reply, Turn } from '../lanes/turn.ts';
import type { Handovers } from './hand-over.ts';
import type { ManagerMode } from './manager-mode.ts';
import { say, SILENT, type Customer, type TurnContext } from './reply.ts';

type Deps = Readonly<{ handovers: Handovers; managerMode: ManagerMode }>;

// they tell of an answer that nobody reads
const OF_THE_ANSWER: readonly string[] = ['service_suggested', 'ai_response_time'];

const isHandOver = (effect: unknown): boolean => (effect as { did?: unknown } | null)?.did === 'handed_over';

/**
 * The bot does not speak after a manager who took the dialogue while it was answering: of its answer only what it has really done is said,
 * and the customer's words go to the group. Asked by the commit, since until then a manager can come.
 */
export const createOvertaken =
  ({ handovers, managerMode }: Deps) =>
  (turn: Turn, customer: Customer, { steps }: Pick<TurnContext, 'steps'>): NonNullable<Reply['instead']> =>
  async (trx, reply) => {
    const handover = await handovers.takenOver(trx, turn);
    if (!handover) return undefined;
    const passedOn = await managerMode({ turn, customer, handover, reader: trx });
    const done = describeDone(steps.effects().filter((effect) => !isHandOver(effect)));
    const confirmation = done === '' ? SILENT : say(customer.chatId, done);
    const said = [done, passedOn.assistantText ?? ''].filter((text) => text !== '').join('\n\n');
    return {
      ...passedOn,
      outcome: said === '' ? 'silent' : 'answered',
      assistantText: said === '' ? undefined : said,
      outbox: [...confirmation.outbox, ...passedOn.outbox],
      events: reply.events.filter(({ name }) => !OF_THE_ANSWER.includes(name)),
      alongside: reply.alongside,
    };
  };
