import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Registry } from 'prom-client';
import type { LabelValue } from '../../monitoring/catalog.ts';
import { createInstruments } from './instruments.ts';

type UpdateOutcome = LabelValue<'telegram_updates_total', 'outcome'>;
type SendOutcome = LabelValue<'telegram_send_total', 'outcome'>;
type TurnOutcome = LabelValue<'turn_duration_seconds', 'outcome'>;
type ModelOutcome = LabelValue<'ai_requests_total', 'outcome'>;
type TokenKind = LabelValue<'ai_tokens_total', 'kind'>;
type LimitName = LabelValue<'limit_reached_total', 'limit'>;
type AnswerCheck = LabelValue<'ai_answer_checks_total', 'outcome'>;
type HandoverReason = LabelValue<'handovers_total', 'reason'>;
type BookingOutcome = LabelValue<'bookings_total', 'outcome'>;
export type DialogEvent = LabelValue<'dialog_events_total', 'event'>;
type SecurityKind = LabelValue<'security_events_total', 'kind'>;

type Reading<T> = () => T | Promise<T>;
/** What is read when somebody asks for the metrics. A source that fails or answers NaN leaves its gauge without a value; the others are shown. */
export type QueueSources = Readonly<{
  oldestOpenSeconds: Reading<number>;
  laneDepth: Reading<number>;
  outboxOldestSeconds: Reading<number>;
  bookingNoticeAgeSeconds: Reading<number>;
  poolUsed: Reading<Readonly<Record<'web' | 'worker', number>>>;
  poolWaiting: Reading<Readonly<Record<'web' | 'worker', number>>>;
}>;

export type HttpRequestFacts = Readonly<{ route: string; method: string; status: number; seconds: number }>;
export type ModelCallFacts = Readonly<{ provider: string; outcome: ModelOutcome; seconds: number }>;

// The delay is sampled by a timer of this period, which is part of what the histogram records.
const LAG_RESOLUTION_MS = 10;
const MICRO = 1_000_000;

const readLagSeconds = (histogram: ReturnType<typeof monitorEventLoopDelay>): number => {
  const lagMs = histogram.count === 0 ? 0 : Math.max(0, histogram.max / 1e6 - LAG_RESOLUTION_MS);
  histogram.reset();
  return lagMs / 1000;
};

/** The verbs by which the app counts. Each instance has its own registry, so two apps in one process do not share figures. */
export const createMetrics = () => {
  const registry = new Registry();
  const { counter, gauge, histogram } = createInstruments(registry);
  const eventLoop = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  eventLoop.enable();

  const httpRequests = counter('http_requests_total');
  const httpSeconds = histogram('http_request_duration_seconds');
  const updates = counter('telegram_updates_total');
  const sends = counter('telegram_send_total');
  const floodWaits = histogram('telegram_flood_wait_seconds');
  const laneRepairs = counter('lane_repairs_total');
  const outboxDeaths = counter('outbox_dead_total');
  const turns = histogram('turn_duration_seconds');
  const modelCalls = counter('ai_requests_total');
  const modelSeconds = histogram('ai_request_duration_seconds');
  const firstChunks = histogram('ai_first_chunk_seconds');
  const breakers = gauge('ai_breaker_state');
  const costs = counter('ai_cost_micro_total');
  const costLimit = gauge('ai_cost_limit_micro');
  const recordFailures = counter('llm_record_failures_total');
  const limits = counter('limit_reached_total');
  const tokens = counter('ai_tokens_total');
  const answerChecks = counter('ai_answer_checks_total');
  const bookings = counter('bookings_total');
  const handovers = counter('handovers_total');
  const events = counter('dialog_events_total');
  const eventFailures = counter('dialog_event_failures_total');
  const securityEvents = counter('security_events_total');
  const queueGauges = {
    oldestOpenSeconds: gauge('inbox_oldest_open_seconds'),
    laneDepth: gauge('lane_depth'),
    outboxOldestSeconds: gauge('outbox_oldest_seconds'),
    bookingNoticeAgeSeconds: gauge('booking_notice_age_seconds'),
    poolUsed: gauge('db_pool_used'),
    poolWaiting: gauge('db_pool_waiting'),
  };
  gauge('nodejs_eventloop_lag_seconds').read(() => readLagSeconds(eventLoop));

  return {
    updateReceived: (outcome: UpdateOutcome): void => updates.add({ outcome }),
    sendFinished: (method: string, outcome: SendOutcome): void => sends.add({ method, outcome }),
    floodWait: (seconds: number): void => floodWaits.observe({}, seconds),
    turnFinished: (seconds: number, outcome: TurnOutcome): void => turns.observe({ outcome }, seconds),
    laneRepaired: (count = 1): void => laneRepairs.add({}, count),
    /** Shows the figures of a configured provider at 0, or its first failure would be seen by nobody. */
    modelExpected: (provider: string): void => {
      modelCalls.expect({ provider });
      costs.expect({ provider });
    },
    modelFinished: ({ provider, outcome, seconds }: ModelCallFacts): void => {
      modelCalls.add({ provider, outcome });
      modelSeconds.observe({ provider }, seconds);
    },
    modelFirstChunk: ({ provider, seconds }: Readonly<{ provider: string; seconds: number }>): void => firstChunks.observe({ provider }, seconds),
    modelCost: ({ provider, micro }: Readonly<{ provider: string; micro: number }>): void => costs.add({ provider }, micro),
    /** 0: there is none. */
    costLimited: (perDay: number): void => costLimit.read(() => (perDay === 0 ? Number.NaN : perDay * MICRO)),
    modelRecordFailed: (): void => recordFailures.add({}),
    /** Provider → 0 closed, 1 half-open, 2 open. */
    observeBreakers: (source: Reading<Readonly<Record<string, number>>>): void => breakers.readEach('provider', source),
    limitReached: (limit: LimitName): void => limits.add({ limit }),
    modelTokens: (kind: TokenKind, count: number): void => tokens.add({ kind }, count),
    answerChecked: (outcome: AnswerCheck): void => answerChecks.add({ outcome }),
    bookingFinished: (outcome: BookingOutcome): void => bookings.add({ outcome }),
    handedOver: (reason: HandoverReason): void => handovers.add({ reason }),
    eventStored: (event: DialogEvent): void => events.add({ event }),
    eventFailed: (): void => eventFailures.add({}),
    httpFinished: ({ route, method, status, seconds }: HttpRequestFacts): void => {
      httpRequests.add({ route, method, status: String(status) });
      httpSeconds.observe({ route, method }, seconds);
    },
    securityEvent: (kind: SecurityKind): void => securityEvents.add({ kind }),
    outboxDead: (): void => outboxDeaths.add({}),
    observeQueues: (sources: QueueSources): void => {
      queueGauges.oldestOpenSeconds.read(sources.oldestOpenSeconds);
      queueGauges.laneDepth.read(sources.laneDepth);
      queueGauges.outboxOldestSeconds.read(sources.outboxOldestSeconds);
      queueGauges.bookingNoticeAgeSeconds.read(sources.bookingNoticeAgeSeconds);
      queueGauges.poolUsed.readEach('pool', sources.poolUsed);
      queueGauges.poolWaiting.readEach('pool', sources.poolWaiting);
    },
    /** Prometheus text format. */
    render: (): Promise<string> => registry.metrics(),
    contentType: registry.contentType as string,
  };
};

export type Metrics = Readonly<ReturnType<typeof createMetrics>>;
