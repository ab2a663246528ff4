import assert from 'node:assert/strict';
import { AppError } from '../../../app/kit/errors.ts';
import { systemClock as clock } from '../../../app/kit/clock.ts';
import { silentLogger as logger } from '../../../app/kit/logger.ts';
import type { Lane } from '../../../app/lanes/lane.ts';
import { createLaneWorker } from '../../../app/lanes/worker.ts';
import { createMetrics } from '../../../app/observability/metrics.ts';
import { createMigratedDatabase, type MigratedDatabase } from '../../support/database.ts';
import { testConfig } from '../../support/config.ts';
import { until } from '../../support/until.ts';

type LaneRow = { key: string; lease_until: Date | null; ready_at: Date | null; attempts: number };

describe('the lane worker on PostgreSQL', () => {
  let database: MigratedDatabase;
  before(async () => {
    database = await createMigratedDatabase();
  });
  after(() => database.drop());
  beforeEach(() => database.db.raw('TRUNCATE lane, inbox'));

  const open = (chatId: number, attempts = 0) =>
    database.db.raw(
      `INSERT INTO inbox (bot_id, update_key, lane_key) VALUES (42, :id, :key); INSERT INTO lane (key, ready_at, attempts) VALUES (:key, clock_timestamp(), :attempts)`.replaceAll(
        /:(id|key|attempts)/g,
        (_, name: string) => ({ id: `'${chatId}'`, key: `'42:${chatId}'`, attempts: String(attempts) })[name] ?? '',
      ),
    );
  const lanes = (): Promise<LaneRow[]> => database.db<LaneRow>('lane').orderBy('key');
  const finish = (lane: Lane) =>
    database.db.raw(`UPDATE inbox SET done_at = now(), outcome = 'answered' WHERE lane_key = ?`, [lane.key]).then(() => database.db.raw(`UPDATE lane SET lease_until = NULL, ready_at = NULL, attempts = 0 WHERE key = ?`, [lane.key])); // prettier-ignore
  const start = (run: (lane: Lane, signal: AbortSignal) => Promise<unknown>, overrides: Record<string, number> = {}, mayWork = () => true) => {
    const options = { ...testConfig().lanes, pollMinMs: 2, pollMaxMs: 4, retryBaseMs: 1, retryCapMs: 5, ...overrides };
    const worker = createLaneWorker({
      db: database.db,
      botId: 42,
      owner: 'w',
      options,
      run: async (lane, signal) => {
        await run(lane, signal);
      },
      deadLetter: async (lane) => {
        await finish(lane);
      },
      mayWork,
      metrics: createMetrics(),
      clock,
      logger,
    });
    worker.start();
    return worker;
  };
  const untilAborted = (signal: AbortSignal): Promise<never> =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });

  it('a stop gives back what cannot be finished in time: lane free at once, no attempt spent', async () => {
    await open(1);
    let running = 0;
    const worker = start((_, signal) => {
      running++;
      return untilAborted(signal);
    });
    await until(() => Promise.resolve(running === 1));
    await worker.stop(0);
    const [lane] = await lanes();
    assert.deepEqual([lane?.lease_until, lane?.attempts, lane?.ready_at !== null], [null, 0, true]);
  });

  it('a lane claimed while the role was changing is given back unworked, without an attempt spent', async () => {
    await open(1);
    let asked = 0;
    let runs = 0;
    const worker = start(
      () => Promise.resolve(runs++),
      {},
      () => ++asked <= 2, // true for both looks of the claim, false from then on
    );
    await until(async () => asked >= 3 && (await lanes())[0]?.lease_until === null);
    await worker.stop(0);
    const [lane] = await lanes();
    assert.deepEqual([runs, lane?.attempts, lane?.ready_at !== null], [0, 0, true]);
  });

  it('a turn longer than its lease keeps its lane', async () => {
    await open(1);
    const runs: number[] = [];
    let end: () => void = () => undefined;
    const run = (lane: Lane, signal: AbortSignal): Promise<void> => {
      runs.push(lane.fence);
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        end = () => resolve();
      });
    };
    const lease = { leaseMs: 200, leaseRenewMs: 40, leaseMarginMs: 60 };
    const workers = [start(run, lease), start(run, lease)];
    const [{ lease_until: first } = { lease_until: null }] = await lanes();
    assert.equal(first, null);
    await until(async () => runs.length === 1 && ((await lanes())[0]?.lease_until?.getTime() ?? 0) > Date.now() + 100);
    const seen = (await lanes())[0]?.lease_until?.getTime() ?? 0;
    await until(async () => ((await lanes())[0]?.lease_until?.getTime() ?? 0) > seen + 600); // three leases later
    end();
    await Promise.all(workers.map((worker) => worker.stop(0)));
    assert.deepEqual(runs, [1]);
  });

  it('a lane that keeps failing runs alone: while it does, nothing else is claimed', async () => {
    await open(1, 2);
    for (const chat of [2, 3, 4]) await open(chat);
    const log: string[] = [];
    let release: () => void = () => undefined;
    const worker = start(async (lane) => {
      log.push(lane.key);
      if (lane.key !== '42:1') return finish(lane);
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      assert.equal((await database.db('lane').whereNotNull('lease_until')).length, 1);
      return finish(lane);
    });
    await until(() => Promise.resolve(log.includes('42:1')));
    const before = log.length;
    await database.db.raw('SELECT pg_sleep(0.05)'); // many polls long
    assert.equal(log.length, before);
    release();
    await until(async () => (await lanes()).every((lane) => lane.ready_at === null));
    await worker.stop(0);
    assert.equal(log.length, 4);
  });

  it('an outage costs no attempt, even when the lane cannot be given back at first', async () => {
    await open(1);
    let runs = 0;
    const seen: number[] = [];
    const worker = start(async (lane) => {
      seen.push(lane.attempts);
      if (++runs > 6) return finish(lane);
      const blocker = await database.db.transaction();
      await blocker.raw('SELECT 1 FROM lane FOR UPDATE');
      setImmediate(() => void blocker.rollback());
      throw new AppError('DATABASE_UNAVAILABLE', 'away');
    });
    await until(async () => (await lanes()).every((lane) => lane.ready_at === null));
    await worker.stop(0);
    assert.deepEqual(seen, [1, 1, 1, 1, 1, 1, 1]);
  });

  it('a statement that always takes too long is the batch’s fault, and ends as a dead letter', async () => {
    await open(1);
    const seen: number[] = [];
    const worker = start((lane) => {
      seen.push(lane.attempts);
      const cause = Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014', severity: 'ERROR' });
      throw new AppError('DATABASE_UNAVAILABLE', 'database unavailable (57014)', { cause });
    });
    await until(async () => (await lanes()).every((lane) => lane.ready_at === null));
    await worker.stop(0);
    assert.deepEqual(seen, [1, 2, 3, 4]);
  });
});
