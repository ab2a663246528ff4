import type { EventDraft } from '../analytics/events.ts';
import type { Transaction } from '../db/connect.ts';
import type { OutboxDraft } from '../outbox/append.ts';
import type { Incoming } from '../telegram/incoming.ts';
import type { Lane } from './lane.ts';
import type { Steps } from './steps.ts';

export type TurnInput = Readonly<{ seq: number; incoming: Incoming; requestId: string | undefined; traceparent: string | undefined; receivedAt: Date }>;

/** What one answer is given to: frozen before any work, the same after every takeover. */
export type Turn = Readonly<{
  /** `<lane>#<first open seq>` */
  id: string;
  lane: Lane;
  inputs: readonly TurnInput[];
  /** The customer's texts of this turn, oldest first, as stored. */
  texts: readonly string[];
  /** Messages of the lane with an id up to this one came before. */
  historyUpTo: number;
}>;

type TurnOutcome = 'answered' | 'silent' | 'limited';

/** What a turn wants committed. */
export type Reply = Readonly<{
  outcome: TurnOutcome;
  /** More work of the same transaction, before anything of the reply is written. */
  alongside?: ((trx: Transaction) => Promise<void>) | undefined;
  assistantText?: string | undefined;
  outbox: readonly OutboxDraft[];
  /** Messages that only the commit's transaction can know; they follow those of `outbox`. */
  late?: ((trx: Transaction) => Promise<readonly OutboxDraft[]>) | undefined;
  events: readonly EventDraft[];
  /**
   * Asked by the commit under the lane’s lock, before anything is written: what is committed instead because something has happened since
   * the reply was made; undefined = the reply stands.
   */
  instead?: ((trx: Transaction, reply: Reply) => Promise<Reply | undefined>) | undefined;
  /** What kept the model from answering; the reply is an apology then. */
  failure?: Error | undefined;
}>;

/** The dialogue: pure towards the lane tables, repeatable through `steps`. `signal` aborts when the lane or the process is lost. */
export type Answer = (turn: Turn, context: Readonly<{ steps: Steps; signal: AbortSignal }>) => Promise<Reply>;
