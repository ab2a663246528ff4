import assert from 'node:assert/strict';
import { rowsOf } from '../../../app/db/connect.ts';
import { isAppError } from '../../../app/kit/errors.ts';
import { createReceive } from '../../../app/inbox/receive.ts';
import { silentLogger } from '../../../app/kit/logger.ts';
import { CLAIM, claimLanes, inLane, releaseLane, renewLane, type Lane } from '../../../app/lanes/lane.ts';
import { createMigratedDatabase, type MigratedDatabase } from '../../support/database.ts';
import { untilBlocked } from '../../support/blocked.ts';

type LaneRow = { key: string; ready_at: Date | null; lease_until: Date | null; fence: number; attempts: number };

describe('lanes on PostgreSQL', () => {
  let database: MigratedDatabase;
  let nextId = 1;
  before(async () => {
    database = await createMigratedDatabase();
  });
  after(() => database.drop());
  beforeEach(() => database.db.raw('TRUNCATE inbox, lane'));

  const receive = (chatId: number) => {
    const store = createReceive({ db: database.db, botId: 42, wake: () => undefined, logger: silentLogger });
    const body = Buffer.from(JSON.stringify({ update_id: nextId++, message: { chat: { id: chatId } } }));
    return store({ body, requestId: 'r', traceparent: undefined });
  };
  const claim = (limit = 10, leaseMs = 15_000): Promise<Lane[]> => claimLanes(database.db, { prefix: '42:', owner: 'test', limit, leaseMs });
  const claimOne = async (leaseMs?: number): Promise<Lane> => {
    const [lane] = await claim(1, leaseMs);
    assert.ok(lane, 'a lane is claimable');
    return lane;
  };
  const laneRow = async (): Promise<LaneRow> => {
    const [row] = await database.db<LaneRow>('lane');
    assert.ok(row);
    return row;
  };
  const finishOpen = (lane: Lane, trx = database.db) =>
    trx('inbox').where({ lane_key: lane.key }).whereNull('done_at').update({ done_at: new Date(), outcome: 'answered' });

  it('a claim takes at most what was asked for, and two claimers never the same lane', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => receive(index + 1)));
    const claimed = (await Promise.all(Array.from({ length: 8 }, () => claim(5)))).map((lanes) => {
      assert.ok(lanes.length <= 5, `${lanes.length} claimed`);
      return lanes.map((lane) => lane.key);
    });
    const keys = claimed.flat();
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(keys.length, 40);
  });

  it('a held lane is not claimed again until its lease has run out, then with a newer fence and one more attempt', async () => {
    await receive(1);
    const first = await claimOne();
    assert.deepEqual(await claim(), []);
    await database.db.raw(`UPDATE lane SET lease_until = clock_timestamp() - interval '1 second'`);
    const second = await claimOne();
    assert.equal(second.fence, first.fence + 1);
    assert.equal(second.attempts, 2);
    assert.equal(await renewLane(database.db, first, 15_000), false, 'the old owner cannot renew');
    assert.equal(await renewLane(database.db, second, 15_000), true);
  });

  it('lanes of smoke tests are taken only by name', async () => {
    await database.db.raw(`INSERT INTO lane (key, ready_at) VALUES ('smoke:r1', clock_timestamp()), ('42:1', clock_timestamp())`);
    assert.deepEqual(
      (await claim()).map((lane) => lane.key),
      ['42:1'],
    );
    assert.deepEqual(
      (await claimLanes(database.db, { owner: 't', limit: 5, leaseMs: 1000, prefix: 'smoke:r1' })).map((lane) => lane.key),
      ['smoke:r1'],
    );
  });

  it('lanes of another bot are left alone: a chat id means nothing to this one', async () => {
    await database.db.raw(`INSERT INTO lane (key, ready_at) VALUES ('7:1', clock_timestamp()), ('421:1', clock_timestamp())`);
    assert.deepEqual(await claim(), []);
  });

  it('the longest ready lane is claimed first', async () => {
    await database.db.raw(`INSERT INTO lane (key, ready_at) SELECT '42:' || n, clock_timestamp() - n * interval '1 second' FROM generate_series(1, 5) n`);
    assert.deepEqual((await claim(2)).map((lane) => lane.key).toSorted(), ['42:4', '42:5']);
  });

  it('a claim does not wait for lanes that somebody else is just taking', async () => {
    await Promise.all([receive(1), receive(2)]);
    const other = await database.db.transaction();
    await other.raw(`SELECT 1 FROM lane WHERE key = '42:1' FOR UPDATE`);
    assert.deepEqual(
      (await claim()).map((lane) => lane.key),
      ['42:2'],
    );
    await other.rollback();
  });

  it('what a dead owner still wants to write is refused, even when it had begun before the takeover', async () => {
    await receive(1);
    const dead = await claimOne();
    await database.db.raw(`UPDATE lane SET lease_until = clock_timestamp() - interval '1 second'`);
    const heir = await claimOne();
    const late = inLane(database.db, dead, (trx) => finishOpen(dead, trx));
    await assert.rejects(late, (error) => isAppError(error, 'FENCE_LOST'));
    assert.equal((await database.db('inbox').whereNull('done_at')).length, 1);
    await inLane(database.db, heir, (trx) => finishOpen(heir, trx));
    assert.equal((await database.db('inbox').whereNull('done_at')).length, 0);
  });

  it('a takeover that commits while the old owner waits for the lane lock still stops it', async () => {
    await receive(1);
    const old = await claimOne();
    const takeover = await database.db.transaction();
    await takeover.raw('UPDATE lane SET fence = fence + 1');
    let wrote = false;
    const late = inLane(database.db, old, async (trx) => {
      wrote = true;
      await finishOpen(old, trx);
    });
    const refused = assert.rejects(late, (error) => isAppError(error, 'FENCE_LOST'));
    await untilBlocked(database.db, 1);
    await takeover.commit();
    await refused;
    assert.equal(wrote, false);
  });

  it('an update that arrives while the lane is being released keeps it ready', async () => {
    await receive(1);
    const lane = await claimOne();
    let arriving: Promise<unknown> = Promise.resolve();
    await inLane(database.db, lane, async (trx) => {
      await finishOpen(lane, trx);
      await releaseLane(trx, lane, { attempts: 0 });
      arriving = receive(1); // its insert is done, its wake-up waits for our lock
      await untilBlocked(database.db, 1);
    });
    await arriving;
    assert.notEqual((await laneRow()).ready_at, null);
    assert.equal((await claim()).length, 1);
  });

  it('an update that arrived just before the lock keeps the lane ready: the wake-up that a one-statement release loses', async () => {
    await receive(1);
    const lane = await claimOne();
    // the release waits for a receive that has inserted its update and woken the lane, but not committed
    const receiving = await database.db.transaction();
    await receiving.raw(`INSERT INTO inbox (bot_id, update_key, lane_key, body) VALUES (42, 'late', :key, '')`, { key: lane.key });
    await receiving.raw('UPDATE lane SET ready_at = least(ready_at, clock_timestamp()) WHERE key = :key', { key: lane.key });
    const releasing = inLane(database.db, lane, async (trx) => {
      await trx('inbox').where({ lane_key: lane.key }).whereNot({ update_key: 'late' }).update({ done_at: new Date(), outcome: 'answered' });
      await releaseLane(trx, lane, { attempts: 0 });
    });
    await untilBlocked(database.db, 1);
    await receiving.commit();
    await releasing;
    assert.notEqual((await laneRow()).ready_at, null, 'the late update would never be answered');
  });

  it('the naive release does lose that wake-up, so the test above can fail', async () => {
    await receive(1);
    const lane = await claimOne();
    const receiving = await database.db.transaction();
    await receiving.raw(`INSERT INTO inbox (bot_id, update_key, lane_key, body) VALUES (42, 'late', :key, '')`, { key: lane.key });
    await receiving.raw('UPDATE lane SET ready_at = least(ready_at, clock_timestamp()) WHERE key = :key', { key: lane.key });
    await database.db('inbox').whereNot({ update_key: 'late' }).update({ done_at: new Date(), outcome: 'answered' });
    const naive = database.db.raw(
      `UPDATE lane SET lease_until = NULL, ready_at = CASE WHEN EXISTS (SELECT 1 FROM inbox WHERE lane_key = :key AND done_at IS NULL) THEN ready_at END WHERE key = :key AND fence = :fence`,
      { key: lane.key, fence: lane.fence },
    );
    const done = naive.then(() => undefined);
    await untilBlocked(database.db, 1);
    await receiving.commit();
    await done;
    assert.equal((await laneRow()).ready_at, null);
  });

  it('a renewal that waited for the release of its own lane renews nothing', async () => {
    await receive(1);
    const lane = await claimOne();
    let renewing: Promise<boolean> = Promise.resolve(true);
    await inLane(database.db, lane, async (trx) => {
      await finishOpen(lane, trx);
      await releaseLane(trx, lane, { attempts: 0 });
      renewing = renewLane(database.db, lane, 15_000);
      await untilBlocked(database.db, 1);
    });
    assert.equal(await renewing, false);
    assert.equal((await laneRow()).lease_until, null, 'the next update would wait for a lease that nobody holds');
  });

  it('a release with nothing open leaves the lane idle with a clean counter', async () => {
    await receive(1);
    const lane = await claimOne();
    await inLane(database.db, lane, async (trx) => {
      await finishOpen(lane, trx);
      await releaseLane(trx, lane, { attempts: 0 });
    });
    const row = await laneRow();
    assert.deepEqual([row.ready_at, row.lease_until, row.attempts], [null, null, 0]);
  });

  it('a release with a wait keeps the lane from being claimed until then', async () => {
    await receive(1);
    const lane = await claimOne();
    await inLane(database.db, lane, (trx) => releaseLane(trx, lane, { attempts: 1, waitMs: 60_000 }));
    assert.deepEqual(await claim(), []);
    await database.db.raw(`UPDATE lane SET not_before = not_before - interval '60 seconds'`);
    assert.equal((await claimOne()).attempts, 2);
  });

  it('the claim uses the index of ready lanes', async () => {
    await database.db.raw(`INSERT INTO lane (key) SELECT '42:' || n FROM generate_series(1, 20000) n`);
    await database.db.raw('ANALYZE lane');
    const bindings = { prefix: '42:', owner: 't', limit: 16, leaseMs: 1000, attemptsFrom: 0, attemptsTo: 1 };
    const plan = await rowsOf<{ 'QUERY PLAN': string }>(database.db.raw(`EXPLAIN ${CLAIM}`, bindings));
    const lines = plan.map((row) => row['QUERY PLAN']).join('\n');
    assert.match(lines, /Index Scan using lane_ready on lane/);
    assert.doesNotMatch(lines, /Seq Scan on lane/);
    assert.match(lines, /Index Cond: \(ready_at <= /, 'the time is a condition of the index, not a filter');
  });
});
