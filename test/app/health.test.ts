import assert from 'node:assert/strict';
import { createHealth } from '../../app/health.ts';
import { systemClock } from '../../app/kit/clock.ts';
import type { Telegram } from '../../app/telegram/client.ts';
import { createMigratedDatabase, openDatabase, type MigratedDatabase } from '../support/database.ts';

describe('health', () => {
  let database: MigratedDatabase;
  before(async () => {
    database = await createMigratedDatabase();
  });
  after(() => database.drop());

  let skewMs = 0;
  const clock = { ...systemClock, monotonicMs: () => performance.now() + skewMs };
  const make = (db = database.db) => {
    const asked = { telegram: 0, queues: 0 };
    const telegram = {
      getWebhookInfo: () => {
        asked.telegram++;
        return Promise.resolve({ url: 'https://x', pending_update_count: 0 });
      },
    } as unknown as Telegram;
    const queues = () => {
      asked.queues++;
      return Promise.resolve({ oldestOpenSeconds: 0, laneDepth: 0, outboxOldestSeconds: 0, bookingNoticeAgeSeconds: 0 });
    };
    const health = createHealth({ db, queues, telegram, webhook: true, maxAgeMs: 10_000, cacheMs: 5_000, clock });
    return { health, asked };
  };

  it('is ready once a migrated database was reached, and names server and schema', async () => {
    const { health } = make();
    assert.equal(health.ready().ok, false);
    await health.start();
    assert.deepEqual(health.ready(), { ok: true, reason: 'ready' });
    const { database: part } = await health.detail();
    assert.equal(part?.status, 'ok');
    await health.stop();
  });

  it('is not ready ten seconds after the database was last reached', async () => {
    const { health } = make();
    await health.start();
    skewMs += 10_001;
    assert.equal(health.ready().ok, false);
    await health.stop();
  });

  it('is not ready on a schema that the release does not fit', async () => {
    await database.db('schema_migration').insert({ version: 99, name: 'later', phase: 'contract', min_reader: 99 });
    const { health } = make();
    await health.start();
    assert.match(health.ready().reason, /can be read only by releases/);
    await health.stop();
    await database.db('schema_migration').where({ version: 99 }).delete();
  });

  it('without a database: down, with the reason and without its password', async () => {
    const nowhere = openDatabase('postgresql://valera:geheim@127.0.0.1:1/valera');
    const { health } = make(nowhere);
    await health.start();
    const detail = JSON.stringify(await health.detail());
    assert.match(detail, /ECONNREFUSED/);
    assert.ok(!detail.includes('geheim'));
    await health.stop();
    await nowhere.destroy();
  });

  it('however many ask, Telegram and the queues are asked once per cache time', async () => {
    const { health, asked } = make();
    await health.start();
    await Promise.all(Array.from({ length: 100 }, () => health.detail()));
    assert.deepEqual(asked, { telegram: 1, queues: 1 });
    skewMs += 5_001;
    await health.detail();
    assert.deepEqual(asked, { telegram: 2, queues: 2 });
    await health.stop();
  });
});
