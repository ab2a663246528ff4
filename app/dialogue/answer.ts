import type { Database } from '../db/connect.ts';
import type { BookingResult } from '../booking/create.ts';
import { isAppError } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import { buildPrompt } from '../llm/prompt.ts';
import type { Answer, Reply, Turn } from '../lanes/turn.ts';
import type { Steps } from '../lanes/steps.ts';
import type { OutboxDraft } from '../outbox/append.ts';
import type { Incoming, Sender } from '../telegram/incoming.ts';
import { renderMarkdown } from '../telegram/markdown.ts';
import { buildNotice } from '../telegram/notice.ts';
import { splitRichText } from '../telegram/split.ts';
import { describeHours, localNow } from '../workshop/hours.ts';
import type { Workshop } from '../workshop/types.ts';
import type { Converse } from './converse.ts';
import { erasePerson, keptBookings } from './erase.ts';
import { readHistory, type HistoryMessage } from './history.ts';
import { forgotten, modelFailedAfterBooking, TEXTS } from './texts.ts';
import type { CreateTurnTools } from './tools.ts';

type Deps = Readonly<{
  db: Database;
  botId: number;
  workshop: Workshop;
  managerChatId: number;
  converse: Converse;
  turnTools: CreateTurnTools;
  historyMessages: number;
  logger: Logger;
}>;
type Spoken = Exclude<Incoming, { kind: 'ignored' }>;
type Customer = Readonly<{ chatId: number; sender: Sender; at: Date }>;
type Context = Readonly<{ steps: Steps; signal: AbortSignal }>;

const SILENT: Reply = { outcome: 'silent', outbox: [], events: [] };

const answerTo = (chatId: number, markdown: string): OutboxDraft[] => splitRichText(renderMarkdown(markdown)).map((text) => ({ chatId, kind: 'answer', text }));

const say = (chatId: number, text: string): Reply => ({ outcome: 'answered', assistantText: text, outbox: answerTo(chatId, text), events: [] });

const spokenOf = (turn: Turn): Spoken[] => turn.inputs.flatMap(({ incoming }) => (incoming.kind === 'ignored' ? [] : [incoming]));

const bookedBy = (steps: Steps): Extract<BookingResult, { ok: true }> | undefined => (steps.effects() as BookingResult[]).findLast((result) => result.ok);

/** The use cases of a turn: welcome, answer through the model, and the fixed sentences for all the rest. */
export const createAnswer = ({ db, botId, workshop, managerChatId, converse, turnTools, historyMessages, logger }: Deps): Answer => {
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

  const promptOf = (turn: Turn, at: Date, history: readonly HistoryMessage[]) => {
    const company = { name: workshop.name, address: workshop.address, phone: workshop.phone, hours: describeHours(workshop), consent: workshop.consent };
    return (done: readonly unknown[]) => buildPrompt({ rules: workshop.prompt, company, now: localNow(workshop, at), history, texts: turn.texts, done });
  };

  // The customer is told the truth, and a person gets the question: nobody is left with a machine that cannot answer.
  const apologise = (turn: Turn, { chatId, sender }: Customer, { steps, alreadyTold }: { steps: Steps; alreadyTold: boolean }): Reply => {
    const booked = bookedBy(steps);
    // during an outage the group would read the same of every message, and bookings would wait behind it
    if (alreadyTold && !booked) return say(chatId, TEXTS.modelStillFailing);
    const text = booked ? modelFailedAfterBooking(booked.number, booked.wished) : TEXTS.modelFailed;
    const lines = [['Клиент', [sender.name, sender.username && `@${sender.username}`].filter(Boolean).join(', ') || `чат ${chatId}`]] as const;
    const notice = buildNotice({ title: 'Бот не смог ответить клиенту', lines, quote: turn.texts.join('\n'), footer: 'Ответьте клиенту сами.' });
    const reply = say(chatId, text);
    return {
      ...reply,
      outbox: [...reply.outbox.map((draft) => ({ ...draft, kind: 'apology' as const })), { chatId: managerChatId, kind: 'notice', text: notice }],
    };
  };

  const converseWith = async (turn: Turn, customer: Customer, { steps, signal }: Context): Promise<Reply> => {
    const history = await readHistory(db, { laneKey: turn.lane.key, upTo: turn.historyUpTo, limit: historyMessages });
    const prompt = promptOf(turn, customer.at, history);
    const runTool = turnTools({ turn, sender: customer.sender, at: customer.at, steps });
    try {
      return say(customer.chatId, await converse({ prompt, steps, signal, runTool }));
    } catch (error) {
      signal.throwIfAborted();
      if (!isAppError(error, 'MODEL_UNAVAILABLE') && !isAppError(error, 'MODEL_ANSWER_INVALID')) throw error;
      logger.error({ code: error.code, error: error.message }, 'no answer from the model; the customer and a manager were told');
      const lastAnswer = history.findLast(({ role }) => role === 'assistant')?.text;
      return apologise(turn, customer, { steps, alreadyTold: lastAnswer === TEXTS.modelFailed || lastAnswer === TEXTS.modelStillFailing });
    }
  };

  return async (turn, context) => {
    const spoken = spokenOf(turn);
    const last = spoken.at(-1);
    if (!last) return SILENT;
    const customer = { chatId: last.chatId, sender: last.sender, at: turn.inputs.at(-1)?.receivedAt ?? new Date(0) };
    if (last.kind === 'command') return last.name === 'start' ? welcome(turn, customer) : forget(turn, customer);
    if (turn.texts.length > 0) return converseWith(turn, customer, context);
    return spoken.some(({ kind }) => kind === 'unsupported') ? say(last.chatId, TEXTS.unsupported) : SILENT;
  };
};
