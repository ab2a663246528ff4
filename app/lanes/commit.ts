import type { EventDraft } from '../analytics/events.ts';
import type { Database, Transaction } from '../db/connect.ts';
import { storableText } from '../kit/text.ts';
import type { AppendOutbox } from '../outbox/append.ts';
import { currentTraceparent } from '../observability/tracing.ts';
import { inLane, releaseLane } from './lane.ts';
import type { Reply, Turn } from './turn.ts';

type Deps = Readonly<{ db: Database; appendOutbox: AppendOutbox; storeEvents: (trx: Transaction, events: readonly EventDraft[]) => Promise<void> }>;

// an update whose text a later one of the same turn replaced was not answered itself
const supersededSeqs = ({ inputs }: Turn): number[] => {
  const newest = new Map<number, number>();
  const worded = inputs.flatMap(({ seq, incoming }) => (incoming.kind === 'text' || incoming.kind === 'photo' ? [{ seq, id: incoming.messageId }] : []));
  for (const { seq, id } of worded) newest.set(id, seq);
  return worded.filter(({ seq, id }) => newest.get(id) !== seq).map(({ seq }) => seq);
};

const closeInputs = async (trx: Transaction, turn: Turn, outcome: string): Promise<void> => {
  const superseded = supersededSeqs(turn);
  const close = 'UPDATE inbox SET outcome = ?, done_at = clock_timestamp() WHERE seq = ANY(?)';
  await trx.raw(close, [outcome, turn.inputs.map(({ seq }) => seq).filter((seq) => !superseded.includes(seq))]);
  if (superseded.length > 0) await trx.raw(close, ['superseded', superseded]);
};

/** The last transaction of a turn: answer, outbox, events, inputs done, lane free — all or nothing. Returns the reply that was committed. */
export const createCommit =
  ({ db, appendOutbox, storeEvents }: Deps) =>
  async (turn: Turn, made: Reply): Promise<Reply> =>
    inLane(db, turn.lane, async (trx) => {
      const reply = (await made.instead?.(trx, made)) ?? made;
      await reply.alongside?.(trx);
      if (reply.assistantText !== undefined) {
        await trx('message').insert({ lane_key: turn.lane.key, role: 'assistant', turn_id: turn.id, text: storableText(reply.assistantText) });
      }
      await storeEvents(trx, reply.events);
      const late = (await reply.late?.(trx)) ?? [];
      await appendOutbox(trx, [...reply.outbox, ...late], { turnId: turn.id, traceparent: currentTraceparent() ?? turn.inputs.at(-1)?.traceparent });
      await closeInputs(trx, turn, reply.outcome);
      await releaseLane(trx, turn.lane, { attempts: 0 });
      return reply;
    });
