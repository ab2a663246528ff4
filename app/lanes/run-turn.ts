import type { Database } from '../db/connect.ts';
import { translating } from '../db/errors.ts';
import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../kit/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { withSpan } from '../observability/tracing.ts';
import { chatOfLane, type Lane } from './lane.ts';
import { openSteps } from './steps.ts';
import type { Answer, Reply, Turn } from './turn.ts';

type Deps = Readonly<{
  db: Database;
  gather: (lane: Lane) => Promise<Turn | undefined>;
  answer: Answer;
  /** Returns the reply that was committed. */
  commit: (turn: Turn, reply: Reply) => Promise<Reply>;
  wakeOutbox: () => void;
  /** A chat as it appears in logs. */
  alias: (chatId: number) => string;
  metrics: Metrics;
  clock: Clock;
  logger: Logger;
}>;

/** Gather → answer → commit, for one claimed lane. No connection is held while the dialogue awaits the model. */
export const createRunTurn = ({ db, gather, answer, commit, wakeOutbox, alias, metrics, clock, logger }: Deps) => {
  const runGathered = async (turn: Turn, signal: AbortSignal): Promise<void> => {
    const startedMs = clock.monotonicMs();
    const steps = await openSteps(db, turn);
    const made = await answer(turn, { steps, signal });
    signal.throwIfAborted();
    const reply = await commit(turn, made);
    if (reply.outbox.length > 0 || reply.late) wakeOutbox();
    const seconds = (clock.monotonicMs() - startedMs) / 1000;
    metrics.turnFinished(seconds, reply.outcome);
    const waitedMs = Date.now() - (turn.inputs[0]?.receivedAt.getTime() ?? Date.now());
    logger.info(
      {
        turn_id: turnLogId(turn),
        chat: alias(chatOfLane(turn.lane.key)),
        request_ids: turn.inputs.map((input) => input.requestId),
        updates: turn.inputs.length,
        outcome: reply.outcome,
        ms: Math.round(seconds * 1000),
        since_received_ms: waitedMs,
      },
      'turn done',
    );
  };

  return async (lane: Lane, signal: AbortSignal): Promise<void> =>
    translating(async () => {
      const turn = await gather(lane);
      if (!turn) return;
      const traceparent = turn.inputs[0]?.traceparent;
      await withSpan({ name: 'valera.turn', attributes: { 'valera.updates': turn.inputs.length }, kind: 'consumer', traceparent }, () =>
        runGathered(turn, signal),
      );
    });
};

/** A turn in logs: its inbox number alone, since the lane names a chat. */
const turnLogId = (turn: Turn): string => turn.id.slice(turn.id.indexOf('#') + 1);
