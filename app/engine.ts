import { storeEvents } from './analytics/events.ts';
import { createBookings } from './booking/bookings.ts';
import { secretsOf, type Config } from './config.ts';
import type { Database } from './db/connect.ts';
import { translating } from './db/errors.ts';
import { createAnswer } from './dialogue/answer.ts';
import { createConsult } from './dialogue/consult.ts';
import { createConverse } from './dialogue/converse.ts';
import { createFallback } from './dialogue/fallback.ts';
import { createSummarise } from './dialogue/summary.ts';
import { createStorytelling } from './dialogue/events.ts';
import { createLimited } from './dialogue/limited.ts';
import { createBookingTools } from './dialogue/tools/bookings.ts';
import { createHandovers } from './dialogue/hand-over.ts';
import { createManagerMode } from './dialogue/manager-mode.ts';
import { createManagers } from './dialogue/managers.ts';
import { createSigns } from './dialogue/signs.ts';
import { createHandOverTool } from './dialogue/tools/hand-over.ts';
import { createPriceTool } from './dialogue/tools/prices.ts';
import { createTools } from './dialogue/tools/run-tool.ts';
import type { Background } from './kit/background.ts';
import { pseudonym } from './kit/ids.ts';
import type { Clock } from './kit/clock.ts';
import type { Logger } from './kit/logger.ts';
import { createCommit } from './lanes/commit.ts';
import { createGather } from './lanes/gather.ts';
import { createRunTurn } from './lanes/run-turn.ts';
import { createTellFailures } from './lanes/tell-failures.ts';
import { createModel } from './llm/model.ts';
import { createRecordCall } from './llm/record.ts';
import type { Metrics } from './observability/metrics.ts';
import { createRedactor } from './observability/redact.ts';
import type { AppendOutbox } from './outbox/append.ts';
import type { Telegram } from './telegram/client.ts';
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
  /** Whoever stops the process stops what goes on in it. */
  background: Background;
  wakeOutbox: () => void;
  /** Shows «печатает…» in a chat. */
  chatAction?: Telegram['chatAction'];
  metrics: Metrics;
  clock: Clock;
  logger: Logger;
}>;

// who only rehearses shows nothing to anybody
const noSign: Telegram['chatAction'] = () => Promise.resolve({ kind: 'shown' });

/** Where the managers' notices go. */
export const managerChatOf = (config: Config, workshop: Workshop): number => config.workshop.managerChatId ?? workshop.managerChatId;

/** How chats appear in logs: the same chat by the same letters, and nobody can tell which. */
export const aliasOf =
  ({ log }: Config) =>
  (chatId: number): string =>
    pseudonym(log.pseudonymKey, chatId);

/** Wires one turn from gather to commit; `serve` and `smoke` differ only in what they hand in. */
export const createEngine = ({
  config,
  db,
  workshop,
  read,
  appendOutbox,
  dryRun,
  wakeOutbox,
  chatAction = noSign,
  background,
  metrics,
  clock,
  logger,
}: EngineDeps) => {
  const managerChatId = managerChatOf(config, workshop);
  const { monotonicMs } = clock;
  const execute = (sql: string, bindings: Record<string, string | number | null>): Promise<unknown> => translating(() => db.raw(sql, bindings));
  const record = dryRun ? () => Promise.resolve() : createRecordCall(execute); // a smoke test leaves no row behind
  const model = createModel({ options: config.llm, record, metrics, clock, logger });
  const { botId } = config.telegram;
  const { handoverReturnMs } = config.people;
  const handovers = createHandovers({ db, botId, managerChatId, returnMs: handoverReturnMs, appendOutbox, metrics });
  const bookings = createBookings({ workshop, managerChatId, appendOutbox, metrics, monotonicMs });
  const handOverTool = createHandOverTool({ handovers, managerChatId, appendOutbox, dryRun });
  const turnTools = createTools({ ...createPriceTool(workshop), ...createBookingTools({ db, bookings, dryRun, metrics, clock }), ...handOverTool });
  const converse = createConverse({ model, maxSteps: config.llm.maxSteps, totalTimeoutMs: config.llm.totalTimeoutMs, metrics, clock, logger });
  const { historyMessages, summaryAfter: afterMessages, totalTimeoutMs } = config.llm;
  const summarise = createSummarise({ db, model, afterMessages, totalTimeoutMs, background, clock, logger });
  const fallback = createFallback({ managerChatId });
  const consult = createConsult({ db, workshop, converse, summarise, fallback, turnTools, historyMessages, logger });
  const { text: redact } = createRedactor(secretsOf(config));
  const tellingStory = createStorytelling({ db, workshop, metrics, clock, redact });
  metrics.costLimited(config.limits.instanceCostPerDay);
  const limited = createLimited({ db, limits: config.limits, handoverReturnMs, timezone: workshop.timezone, managerChatId, metrics, logger });
  const managerMode = createManagerMode({ db, managerChatId, handovers });
  const managers = createManagers({ db, botId, managerChatId, handovers });
  const signs = createSigns({ db, botId, chatAction, appendOutbox, wakeOutbox, times: config.people, metrics, clock, logger });
  const answering = createAnswer({ db, botId, managerChatId, workshop, consult, handovers, managerMode, managers });
  const answer = signs(limited(tellingStory(answering)));
  const gather = createGather({ db, read, times: config.lanes });
  const commit = createCommit({ db, appendOutbox, storeEvents: dryRun ? () => Promise.resolve() : (trx, events) => storeEvents(trx, events, metrics) });
  const run = createRunTurn({ db, gather, answer, commit, wakeOutbox, alias: aliasOf(config), metrics, clock, logger });
  return dryRun ? run : createTellFailures({ db, metrics, clock, redact })(run);
};
