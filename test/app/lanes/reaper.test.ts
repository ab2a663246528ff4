import assert from 'node:assert/strict';
import { rowsOf } from '../../../app/db/connect.ts';
import { systemClock as clock } from '../../../app/kit/clock.ts';
import { silentLogger as logger } from '../../../app/kit/logger.ts';
import { createReaper, EXPIRE } from '../../../app/lanes/reaper.ts';
import { createMetrics } from '../../../app/observability/metrics.ts';
import { testConfig } from '../../support/config.ts';
import { createMigratedDatabase, type MigratedDatabase } from '../../support/database.ts';

type LaneRow = { key: string; ready_at: Date | null; lease_until: Date | null };

describe('the reaper on PostgreSQL', () => {
  let database: MigratedDatabase;
  before(async () => {
    database = await createMigratedDatabase();
  });
  after(() => database.drop());
  beforeEach(() => database.db.raw('TRUNCATE inbox, lane, turn_input, step, outbox, outbox_chat, message, summary, attachment, llm_call'));

  const sweep = async (): Promise<number> => {
    const metrics = createMetrics();
    await createReaper({ db: database.db, options: testConfig().reaper, mayWork: () => true, wake: () => undefined, metrics, clock, logger }).sweep();
    return Number(/^lane_repairs_total (\d+)/m.exec(await metrics.render())?.[1] ?? 0);
  };
  const raw = (sql: string) => database.db.raw(sql);
  const lane = async (): Promise<LaneRow> => {
    const [row] = await database.db<LaneRow>('lane');
    assert.ok(row);
    return row;
  };

  it('makes an open lane ready that no code should have left idle, and counts it', async () => {
    await raw(`INSERT INTO inbox (bot_id, update_key, lane_key) VALUES (1, 'a', '1:1'); INSERT INTO lane (key) VALUES ('1:1')`);
    assert.equal(await sweep(), 1);
    assert.notEqual((await lane()).ready_at, null);
    assert.equal(await sweep(), 0, 'and only once');
  });

  it('leaves idle lanes idle', async () => {
    await raw(
      `INSERT INTO inbox (bot_id, update_key, lane_key, done_at, outcome) VALUES (1, 'a', '1:1', now(), 'answered'); INSERT INTO lane (key) VALUES ('1:1')`,
    );
    assert.equal(await sweep(), 0);
    assert.equal((await lane()).ready_at, null);
  });

  it('a lease far in the future, left by a clock that stepped back, ends; a normal one stays', async () => {
    await raw(
      `INSERT INTO lane (key, ready_at, lease_until) VALUES ('1:1', clock_timestamp() + interval '2 hours', clock_timestamp() + interval '1 hour'), ('1:2', clock_timestamp(), clock_timestamp() + interval '15 seconds')`,
    );
    await raw(`INSERT INTO outbox_chat (bot_id, chat_id, ready_at, lease_until) VALUES (1, 1, clock_timestamp(), clock_timestamp() + interval '1 hour')`);
    await sweep();
    const claimable = `lease_until < clock_timestamp() AND ready_at <= clock_timestamp()`;
    const lanes = await database.db<LaneRow>('lane').whereRaw(claimable);
    assert.deepEqual(
      lanes.map((row) => row.key),
      ['1:1'],
    );
    assert.equal((await database.db('outbox_chat').whereRaw(claimable)).length, 1);
  });

  it('a message that waits to be sent is never forgotten, however old; steps and sent ones are', async () => {
    await raw(`INSERT INTO outbox (bot_id, chat_id, seq, kind, state, format, payload, created_at, done_at) VALUES
      (1, 1, 1, 'notice', 'held', 1, '{}', now() - interval '60 days', NULL),
      (1, 1, 2, 'answer', 'pending', 1, '{}', now() - interval '60 days', NULL),
      (1, 1, 3, 'answer', 'sent', 1, '{}', now() - interval '60 days', now() - interval '59 days')`);
    await raw(
      `INSERT INTO step (turn_id, step_no, call_index, kind, format, content_hash, result, created_at) VALUES ('t', 0, 0, 'model', 1, 'x', '{}', now() - interval '31 days')`,
    );
    await sweep();
    assert.deepEqual((await database.db<{ state: string; seq: number }>('outbox').orderBy('seq')).map((row) => row.state), ['held', 'pending']); // prettier-ignore
    assert.equal((await database.db('step')).length, 0);
  });

  it('a statement that fails keeps nothing else from being forgotten', async () => {
    await raw(
      `INSERT INTO outbox (bot_id, chat_id, seq, kind, state, format, payload, done_at) VALUES (1, 1, 1, 'answer', 'sent', 1, '{}', now() - interval '60 days')`,
    );
    await raw('ALTER TABLE step RENAME TO step_away');
    await sweep();
    await raw('ALTER TABLE step_away RENAME TO step');
    assert.equal((await database.db('outbox')).length, 0);
  });

  it('every statement of retention finds its rows by an index', async () => {
    await raw(
      `INSERT INTO inbox (bot_id, update_key, lane_key, received_at, done_at, outcome) SELECT 1, n::text, '1:1', now(), now(), 'answered' FROM generate_series(1, 20000) n`,
    );
    await raw(
      `INSERT INTO outbox (bot_id, chat_id, seq, kind, state, format, payload, done_at) SELECT 1, 1, n, 'answer', 'sent', 1, '{}', now() FROM generate_series(1, 20000) n`,
    );
    await raw(
      `INSERT INTO step (turn_id, step_no, call_index, kind, format, content_hash, result) SELECT n::text, 0, 0, 'model', 1, 'x', '{}' FROM generate_series(1, 20000) n`,
    );
    await raw('ANALYZE inbox; ANALYZE outbox; ANALYZE step');
    for (const [index, sql] of EXPIRE.slice(0, 4).entries()) {
      const plan = await rowsOf<{ 'QUERY PLAN': string }>(database.db.raw(`EXPLAIN ${sql}`, { bodyMs: 1e9, keyMs: 1e9 }));
      const lines = plan.map((row) => row['QUERY PLAN']).join('\n');
      assert.doesNotMatch(lines, /Seq Scan on (inbox|outbox|step)/, `statement ${index}:\n${lines}`);
    }
  });

  it('model calls of a dialogue that was erased lose their customer after a day; others keep theirs', async () => {
    const call = (turn: string, lane: string, hours: number) =>
      raw(`INSERT INTO llm_call (lane_key, turn_id, purpose, provider, model, outcome, duration_ms, at)
        VALUES ('${lane}', '${turn}', 'answer', 'p', 'm', 'ok', 1, now() - interval '${hours} hours')`);
    const said = (lane: string, hours: number) =>
      raw(`INSERT INTO message (lane_key, role, turn_id, text, created_at) VALUES ('${lane}', 'assistant', 't', 'x', now() - interval '${hours} hours')`);
    await said('1:1', 26); // «удалены», and a new dialogue behind it
    await call('before the reset', '1:1', 27);
    await call('after it', '1:1', 25);
    await call('all erased', '1:2', 25);
    await call('of the last day', '1:2', 23);
    await sweep();
    const rows = await database.db<{ id: number; lane_key: string; turn_id: string }>('llm_call').orderBy('id');
    assert.deepEqual(rows.map((row) => [row.lane_key, row.turn_id]), [['', ''], ['1:1', 'after it'], ['', ''], ['1:2', 'of the last day']]); // prettier-ignore
  });

  it('what a killed smoke test left behind is removed', async () => {
    await raw(
      `INSERT INTO inbox (bot_id, update_key, lane_key, received_at) VALUES (1, 's', 'smoke:r1', now() - interval '2 hours'); INSERT INTO lane (key, ready_at) VALUES ('smoke:r1', now())`,
    );
    await sweep();
    assert.equal((await database.db('inbox')).length + (await database.db('lane')).length, 0);
  });

  it('forgets bodies after a week, keys after a month, and nothing that is open', async () => {
    await raw(`INSERT INTO inbox (bot_id, update_key, lane_key, body, received_at, done_at, outcome) VALUES
      (1, 'fresh', '1:1', 'x', now(), now(), 'answered'),
      (1, 'week', '1:1', 'x', now() - interval '8 days', now(), 'dead'),
      (1, 'month', '1:1', 'x', now() - interval '31 days', now(), 'answered'),
      (1, 'open', '1:1', 'x', now() - interval '31 days', NULL, NULL)`);
    await raw(`INSERT INTO turn_input SELECT 't', '1:1', seq FROM inbox WHERE update_key = 'month'`);
    await sweep();
    const rows = await database.db<{ update_key: string; body: Buffer | null }>('inbox').orderBy('seq');
    assert.deepEqual(rows.map((row) => [row.update_key, row.body !== null]), [['fresh', true], ['week', false], ['open', true]]); // prettier-ignore
    assert.equal((await database.db('turn_input')).length, 0);
  });
});
