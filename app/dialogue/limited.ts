import { unshownPhotos } from '../booking/photos.ts';
import type { Database } from '../db/connect.ts';
import type { Logger } from '../kit/logger.ts';
import { chatOfLane } from '../lanes/lane.ts';
import type { Steps } from '../lanes/steps.ts';
import type { Answer, Reply, Turn } from '../lanes/turn.ts';
import { decideLimit, type LimitDecision, type LimitName } from '../limits/decide-limit.ts';
import { readUsage, type Limits, type Usage } from '../limits/usage.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { OutboxDraft } from '../outbox/append.ts';
import type { Sender } from '../telegram/incoming.ts';
import { buildNotice, personOf } from '../telegram/notice.ts';
import { photosOf } from './manager-texts.ts';
import { say, type Customer } from './reply.ts';
import { withPhotos } from './show-photos.ts';

/** What a customer reads at a limit. */
export const LIMIT_TEXTS = {
  messages: 'Сообщений очень много, я за вами не успеваю. Подождите, пожалуйста, минуту и напишите ещё раз — одним сообщением.',
  budget: 'Сегодня ответить подробно не могу. Я передал ваш вопрос менеджеру, он свяжется с вами.',
  budgetAgain: 'Сегодня ответить подробно уже не смогу. Менеджер знает о вас и свяжется с вами.',
} as const;

type Deps = Readonly<{
  db: Database;
  limits: Limits;
  /** As the hand-overs themselves have it. */
  handoverReturnMs: number;
  timezone: string;
  managerChatId: number;
  metrics: Metrics;
  logger: Logger;
}>;
type Limited = Extract<LimitDecision, { kind: 'limited' }>;

const REASONS: Readonly<Record<Exclude<LimitName, 'customer_messages'>, string>> = {
  customer_tokens: 'исчерпан дневной лимит на одного клиента',
  instance_tokens: 'исчерпан общий дневной лимит бота',
  instance_cost: 'исчерпан дневной бюджет на ответы бота',
};

const QUIET: Reply = { outcome: 'limited', outbox: [], events: [] };

const senderOf = (turn: Turn): Sender | undefined => turn.inputs.flatMap(({ incoming }) => ('sender' in incoming ? [incoming.sender] : [])).at(-1);

const customerOf = (turn: Turn): Customer | undefined => {
  const sender = senderOf(turn);
  return sender && { chatId: chatOfLane(turn.lane.key), sender, at: turn.inputs.at(-1)?.receivedAt ?? new Date(0) };
};

const isOff = (limits: Limits): boolean =>
  [limits.customerMessages, limits.customerTokensPerDay, limits.instanceTokensPerDay, limits.instanceCostPerDay].every((limit) => limit === 0);

// What costs nothing is never limited: commands, groups, smoke tests, turns without anything to answer. Nor is what was begun: it may have
// booked already.
const isFree = (turn: Turn, steps: Steps): boolean =>
  steps.all().length > 0 || chatOfLane(turn.lane.key) <= 0 || turn.texts.length === 0 || turn.inputs.some(({ incoming }) => incoming.kind === 'command');

/**
 * Answers within the limits of a customer and of the whole instance; over them with a fixed sentence and outcome `limited`. What was written is
 * stored all the same, so that the next full answer knows it, and photos go where they would have gone. Decided from what was frozen with the turn: a takeover decides the same.
 */
export const createLimited = ({ db, limits, handoverReturnMs, timezone, managerChatId, metrics, logger }: Deps) => {
  const told = { messages: LIMIT_TEXTS.messages, budget: LIMIT_TEXTS.budget };

  const usageOf = (turn: Turn): Promise<Usage> => {
    const receivedAt = turn.inputs.map((input) => input.receivedAt);
    const { historyUpTo, texts } = turn;
    return readUsage(db, { laneKey: turn.lane.key, historyUpTo, receivedAt, texts: texts.length, told, handoverReturnMs, timezone }, limits);
  };

  const notice = (turn: Turn, reason: string): OutboxDraft => {
    const client = personOf(senderOf(turn) ?? {}, `чат ${chatOfLane(turn.lane.key)}`);
    const lines = [['Клиент', client] as const, ['Причина', reason] as const];
    const text = buildNotice({ title: 'Бот сегодня больше не отвечает клиенту', lines, quote: turn.texts.join('\n'), footer: 'Ответьте клиенту сами.' });
    return { chatId: managerChatId, kind: 'notice', text };
  };

  const replyTo = (turn: Turn, { limit, tell }: Limited): Reply => {
    const chatId = chatOfLane(turn.lane.key);
    if (limit === 'customer_messages') return tell ? { ...say(chatId, LIMIT_TEXTS.messages), outcome: 'limited' } : QUIET;
    if (!tell) return { ...say(chatId, LIMIT_TEXTS.budgetAgain), outcome: 'limited' };
    const reply = say(chatId, LIMIT_TEXTS.budget);
    return { ...reply, outcome: 'limited', outbox: [...reply.outbox, notice(turn, REASONS[limit])] };
  };

  // a series of single photos is what reaches a limit first, and a manager waits for them
  const showing = (reply: Reply, turn: Turn, handedOver: boolean): Reply => {
    const customer = customerOf(turn);
    if (!customer) return reply;
    if (!handedOver) return withPhotos(managerChatId, { turn, customer, reply });
    return { ...reply, late: (trx) => unshownPhotos(trx, { laneKey: turn.lane.key, managerChatId, caption: photosOf(customer.sender) }) };
  };

  return (answer: Answer): Answer => {
    if (isOff(limits)) return answer;
    return async (turn, context) => {
      if (isFree(turn, context.steps)) return answer(turn, context);
      const usage = await usageOf(turn);
      const decision = decideLimit(usage, limits);
      if (decision.kind === 'pass') return answer(turn, context);
      metrics.limitReached(decision.limit);
      const isInstance = decision.limit.startsWith('instance_');
      (isInstance ? logger.error : logger.info)({ limit: decision.limit, why: decision.message }, 'a limit was reached; the customer got a fixed sentence');
      const reply = replyTo(turn, decision);
      return decision.isFlood ? reply : showing(reply, turn, usage.handedOver);
    };
  };
};
