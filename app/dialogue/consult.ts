import type { Database } from '../db/connect.ts';
import { AppError, isAppError } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import type { Steps } from '../lanes/steps.ts';
import type { Reply, Turn } from '../lanes/turn.ts';
import type { MaskOptions } from '../llm/mask.ts';
import { buildPrompt } from '../llm/prompt.ts';
import { describeHours, localNow } from '../workshop/hours.ts';
import type { Workshop } from '../workshop/types.ts';
import { collectFacts } from './answer-facts.ts';
import { checkAnswer } from './check-answer.ts';
import type { Converse } from './converse.ts';
import { readBooks, readClientName } from './books.ts';
import type { createFallback } from './fallback.ts';
import { readHistory, type HistoryMessage } from './history.ts';
import { privacyOf } from './privacy.ts';
import { say, type Customer, type TurnContext } from './reply.ts';
import { readSummary, type Summarise, type Summary } from './summary.ts';
import type { CreateTurnTools } from './tools/run-tool.ts';

type Deps = Readonly<{
  db: Database;
  workshop: Workshop;
  converse: Converse;
  summarise: Summarise;
  fallback: ReturnType<typeof createFallback>;
  turnTools: CreateTurnTools;
  historyMessages: number;
  logger: Logger;
}>;

type Past = Readonly<{ summary: Summary | undefined; history: readonly HistoryMessage[] }>;

/** Answers a customer through the model and its tools; when the model cannot, with an honest sentence and a notice to the managers. */
export const createConsult = ({ db, workshop, converse, summarise, fallback, turnTools, historyMessages, logger }: Deps) => {
  const privacy = privacyOf(workshop);

  const readPast = async (turn: Turn): Promise<Past> => {
    const summary = await readSummary(db, turn);
    const history = await readHistory(db, { laneKey: turn.lane.key, after: summary?.upTo ?? 0, upTo: turn.historyUpTo, limit: historyMessages });
    return { summary, history };
  };

  const promptOf = (turn: Turn, at: Date, { summary, history }: Past) => {
    const company = { name: workshop.name, address: workshop.address, phone: workshop.phone, hours: describeHours(workshop), consent: workshop.consent };
    const parts = { rules: workshop.prompt, company, now: localNow(workshop, at), summary: summary?.text, history, texts: turn.texts };
    return (done: readonly unknown[]) => buildPrompt({ ...parts, done });
  };

  const checkOf = (turn: Turn, { customer, past, steps }: Readonly<{ customer: Customer; past: Past; steps: Steps }>): Parameters<Converse>[0]['check'] => {
    const of = { laneKey: turn.lane.key, upTo: turn.historyUpTo, userId: customer.sender.userId };
    return async (answer, toolResults) =>
      checkAnswer(
        answer,
        workshop,
        collectFacts({ books: await readBooks(db, of), history: past.history, texts: turn.texts, effects: steps.effects(), toolResults }),
      );
  };

  const maskOf = async ({ sender }: Customer): Promise<MaskOptions> => {
    const names = [sender.name, sender.username, await readClientName(db, sender.userId)];
    return { ...privacy, names: names.filter((name) => name !== undefined) };
  };

  return async (turn: Turn, customer: Customer, { steps, signal }: TurnContext): Promise<Reply> => {
    const past = await readPast(turn);
    const mask = await maskOf(customer);
    const caller = { turnId: turn.id, laneKey: turn.lane.key, traceparent: turn.inputs.at(-1)?.traceparent };
    const runTool = turnTools({ turn, sender: customer.sender, at: customer.at, steps });
    const check = checkOf(turn, { customer, past, steps });
    const scene = { turn, customer, steps, lastAnswer: past.history.findLast(({ role, author }) => role === 'assistant' && author === undefined)?.text };
    summarise({ turn, before: past.summary, mask, caller });
    try {
      const spoken = await converse({ caller, prompt: promptOf(turn, customer.at, past), steps, signal, runTool, mask, check });
      if (spoken.kind === 'said') return say(customer.chatId, spoken.text);
      return { ...fallback.answerRefused(scene, spoken.toolResults), failure: new AppError('MODEL_ANSWER_INVALID', 'an answer was kept back and not mended') };
    } catch (error) {
      signal.throwIfAborted();
      if (!isAppError(error, 'MODEL_UNAVAILABLE') && !isAppError(error, 'MODEL_ANSWER_INVALID')) throw error;
      logger.error({ code: error.code, error: error.message }, 'no answer from the model; the customer and a manager were told');
      return { ...fallback.modelFailed(scene), failure: error };
    }
  };
};

export type Consult = ReturnType<typeof createConsult>;
