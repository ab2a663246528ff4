import assert from 'node:assert/strict';
import { readQueueGauges } from '../../../app/lanes/reaper.ts';
import { createMigratedDatabase, type MigratedDatabase } from '../../support/database.ts';

describe('the gauges of the queues on PostgreSQL', () => {
  let database: MigratedDatabase;
  before(async function () {
    this.timeout(60_000);
    database = await createMigratedDatabase();
  });
  after(() => database.drop());
  beforeEach(() => database.db.raw('TRUNCATE inbox, lane, outbox, outbox_chat'));

  const send = async (kind: string, state: string, agoSeconds: number): Promise<void> => {
    await database.db.raw(
      `INSERT INTO outbox (bot_id, chat_id, seq, kind, state, format, payload, created_at)
       VALUES (1, -1, :agoSeconds, :kind, :state, 1, '{}', clock_timestamp() - :agoSeconds * interval '1 second')`,
      { kind, state, agoSeconds },
    );
  };
  const whole = async (): Promise<Record<string, number>> =>
    Object.fromEntries(Object.entries(await readQueueGauges(database.db, 1)).map(([name, value]) => [name, Math.floor(value)]));

  it('are 0 when nothing waits', async () => {
    await send('notice', 'sent', 500);
    await send('answer', 'dead', 600);
    assert.deepEqual(await whole(), { oldestOpenSeconds: 0, laneDepth: 0, outboxOldestSeconds: 0, bookingNoticeAgeSeconds: 0 });
  });

  it('tell the oldest open update, and how many chats are ready', async () => {
    await database.db.raw(`INSERT INTO inbox (bot_id, update_key, lane_key, received_at, done_at) VALUES
      (1, 'a', '1:1', clock_timestamp() - interval '90 seconds', NULL), (1, 'b', '1:2', clock_timestamp() - interval '900 seconds', clock_timestamp())`);
    await database.db.raw(`INSERT INTO lane (key, ready_at) VALUES ('1:1', clock_timestamp()), ('1:2', NULL)`);
    const { oldestOpenSeconds, laneDepth } = await whole();
    assert.deepEqual([oldestOpenSeconds, laneDepth], [90, 1]);
  });

  it('leave out other bots and what a smoke test is about', async () => {
    await database.db.raw(`INSERT INTO inbox (bot_id, update_key, lane_key, received_at) VALUES
      (12, 'a', '12:1', clock_timestamp() - interval '90 seconds'), (1, 'b', 'smoke:r1', clock_timestamp() - interval '90 seconds')`);
    await database.db.raw(`INSERT INTO lane (key, ready_at) VALUES ('12:1', clock_timestamp()), ('smoke:r1', clock_timestamp())`);
    await send('notice', 'pending', 400);
    await database.db('outbox').update({ bot_id: 12 });
    assert.deepEqual(await whole(), { oldestOpenSeconds: 0, laneDepth: 0, outboxOldestSeconds: 0, bookingNoticeAgeSeconds: 0 });
  });

  for (const state of ['pending', 'sending', 'unknown', 'held']) {
    it(`tell the oldest ${state} notice apart from older answers`, async () => {
      await send('answer', 'pending', 700);
      await send('notice', state, 400);
      await send('notice', 'pending', 100);
      const { outboxOldestSeconds, bookingNoticeAgeSeconds } = await whole();
      assert.deepEqual([outboxOldestSeconds, bookingNoticeAgeSeconds], [700, 400]);
    });
  }
});
