import type { Database } from './db/connect.ts';
import { rowsOf } from './db/connect.ts';
import { translateDbError } from './db/errors.ts';
import { decideFit, schemaNeeds } from './db/migration.ts';
import { MIGRATIONS } from './db/migrations/index.ts';
import { readSchema } from './db/schema-state.ts';
import type { Health, HealthPart } from './http/ports.ts';
import { cached } from './kit/cached.ts';
import type { Clock } from './kit/clock.ts';
import { messageOf } from './kit/errors.ts';
import type { QueueGauges } from './lanes/reaper.ts';
import type { Telegram } from './telegram/client.ts';

type Deps = Readonly<{
  db: Database;
  queues: () => Promise<QueueGauges>;
  telegram: Telegram;
  webhook: boolean;
  maxAgeMs: number;
  cacheMs: number;
  clock: Clock;
}>;
type Seen = Readonly<{ atMs: number; ok: boolean; reason: string; latencyMs: number; server: string; schema: number }>;

const unseen: Seen = { atMs: Number.NEGATIVE_INFINITY, ok: false, reason: 'database not reached yet', latencyMs: 0, server: '', schema: 0 };

/**
 * Looks at the database a few times per `maxAgeMs`; ready = a migrated database was reached within that time.
 * Never Redis, the model or Telegram: without them updates can still be stored.
 */
export const createHealth = ({ db, queues, telegram, webhook, maxAgeMs, cacheMs, clock }: Deps) => {
  let seen = unseen;
  const ended = new AbortController();
  let finished: Promise<void> = Promise.resolve();

  const look = async (): Promise<void> => {
    const startedMs = clock.monotonicMs();
    try {
      const [server] = await rowsOf<{ version: string }>(db.raw(`SELECT current_setting('server_version') AS version`));
      const schema = await readSchema((sql) => db.raw(sql), MIGRATIONS);
      const fit = decideFit(schemaNeeds(MIGRATIONS), schema);
      const atMs = clock.monotonicMs();
      seen = { atMs, ok: fit.ok, reason: fit.reason, latencyMs: Math.round(atMs - startedMs), server: server?.version ?? '', schema: schema.current };
    } catch (error) {
      seen = { ...seen, ok: clock.monotonicMs() - seen.atMs <= maxAgeMs && seen.ok, reason: translateDbError(error).message };
    }
  };

  const databasePart = (): HealthPart => {
    const ageMs = clock.monotonicMs() - seen.atMs;
    if (ageMs > maxAgeMs || !seen.ok) return { status: 'down', reason: seen.reason };
    return { status: 'ok', server: seen.server, schema: seen.schema, latencyMs: seen.latencyMs };
  };

  const telegramPart = async (): Promise<HealthPart> => {
    try {
      if (!webhook) {
        await telegram.getMe();
        return { status: 'ok' };
      }
      const { url, pending_update_count: pending, last_error_message: lastError, last_error_date: at } = await telegram.getWebhookInfo();
      const recent = at !== undefined && clock.now().getTime() / 1000 - at < 300;
      return { status: recent ? 'degraded' : 'ok', registered: url !== '', pending, ...(lastError === undefined ? {} : { lastError }) };
    } catch (error) {
      return { status: 'down', reason: messageOf(error) };
    }
  };

  const queuesPart = async (): Promise<HealthPart> => {
    try {
      const gauges = await queues();
      return { status: gauges.oldestOpenSeconds > 60 ? 'degraded' : 'ok', ...gauges };
    } catch (error) {
      return { status: 'down', reason: translateDbError(error).message };
    }
  };

  const remote = cached(
    async () => {
      const [telegramNow, queuesNow] = await Promise.all([telegramPart(), queuesPart()]);
      return { telegram: telegramNow, queues: queuesNow };
    },
    cacheMs,
    clock,
  );

  const health: Health = {
    ready: () => {
      const { status } = databasePart();
      return { ok: status === 'ok', reason: status === 'ok' ? 'ready' : seen.reason };
    },
    detail: async () => ({ database: databasePart(), ...(await remote()) }),
  };

  const follow = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await clock.sleep(maxAgeMs / 4, ended.signal);
      await look();
    }
  };

  return {
    ...health,
    schema: (): number | null => (seen.server === '' ? null : seen.schema),
    start: async (): Promise<void> => {
      await look();
      finished = follow();
    },
    stop: async (): Promise<void> => {
      ended.abort();
      await finished;
    },
  };
};
