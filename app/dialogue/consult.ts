import type { BookingResult } from '../booking/create.ts';
import type { Database } from '../db/connect.ts';
import { isAppError } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import type { Steps } from '../lanes/steps.ts';
import type { Reply, Turn } from '../lanes/turn.ts';
import { buildPrompt } from '../llm/prompt.ts';
import { buildNotice } from '../telegram/notice.ts';
import { describeHours, localNow } from '../workshop/hours.ts';
import type { Workshop } from '../workshop/types.ts';
import type { Converse } from './converse.ts';
import { readHistory, type HistoryMessage } from './history.ts';
import { say, type Customer, type TurnContext } from './reply.ts';
import { modelFailedAfterBooking, TEXTS } from './texts.ts';
import type { CreateTurnTools } from './tools/run-tool.ts';

type Deps = Readonly<{
  db: Database;
  workshop: Workshop;
  managerChatId: number;
  converse: Converse;
  turnTools: CreateTurnTools;
  historyMessages: number;
  logger: Logger;
}>;

const bookedBy = (steps: Steps): Extract<BookingResult, { ok: true }> | undefined => (steps.effects() as BookingResult[]).findLast((result) => result.ok);

/** Answers a customer through the model and its tools; when the model cannot, with an honest sentence and a notice to the managers. */
export const createConsult = ({ db, workshop, managerChatId, converse, turnTools, historyMessages, logger }: Deps) => {
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

  return async (turn: Turn, customer: Customer, { steps, signal }: TurnContext): Promise<Reply> => {
    const history = await readHistory(db, { laneKey: turn.lane.key, upTo: turn.historyUpTo, limit: historyMessages });
    const prompt = promptOf(turn, customer.at, history);
    const runTool = turnTools({ turn, sender: customer.sender, at: customer.at, steps });
    const caller = { turnId: turn.id, laneKey: turn.lane.key, traceparent: turn.inputs.at(-1)?.traceparent };
    try {
      return say(customer.chatId, await converse({ caller, prompt, steps, signal, runTool }));
    } catch (error) {
      signal.throwIfAborted();
      if (!isAppError(error, 'MODEL_UNAVAILABLE') && !isAppError(error, 'MODEL_ANSWER_INVALID')) throw error;
      logger.error({ code: error.code, error: error.message }, 'no answer from the model; the customer and a manager were told');
      const lastAnswer = history.findLast(({ role }) => role === 'assistant')?.text;
      return apologise(turn, customer, { steps, alreadyTold: lastAnswer === TEXTS.modelFailed || lastAnswer === TEXTS.modelStillFailing });
    }
  };
};

export type Consult = ReturnType<typeof createConsult>;
