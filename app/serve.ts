import type { Config } from './config.ts';
import { connectDatabases } from './databases.ts';
import { schemaNeeds } from './db/migration.ts';
import { MIGRATIONS } from './db/migrations/index.ts';
import { createRegistrationStore } from './db/registration.ts';
import { aliasOf, createEngine, managerChatOf } from './engine.ts';
import { createHealth } from './health.ts';
import { createHttpServers } from './http/server.ts';
import { createReceive } from './inbox/receive.ts';
import { createBackground } from './kit/background.ts';
import { cached } from './kit/cached.ts';
import type { Clock } from './kit/clock.ts';
import { AppError } from './kit/errors.ts';
import { newId } from './kit/ids.ts';
import type { Logger } from './kit/logger.ts';
import { createDeadLetter } from './lanes/dead-letter.ts';
import { createReaper, readQueueGauges } from './lanes/reaper.ts';
import { createLaneWorker } from './lanes/worker.ts';
import { createMetrics } from './observability/metrics.ts';
import { createAppendOutbox } from './outbox/append.ts';
import { createSender } from './outbox/sender.ts';
import { createUndelivered } from './outbox/undelivered.ts';
import { traceAppend } from './outbox/traced-append.ts';
import { createPresence } from './presence.ts';
import { createRoleWatch } from './role.ts';
import { createTelegram } from './telegram/client.ts';
import { createIdentity } from './telegram/identity.ts';
import { readIncoming } from './telegram/incoming.ts';
import { createWebhookWatch } from './telegram/registration.ts';
import { loadWorkshop } from './workshop/load.ts';

export type AppOptions = Readonly<{ config: Config; clock: Clock; logger: Logger }>;
export type RunningApp = Readonly<{ port: number; adminPort: number; stop: () => Promise<void> }>;

/**
 * The whole app in this process: listeners, lane workers, senders, reaper. Resolves when updates are taken.
 * `stop` is graceful: readiness off, nothing more claimed, running turns finished or given back, connections closed.
 */
export const startApp = async ({ config, clock, logger }: AppOptions): Promise<RunningApp> => {
  const { delivery, botId } = config.telegram;
  if (delivery.mode === 'polling') throw new AppError('CONFIG_INVALID', 'TELEGRAM_MODE: polling is not built yet; use webhook');
  const workshop = await loadWorkshop(config.workshop.dir);
  const databases = connectDatabases(config);
  const metrics = createMetrics();
  const telegram = createTelegram(config.telegram);
  const owner = newId('app');
  const retry = { baseMs: config.lanes.retryBaseMs, capMs: config.lanes.retryCapMs };

  const role = createRoleWatch({
    file: config.release.roleFile,
    revision: config.release.revision,
    pollMs: config.release.rolePollMs,
    clock,
    logger,
    onChange: () => becameActive(),
  });
  const mayWork = (): boolean => role.state().role === 'active';

  const identity = createIdentity({ telegram, botId, clock, logger, retry });
  const read = (body: Uint8Array) => readIncoming(body, { api: telegram.api, me: identity.me() });
  const appendOutbox = traceAppend(createAppendOutbox(botId));
  const common = { db: databases.worker, metrics, clock, logger };
  const leases = { leaseMarginMs: config.lanes.leaseMarginMs };
  const sender = createSender({
    ...common,
    botId,
    owner,
    send: telegram.send,
    options: { ...config.outbox, ...leases },
    mayWork,
    alias: aliasOf(config),
    undelivered: createUndelivered({ managerChatId: managerChatOf(config, workshop), appendOutbox }),
  });
  const beside = createBackground();
  const seams = { read, appendOutbox, wakeOutbox: sender.wake, chatAction: telegram.chatAction, background: beside };
  const run = createEngine({ ...common, ...seams, config, workshop, dryRun: false });
  const deadLetter = createDeadLetter({ ...common, appendOutbox, managerChatId: managerChatOf(config, workshop) });
  const lanes = createLaneWorker({ ...common, botId, owner, options: config.lanes, run, deadLetter, mayWork });
  const reaper = createReaper({ ...common, options: config.reaper, mayWork, wake: lanes.wake });

  const queues = cached(() => readQueueGauges(databases.worker, botId), 1_000, clock); // one query per scrape, however many gauges
  const health = createHealth({
    db: databases.web,
    queues,
    telegram,
    webhook: true,
    maxAgeMs: config.http.readinessMaxAgeMs,
    cacheMs: config.http.healthCacheMs,
    clock,
  });
  const receive = createReceive({ db: databases.web, botId, wake: lanes.wake, logger });
  const inFlight = (): number => lanes.inFlight() + sender.inFlight();
  const roleReport = () => ({ revision: config.release.revision, ...role.state(), inFlight: inFlight(), schema: health.schema() });
  const http = createHttpServers({ config, logger, metrics, receive, health, role: roleReport, clock });

  const background = new AbortController();
  const registrations = createRegistrationStore(databases.worker, botId);
  const { url, secret } = delivery;
  const { webhookCheckMs: checkMs } = config.telegram;
  const webhookWatch =
    url === undefined ? undefined : createWebhookWatch({ telegram, url, secret, ...registrations, mayRegister: mayWork, checkMs, clock, logger });
  const presence = createPresence({
    db: databases.worker,
    facts: { owner, version: config.release.version, revision: config.release.revision, target: schemaNeeds(MIGRATIONS).target },
    role: () => role.state().role,
    intervalMs: config.release.presenceIntervalMs,
    clock,
    logger,
  });
  const becameActive = (): void => {
    lanes.wake();
    sender.wake();
    webhookWatch?.wake();
  };

  observeQueues({ metrics, queues, databases });
  await health.start();
  let ports: Readonly<{ port: number; adminPort: number }>;
  try {
    ports = await http.start();
  } catch (error) {
    await health.stop();
    await databases.close();
    throw error;
  }
  await role.start();
  const learning = identity.learn(background.signal);
  for (const part of [lanes, sender, reaper, presence, ...(webhookWatch ? [webhookWatch] : [])]) part.start();
  logger.info({ ...ports, owner, workshop: workshop.contentHash.slice(0, 12), role: role.state().role }, 'app started');

  const stop = async (): Promise<void> => {
    logger.info({ in_flight: inFlight() }, 'stopping');
    await clock.sleep(config.shutdown.preStopMs); // endpoints are removed while this pod still answers
    http.drain();
    background.abort();
    await Promise.all([lanes.stop(config.shutdown.drainMs), reaper.stop(), role.stop(), webhookWatch?.stop(), learning]);
    await beside.stop();
    await sender.stop(0); // after the lanes: their last answers are sent if they are quick, and stored in any case
    await http.stop();
    await health.stop();
    await presence.stop();
    telegram.close();
    await databases.close();
    logger.info({}, 'stopped');
  };
  return { ...ports, stop };
};

type Observed = Readonly<{
  metrics: ReturnType<typeof createMetrics>;
  queues: () => ReturnType<typeof readQueueGauges>;
  databases: ReturnType<typeof connectDatabases>;
}>;

type PoolFigures = { numUsed: () => number; numPendingAcquires: () => number };

const observeQueues = ({ metrics, queues, databases }: Observed): void => {
  const pools = { web: databases.web.client as { pool: PoolFigures }, worker: databases.worker.client as { pool: PoolFigures } };
  metrics.observeQueues({
    oldestOpenSeconds: async () => (await queues()).oldestOpenSeconds,
    laneDepth: async () => (await queues()).laneDepth,
    outboxOldestSeconds: async () => (await queues()).outboxOldestSeconds,
    bookingNoticeAgeSeconds: async () => (await queues()).bookingNoticeAgeSeconds,
    poolUsed: () => ({ web: pools.web.pool.numUsed(), worker: pools.worker.pool.numUsed() }),
    poolWaiting: () => ({ web: pools.web.pool.numPendingAcquires(), worker: pools.worker.pool.numPendingAcquires() }),
  });
};
