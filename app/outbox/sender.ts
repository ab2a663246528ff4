import { rowsOf, type Database, type Transaction } from '../db/connect.ts';
import { translateDbError, translating } from '../db/errors.ts';
import { backoffMs } from '../kit/backoff.ts';
import type { Clock } from '../kit/clock.ts';
import { isAppError, messageOf } from '../kit/errors.ts';
import { holdLease, type Hold } from '../kit/hold.ts';
import type { Logger } from '../kit/logger.ts';
import { createLoop } from '../kit/loop.ts';
import type { Metrics } from '../observability/metrics.ts';
import { withSpan } from '../observability/tracing.ts';
import { methodOf, type Outgoing, type SendOptions, type SendOutcome } from '../telegram/client.ts';
import { claimChats, inChat, inChatAfter, releaseChat, renewChat, type OutboxChat } from './chat.ts';
import { decideAfter, decideNext, spendTokens, type After, type Bucket, type Level, type OpenRow, type RetryTimes } from './decide.ts';
import { createFloodGate } from './flood-gate.ts';
import { PAYLOAD_FORMAT, type Payload } from './payload.ts';
import { record } from './record.ts';
import type { Undelivered } from './undelivered.ts';

export type SenderOptions = Readonly<{
  concurrency: number;
  leaseMs: number;
  leaseRenewMs: number;
  leaseMarginMs: number;
  pollMinMs: number;
  pollMaxMs: number;
  unknownBackoffMs: readonly number[];
  heldRetryMs: number;
  failureBaseMs: number;
  failureCapMs: number;
  privatePerSecond: number;
  privateBurst: number;
  groupPerMinute: number;
  floodJitter: number;
  floodWideChats: number;
  floodWideWindowMs: number;
}>;

export type Send = (chatId: number, message: Outgoing, options: SendOptions) => Promise<SendOutcome>;

type Deps = Readonly<{
  db: Database;
  botId: number;
  owner: string;
  send: Send;
  options: SenderOptions;
  mayWork: () => boolean;
  /** A chat as it appears in logs. */
  alias: (chatId: number) => string;
  /** Tells the managers that a customer did not get their words. */
  undelivered?: Undelivered | undefined;
  metrics: Metrics;
  clock: Clock;
  logger: Logger;
}>;

type Job = OpenRow & Readonly<{ format: number; payload: Payload; traceparent: string | null; turnId: string | null }>;
type Claimed = Readonly<{ chat: OutboxChat; takenAtMs: number }>;
type Pick = Readonly<{ kind: 'send'; job: Job }> | Readonly<{ kind: 'released' }>;

const NEWER_FORMAT_PAUSE_MS = 5_000;

const isEmpty = ({ text, photos = [] }: Payload): boolean => text === '' && photos.length === 0;

const OPEN = `
SELECT id, seq, kind, state, attempts, format, payload, traceparent, turn_id AS "turnId",
  coalesce(extract(epoch FROM not_before - clock_timestamp()) * 1000, 0)::float8 AS "dueInMs"
FROM outbox WHERE bot_id = :botId AND chat_id = :chatId AND state IN ('pending', 'sending', 'unknown', 'held') ORDER BY seq LIMIT 200`;

const TOKENS = `
SELECT tokens, coalesce(extract(epoch FROM clock_timestamp() - tokens_at) * 1000, 0)::float8 AS "elapsedMs"
FROM outbox_chat WHERE bot_id = :botId AND chat_id = :chatId`;

/** Sends the outbox: per chat strictly in order, one sender per chat in the cluster, every outcome recorded. */
export const createSender = ({ db, botId, owner, send, options, mayWork, alias, undelivered, metrics, clock, logger }: Deps) => {
  const gate = createFloodGate({ chats: options.floodWideChats, windowMs: options.floodWideWindowMs, clock });
  const times: RetryTimes = {
    ...options,
    failureBackoffMs: (attempt) => backoffMs(attempt, { baseMs: options.failureBaseMs, capMs: options.failureCapMs }),
    random: Math.random,
  };
  const group: Bucket = { capacity: options.groupPerMinute, perSecond: options.groupPerMinute / 60 };
  const single: Bucket = { capacity: options.privateBurst, perSecond: options.privatePerSecond };

  const release = async (trx: Transaction, chat: OutboxChat, how: Parameters<typeof releaseChat>[2]): Promise<Pick> => {
    await releaseChat(trx, chat, how);
    return { kind: 'released' };
  };

  // The request goes out only after this transaction: a crash from here on leaves the row in `sending`, its outcome unknown.
  const markSending = async (trx: Transaction, chat: OutboxChat, job: Job): Promise<Pick> => {
    const [bucket] = await rowsOf<Level>(trx.raw(TOKENS, { ...chat }));
    const level = bucket ?? { tokens: null, elapsedMs: 0 };
    const spend = spendTokens(chat.chatId < 0 ? group : single, level, job.payload.photos?.length ?? 1);
    if (!spend.ok) return release(trx, chat, { readyInMs: 0, pauseMs: spend.waitMs });
    await trx('outbox_chat')
      .where({ bot_id: chat.botId, chat_id: chat.chatId })
      .update({ tokens: spend.tokens, tokens_at: trx.raw('clock_timestamp()') });
    const first = trx.raw('coalesce(first_sent_at, clock_timestamp())');
    await trx('outbox')
      .where({ id: job.id })
      .update({ state: 'sending', attempts: trx.raw('attempts + 1'), first_sent_at: first });
    return { kind: 'send', job };
  };

  const recover = async (trx: Transaction, chat: OutboxChat, row: Job): Promise<Pick> => {
    const outcome: SendOutcome = { kind: 'unknown', description: 'the sender died before it recorded the outcome' };
    const after = decideAfter({ ...row, attempts: row.attempts - 1 }, outcome, times); // the lost attempt is counted already
    await record(trx, row.id, after);
    metrics.sendFinished(methodOf(row.payload), 'unknown');
    logger.warn({ outbox_id: row.id, kind: row.kind }, 'outcome of a send is unknown after a crash; it will be repeated');
    return release(trx, chat, { readyInMs: after.retryInMs ?? 0 });
  };

  // A newer release beside this one has written it, and will send it; nothing behind it may overtake it.
  const leaveToNewer = async (trx: Transaction, chat: OutboxChat, job: Job): Promise<Pick> => {
    logger.warn({ outbox_id: job.id, format: job.format }, 'a message of a newer release is left to that release');
    return release(trx, chat, { readyInMs: NEWER_FORMAT_PAUSE_MS });
  };

  // its customer asked to be forgotten while it was under way
  const cancel = async (trx: Transaction, chat: OutboxChat, row: OpenRow): Promise<Pick> => {
    await record(trx, row.id, { state: 'dead' });
    return release(trx, chat, { readyInMs: 0 });
  };

  const pick = async (chat: OutboxChat): Promise<Pick> =>
    inChat(db, chat, async (trx) => {
      const rows = await rowsOf<Job>(trx.raw(OPEN, { ...chat }));
      const next = decideNext(rows);
      if (next.kind === 'idle') return release(trx, chat, { readyInMs: null });
      if (next.kind === 'wait') return release(trx, chat, { readyInMs: next.readyInMs });
      const job = rows.find((row) => row.id === next.row.id);
      if (!job) return release(trx, chat, { readyInMs: 0 });
      if (job.format > PAYLOAD_FORMAT) return leaveToNewer(trx, chat, job);
      if (isEmpty(job.payload)) return cancel(trx, chat, next.row);
      if (next.kind === 'recover') return recover(trx, chat, job);
      return markSending(trx, chat, job);
    });

  const writeChanges = async (trx: Transaction, chat: OutboxChat, { job, after }: { job: Job; after: After }): Promise<void> => {
    await record(trx, job.id, after);
    const keys = { bot_id: chat.botId, chat_id: chat.chatId };
    if (after.migratedTo !== undefined) await trx('outbox_chat').where(keys).update({ migrated_to: after.migratedTo });
    if (after.pauseMs === undefined) return;
    const pause = `UPDATE outbox_chat SET not_before = clock_timestamp() + :pauseMs * interval '1 millisecond' WHERE bot_id = :botId AND chat_id = :chatId`;
    await trx.raw(pause, { ...chat, pauseMs: after.pauseMs });
  };

  // The managers learn of a lost relay with the record itself, or the row goes on as it was. Chats are locked in the order of their ids.
  const writeAttempt = async (chat: OutboxChat, job: Job, after: After): Promise<void> => {
    const work = (trx: Transaction): Promise<void> => writeChanges(trx, chat, { job, after });
    if (!undelivered || job.kind !== 'relay' || after.state !== 'dead') return inChat(db, chat, work);
    const { id, turnId, payload } = job;
    const relay = { id, botId, chatId: chat.chatId, turnId, payload, blocked: after.blocked ?? false, error: after.error ?? '' };
    const discount = (trx: Transaction): Promise<void> => undelivered.discount(trx, relay);
    const tell = (trx: Transaction): Promise<void> => undelivered.tell(trx, relay);
    const isGroupFirst = undelivered.managerChatId < chat.chatId;
    return inChatAfter(db, chat, {
      before: (trx) => discount(trx).then(() => (isGroupFirst ? tell(trx) : undefined)),
      work: (trx) => work(trx).then(() => (isGroupFirst ? undefined : tell(trx))),
    });
  };

  // What Telegram has said is known only here: it is written as soon as the database is back, or the message would be sent twice.
  const recordAttempt = async (chat: OutboxChat, job: Job, { after, hold }: { after: After; hold: Hold }): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        await writeAttempt(chat, job, after);
        return;
      } catch (error) {
        if (!isAppError(translateDbError(error), 'DATABASE_UNAVAILABLE')) throw error;
        hold.assertHeld();
        await clock.sleep(backoffMs(attempt, { baseMs: options.failureBaseMs, capMs: options.failureCapMs }), hold.signal);
      }
    }
  };

  // after the chat's own transaction, since a booking locks the client before a chat
  const markBlocked = async (chat: OutboxChat): Promise<void> => {
    await db('client')
      .where({ telegram_user_id: chat.chatId })
      .update({ blocked_at: db.raw('clock_timestamp()') });
  };

  const report = (chat: OutboxChat, job: Job, { outcome, after }: { outcome: SendOutcome; after: After }): void => {
    metrics.sendFinished(methodOf(job.payload), outcome.kind);
    if (outcome.kind === 'flood') metrics.floodWait(outcome.retryAfterMs / 1000);
    if (after.state === 'dead') metrics.outboxDead();
    const level = after.alert ? 'error' : outcome.kind === 'sent' ? 'info' : 'warn';
    logger[level](
      {
        outbox_id: job.id,
        turn_id: job.turnId?.replace(/^.*#/, ''), // the part before names a chat
        chat: alias(chat.chatId),
        kind: job.kind,
        outcome: outcome.kind,
        state: after.state,
        attempt: job.attempts + 1,
        error: after.error,
        retry_ms: after.retryInMs,
      },
      'send finished',
    );
  };

  const sendOne = async (chat: OutboxChat, job: Job, hold: Hold): Promise<After> => {
    const to = chat.migratedTo ?? chat.chatId;
    const span = { name: 'valera.send', attributes: { 'valera.kind': job.kind }, kind: 'client', traceparent: job.traceparent ?? undefined } as const;
    hold.assertHeld(); // the process may have been stopped since the row was marked; the chat's new owner sends it
    const outcome = await withSpan(span, () => send(to, job.payload, { linkPreview: job.kind === 'answer' }));
    if (outcome.kind === 'flood') gate.flooded(chat.chatId, outcome.retryAfterMs);
    const after = decideAfter(job, outcome, times);
    report(chat, job, { outcome, after });
    await recordAttempt(chat, job, { after, hold });
    if (after.blocked) await markBlocked(chat);
    return after;
  };

  const giveBack = (chat: OutboxChat): Promise<void> => inChat(db, chat, async (trx) => releaseChat(trx, chat, { readyInMs: 0 }));

  // The next claim sees all that a failure changed (migration, pause, a notice that steps aside), so only a success goes on with this one.
  const drain = async (chat: OutboxChat, hold: Hold, stopping: AbortSignal): Promise<void> => {
    while (!stopping.aborted && gate.open()) {
      hold.assertHeld();
      const picked = await pick(chat);
      if (picked.kind === 'released') return;
      const after = await sendOne(chat, picked.job, hold);
      if (after.state !== 'sent') return giveBack(chat);
    }
    return giveBack(chat);
  };

  const work = async ({ chat, takenAtMs }: Claimed, stopping: AbortSignal): Promise<void> => {
    const hold = holdLease(() => renewChat(db, chat, options.leaseMs), { ...options, takenAtMs, clock });
    try {
      await translating(() => drain(chat, hold, stopping));
    } catch (error) {
      if (isAppError(error, 'FENCE_LOST')) logger.info({ reason: error.message }, 'chat lost; its new owner goes on');
      else logger.warn({ error: messageOf(error) }, 'sending interrupted; the lease will run out');
    } finally {
      hold.end();
    }
  };

  return createLoop<Claimed>({
    name: 'outbox',
    concurrency: options.concurrency,
    pollMinMs: options.pollMinMs,
    pollMaxMs: options.pollMaxMs,
    claim: async (limit) => {
      const takenAtMs = clock.monotonicMs();
      return (await claimChats(db, { botId, owner, limit, leaseMs: options.leaseMs })).map((chat) => ({ chat, takenAtMs }));
    },
    work,
    mayWork: () => mayWork() && gate.open(),
    clock,
    logger,
  });
};
