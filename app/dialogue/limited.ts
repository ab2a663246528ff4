import type { Database } from '../db/connect.ts';
import type { Logger } from '../kit/logger.ts';
import { chatOfLane } from '../lanes/lane.ts';
import type { Answer, Reply, Turn } from '../lanes/turn.ts';
import { decideLimit, type LimitDecision, type LimitName } from '../limits/decide-limit.ts';
import { readUsage, type Limits } from '../limits/usage.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { OutboxDraft } from '../outbox/append.ts';
import type { Sender } from '../telegram/incoming.ts';
import { buildNotice } from '../telegram/notice.ts';
import { say } from './reply.ts';

/** What a customer reads at a limit. */
export const LIMIT_TEXTS = {
  messages: 'Сообщений очень много, я не успеваю отвечать. Подождите, пожалуйста, минуту и напишите ещё раз — одним сообщением.',
  budget: 'Сегодня ответить подробно не могу. Я передал ваш вопрос менеджеру, он свяжется с вами.',
  budgetAgain: 'Сегодня ответить подробно уже не смогу. Менеджер знает о вас и свяжется с вами.',
} as const;

type Deps = Readonly<{ db: Database; limits: Limits; timezone: string; managerChatId: number; metrics: Metrics; logger: Logger }>;
type Limited = Extract<LimitDecision, { kind: 'limited' }>;

const REASONS: Readonly<Record<Exclude<LimitName, 'customer_messages'>, string>> = {
  customer_tokens: 'исчерпан дневной лимит на одного клиента',
  instance_tokens: 'исчерпан общий дневной лимит бота',
  instance_cost: 'исчерпан дневной бюджет на ответы бота',
};

const QUIET: Reply = { outcome: 'limited', outbox: [], events: [] };

const senderOf = (turn: Turn): Sender | undefined => turn.inputs.flatMap(({ incoming }) => ('sender' in incoming ? [incoming.sender] : [])).at(-1);

const isOff = (limits: Limits): boolean =>
  [limits.customerMessages, limits.customerTokensPerDay, limits.instanceTokensPerDay, limits.instanceCostPerDay].every((limit) => limit === 0);

// what costs nothing is never limited: commands, groups, smoke tests, turns without anything to answer
const isFree = (turn: Turn): boolean =>
  chatOfLane(turn.lane.key) <= 0 || turn.texts.length === 0 || turn.inputs.some(({ incoming }) => incoming.kind === 'command');

/**
 * Answers within the limits of a customer and of the whole instance; over them with a fixed sentence and outcome `limited`. What was written is
 * stored all the same, so that the next full answer knows it. Decided from what was frozen with the turn: a takeover decides the same.
 */
export const createLimited = ({ db, limits, timezone, managerChatId, metrics, logger }: Deps) => {
  const told = { messages: LIMIT_TEXTS.messages, budget: LIMIT_TEXTS.budget };

  const decide = async (turn: Turn): Promise<LimitDecision> => {
    const receivedAt = turn.inputs.map((input) => input.receivedAt);
    const facts = { laneKey: turn.lane.key, historyUpTo: turn.historyUpTo, receivedAt, texts: turn.texts.length, told, timezone };
    return decideLimit(await readUsage(db, facts, limits), limits);
  };

  const notice = (turn: Turn, reason: string): OutboxDraft => {
    const sender = senderOf(turn);
    const client = [sender?.name, sender?.username && `@${sender.username}`].filter(Boolean).join(', ') || `чат ${chatOfLane(turn.lane.key)}`;
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

  return (answer: Answer): Answer => {
    if (isOff(limits)) return answer;
    return async (turn, context) => {
      const decision: LimitDecision = isFree(turn) ? { kind: 'pass' } : await decide(turn);
      if (decision.kind === 'pass') return answer(turn, context);
      metrics.limitReached(decision.limit);
      const isInstance = decision.limit.startsWith('instance_');
      (isInstance ? logger.error : logger.info)({ limit: decision.limit, why: decision.message }, 'a limit was reached; the customer got a fixed sentence');
      return replyTo(turn, decision);
    };
  };
};
