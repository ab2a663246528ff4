import { storeEvents } from './analytics/events.ts';
import { createBooking } from './booking/create.ts';
import type { Config } from './config.ts';
import type { Database } from './db/connect.ts';
import { createAnswer } from './dialogue/answer.ts';
import { createConsult } from './dialogue/consult.ts';
import { createConverse } from './dialogue/converse.ts';
import { createBookingTools } from './dialogue/tools/bookings.ts';
import { createHandOverTool } from './dialogue/tools/hand-over.ts';
import { createPriceTool } from './dialogue/tools/prices.ts';
import { createTools } from './dialogue/tools/run-tool.ts';
import { pseudonym } from './kit/ids.ts';
import type { Clock } from './kit/clock.ts';
import type { Logger } from './kit/logger.ts';
import { createCommit } from './lanes/commit.ts';
import { createGather } from './lanes/gather.ts';
import { createRunTurn } from './lanes/run-turn.ts';
import { createOpenAiModel } from './llm/openai.ts';
import type { Metrics } from './observability/metrics.ts';
import type { AppendOutbox } from './outbox/append.ts';
import type { Incoming } from './telegram/incoming.ts';
import type { Workshop } from './workshop/types.ts';

export type EngineDeps = Readonly<{
  config: Config;
  db: Database;
  workshop: Workshop;
  read: (body: Uint8Array) => Incoming;
  appendOutbox: AppendOutbox;
  /** Bookings are checked and answered, but nothing is written. */
  dryRun: boolean;
  wakeOutbox: () => void;
  metrics: Metrics;
  clock: Clock;
  logger: Logger;
}>;

/** Where the managers' notices go. */
export const managerChatOf = (config: Config, workshop: Workshop): number => config.workshop.managerChatId ?? workshop.managerChatId;

/** How chats appear in logs: the same chat by the same letters, and nobody can tell which. */
export const aliasOf =
  ({ log }: Config) =>
  (chatId: number): string =>
    pseudonym(log.pseudonymKey, chatId);

/** Wires one turn from gather to commit; `serve` and `smoke` differ only in what they hand in. */
export const createEngine = ({ config, db, workshop, read, appendOutbox, dryRun, wakeOutbox, metrics, clock, logger }: EngineDeps) => {
  const managerChatId = managerChatOf(config, workshop);
  const { monotonicMs } = clock;
  const model = createOpenAiModel({ options: config.llm, metrics, clock, logger });
  const booking = createBooking({ workshop, managerChatId, appendOutbox, metrics, monotonicMs });
  const turnTools = createTools({ ...createPriceTool(workshop), ...createBookingTools({ booking, dryRun, metrics, clock }), ...createHandOverTool() });
  const converse = createConverse({ model, maxSteps: config.llm.maxSteps, totalTimeoutMs: config.llm.totalTimeoutMs, clock });
  const { historyMessages } = config.llm;
  const consult = createConsult({ db, workshop, managerChatId, converse, turnTools, historyMessages, logger });
  const answer = createAnswer({ db, botId: config.telegram.botId, workshop, consult });
  const gather = createGather({ db, read, times: config.lanes });
  const commit = createCommit({ db, appendOutbox, storeEvents: dryRun ? () => Promise.resolve() : (trx, events) => storeEvents(trx, events, metrics) });
  return createRunTurn({ db, gather, answer, commit, wakeOutbox, alias: aliasOf(config), metrics, clock, logger });
};
