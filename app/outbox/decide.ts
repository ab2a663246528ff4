import type { SendOutcome } from '../telegram/client.ts';
import type { OutboxKind } from './append.ts';

type RowState = 'pending' | 'sending' | 'sent' | 'unknown' | 'held' | 'dead';

/** An open row of a chat, in order. `dueInMs` ≤ 0: may be sent now. */
export type OpenRow = Readonly<{ id: number; seq: number; kind: OutboxKind; state: RowState; attempts: number; dueInMs: number }>;

export type Next =
  | Readonly<{ kind: 'send'; row: OpenRow }>
  | Readonly<{ kind: 'recover'; row: OpenRow }>
  | Readonly<{ kind: 'wait'; readyInMs: number }>
  | Readonly<{ kind: 'idle' }>;

// in the managers' group each notice stands alone; towards a customer a held row keeps its place
const stepsAside = (row: OpenRow): boolean => row.kind === 'notice' && row.state === 'held' && row.dueInMs > 0;

/** What a chat does next: strictly its first open row, whatever its state. */
export const decideNext = (rows: readonly OpenRow[]): Next => {
  const head = rows.find((row) => !stepsAside(row));
  if (!head) return rows.length === 0 ? { kind: 'idle' } : { kind: 'wait', readyInMs: Math.min(...rows.map((row) => row.dueInMs)) };
  if (head.state === 'sending') return { kind: 'recover', row: head }; // its sender died between request and record
  if (head.dueInMs <= 0) return { kind: 'send', row: head };
  return { kind: 'wait', readyInMs: Math.min(...rows.filter((row) => row === head || stepsAside(row)).map((row) => row.dueInMs)) };
};

export type Bucket = Readonly<{ capacity: number; perSecond: number }>;
/** `tokens` is what a bucket held `elapsedMs` ago; null = it was full. */
export type Level = Readonly<{ tokens: number | null; elapsedMs: number }>;
export type Spend = Readonly<{ ok: true; tokens: number }> | Readonly<{ ok: false; waitMs: number }>;

/** Takes a token per message (Telegram counts an album by its photos); what is more than the bucket can hold takes all it holds. */
export const spendTokens = ({ capacity, perSecond }: Bucket, { tokens, elapsedMs }: Level, messages: number): Spend => {
  const now = tokens === null ? capacity : Math.min(capacity, tokens + (Math.max(0, elapsedMs) * perSecond) / 1000);
  const cost = Math.min(Math.max(1, messages), capacity); // or an album larger than the bucket would wait for ever
  return now >= cost ? { ok: true, tokens: now - cost } : { ok: false, waitMs: Math.ceil(((cost - now) / perSecond) * 1000) };
};

export type RetryTimes = Readonly<{
  unknownBackoffMs: readonly number[];
  heldRetryMs: number;
  failureBackoffMs: (attempt: number) => number;
  floodJitter: number;
  random: () => number;
}>;

/** How a row and its chat go on after an attempt. */
export type After = Readonly<{
  state: RowState;
  retryInMs?: number;
  /** Silence for the whole chat. */
  pauseMs?: number;
  messageId?: number;
  error?: string;
  dropEntities?: boolean;
  /** The text goes on without its photos, and says so. */
  dropPhotos?: boolean;
  migratedTo?: number;
  /** A person must look. */
  alert?: boolean;
  blocked?: boolean;
}>;

const nth = (values: readonly number[], attempt: number): number => values[Math.min(attempt, values.length) - 1] ?? 600_000;

type Rejected = Extract<SendOutcome, { kind: 'rejected' }>;

const afterRejection = (row: OpenRow, outcome: Rejected, times: RetryTimes): After => {
  // a booking notice never dies: the group may take the bot back, or learn the right id
  if (row.kind === 'notice') return { state: 'held', retryInMs: times.heldRetryMs, error: outcome.description, alert: true };
  return { state: 'dead', error: outcome.description, alert: outcome.code !== 403, blocked: outcome.code === 403 };
};

/** The closed table of send outcomes. `attempt` counts this one. */
export const decideAfter = (row: OpenRow, outcome: SendOutcome, times: RetryTimes): After => {
  const attempt = row.attempts + 1;
  switch (outcome.kind) {
    case 'sent':
      return { state: 'sent', messageId: outcome.messageId };
    case 'unknown':
      return { state: 'unknown', retryInMs: nth(times.unknownBackoffMs, attempt), error: outcome.description };
    case 'flood':
      return { state: 'pending', pauseMs: outcome.retryAfterMs * (1 + times.random() * times.floodJitter), error: 'flood control' };
    case 'migrated':
      return { state: 'pending', migratedTo: outcome.chatId };
    case 'bad_entities':
      return { state: 'pending', dropEntities: true, error: outcome.description };
    case 'bad_photo':
      return { state: 'pending', dropPhotos: true, error: outcome.description };
    case 'failed':
      return { state: 'pending', retryInMs: times.failureBackoffMs(attempt), error: outcome.description, alert: outcome.alert };
    case 'rejected':
      return afterRejection(row, outcome, times);
  }
};
