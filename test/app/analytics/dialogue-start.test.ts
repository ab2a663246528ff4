import assert from 'node:assert/strict';
import { startOfDialogue } from '../../../app/analytics/dialogue-start.ts';
import { rowsOf } from '../../../app/db/connect.ts';
import { createMigratedDatabase, type MigratedDatabase } from '../../support/database.ts';

const LANE = '1:100';

describe('the start of a dialogue', () => {
  let database: MigratedDatabase;
  before(async () => {
    database = await createMigratedDatabase();
  });
  after(() => database.drop());
  beforeEach(() => database.db.raw('TRUNCATE message, summary, attachment'));

  const say = (turn: string, hoursAgo: number) =>
    database.db.raw(
      `INSERT INTO message (lane_key, role, turn_id, text, created_at) VALUES (:lane, 'user', :turn, 'x', now() - :hoursAgo * interval '1 hour')`,
      { lane: LANE, turn, hoursAgo },
    );

  it('is the first message after a long silence', async () => {
    for (const [turn, hoursAgo] of [['a', 40], ['b', 20], ['c', 9], ['d', 1]] as const) await say(turn, hoursAgo); // prettier-ignore
    assert.equal((await startOfDialogue(database.db, LANE))?.turnId, 'b');
  });

  it('is undefined before the first message', async () => assert.equal(await startOfDialogue(database.db, LANE), undefined));

  it('is found in a lane of any length by its newest messages', async () => {
    await database.db.raw(
      `INSERT INTO message (lane_key, role, turn_id, text) SELECT '${LANE}', CASE n % 2 WHEN 0 THEN 'user' ELSE 'assistant' END, 't' || n, 'x' FROM generate_series(1, 20000) n; ANALYZE message`,
    );
    const [start, read] = await database.db.transaction(async (trx) => {
      // a connection's figures hold what its earlier transactions have not reported yet
      const count = async (): Promise<number> => {
        const sql = `SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS n FROM pg_stat_xact_user_tables WHERE relname = 'message'`;
        return (await rowsOf<{ n: number }>(trx.raw(sql)))[0]?.n ?? 0;
      };
      const before = await count();
      const found = await startOfDialogue(trx, LANE);
      return [found, (await count()) - before] as const;
    });
    assert.ok(start);
    assert.ok(read <= 600, `${read} rows of message`);
  });
});
