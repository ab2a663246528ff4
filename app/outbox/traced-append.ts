import { currentTraceparent, withSpan } from '../observability/tracing.ts';
import type { AppendOutbox } from './append.ts';

/** Queueing as a producer span whose context goes with the messages: the sends that follow, in whatever process, are its children. */
export const traceAppend =
  (append: AppendOutbox): AppendOutbox =>
  (trx, drafts, origin) =>
    drafts.length === 0
      ? append(trx, drafts, origin)
      : withSpan(
          {
            name: 'valera.enqueue',
            kind: 'producer',
            attributes: { 'messaging.batch.message_count': drafts.length },
            traceparent: currentTraceparent() ?? origin.traceparent,
          },
          () => append(trx, drafts, { ...origin, traceparent: currentTraceparent() ?? origin.traceparent }),
        );
