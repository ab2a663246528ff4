import assert from 'node:assert/strict';
import { rowsOf } from '../../../app/db/connect.ts';
import { readUsage, type Limits, type TurnFacts } from '../../../app/limits/usage.ts';
import { createMigratedDatabase, type MigratedDatabase } from '../../support/database.ts';

const LIMITS: Limits = { customerMessages: 10, customerWindowMs: 60_000, customerTokensPerDay: 1, instanceTokensPerDay: 1, instanceCostPerDay: 1 };
const TOLD = { messages: 'слишком часто', budget: 'на сегодня всё' };
const AT = new Date('2026-11-24T12:00:00Z');
const LANE = '1:100';

describe('limits/usage', () => {
  let database: MigratedDatabase;
  before(async () => {
    database = await createMigratedDatabase();
  });
  after(() => database.drop());
  beforeEach(() => database.db.raw('TRUNCATE inbox, turn_input, message, llm_call, summary, attachment, handover'));

  const ago = (seconds: number): Date => new Date(AT.getTime() - seconds * 1_000);

  let nextKey = 1;
  /** A turn of long ago or just now: when each of its updates came, and how many texts they made. */
  const turn = async (turnId: string, receivedAt: readonly Date[], { texts = receivedAt.length, lane = LANE } = {}): Promise<void> => {
    for (const received_at of receivedAt) {
      await database.db('inbox').insert({ bot_id: 1, update_key: String(nextKey), lane_key: lane, received_at, done_at: AT });
      await database.db.raw('INSERT INTO turn_input (turn_id, lane_key, inbox_seq) SELECT ?, ?, seq FROM inbox WHERE update_key = ?', [
        turnId,
        lane,
        String(nextKey++),
      ]);
    }
    for (let n = 0; n < texts; n++) await database.db('message').insert({ lane_key: lane, role: 'user', turn_id: turnId, text: `${n}` });
  };
  const said = (text: string, created_at: Date): Promise<unknown> =>
    database.db('message').insert({ lane_key: LANE, role: 'assistant', turn_id: 'x', text, created_at });
  const spent = (at: Date, more: object = {}): Promise<unknown> =>
    database.db('llm_call').insert({
      lane_key: LANE,
      turn_id: 'x',
      purpose: 'answer',
      provider: 'p',
      model: 'm',
      outcome: 'ok',
      duration_ms: 1,
      input_tokens: 100,
      output_tokens: 11,
      cost_micro: 7,
      at,
      ...more,
    });

  const newest = async (): Promise<number> => ((await database.db('message').max('id as id').first()) as { id: number | null } | undefined)?.id ?? 0;
  const read = async (more: Partial<TurnFacts> = {}, limits = LIMITS) =>
    readUsage(
      database.db,
      { laneKey: LANE, historyUpTo: await newest(), receivedAt: [AT], texts: 1, told: TOLD, handoverReturnMs: 1_800_000, timezone: 'Europe/Moscow', ...more },
      limits,
    );

  it('counts the messages of this turn and of those before, within the window', async () => {
    await turn('a', [ago(61)]);
    await turn('b', [ago(59)]);
    await turn('c', [ago(5), ago(4)]);
    await turn('other', [ago(3)], { lane: '1:200' });
    assert.equal((await read()).messages, 4);
    assert.equal((await read({ receivedAt: [ago(2), ago(1), AT], texts: 3 })).messages, 6);
  });

  it('an album is one message, in this turn and before', async () => {
    const parts = Array.from({ length: 10 }, (_, n) => ago(20 - n));
    await turn('album', parts, { texts: 1 });
    assert.equal((await read()).messages, 2);
    assert.equal((await read({ receivedAt: parts.map((part) => new Date(part.getTime() + 20_000)), texts: 1 })).messages, 2);
  });

  it('what was written slowly and answered together after an outage is no flood', async () => {
    const slow = Array.from({ length: 12 }, (_, n) => ago(12 * 40 - n * 40));
    await turn('outage', slow);
    assert.equal((await read()).messages, 2);
    assert.equal((await read({ receivedAt: slow, texts: 12, historyUpTo: 0 })).messages, 2);
  });

  it('whether the customer was told, in this window and on this day', async () => {
    assert.deepEqual([(await read()).toldMessages, (await read()).toldBudget], [false, false]);
    await said(TOLD.messages, ago(61));
    await said(TOLD.budget, new Date('2026-11-23T20:59:59Z')); // 23:59 of the day before in Moscow
    assert.deepEqual([(await read()).toldMessages, (await read()).toldBudget], [false, false]);
    await said(TOLD.messages, ago(59));
    await said(TOLD.budget, new Date('2026-11-23T21:00:01Z'));
    assert.deepEqual([(await read()).toldMessages, (await read()).toldBudget], [true, true]);
  });

  it('tokens and cost of the workshop’s day, of the customer and of all', async () => {
    await spent(new Date('2026-11-23T20:59:59Z'));
    await spent(new Date('2026-11-23T21:00:01Z'));
    await spent(ago(1));
    await spent(ago(1), { lane_key: '1:200' });
    const { customerTokens, instanceTokens, instanceCostMicro } = await read();
    assert.deepEqual([customerTokens, instanceTokens, instanceCostMicro], [222, 333, 21]);
    const off = await read({}, { ...LIMITS, customerTokensPerDay: 0, instanceTokensPerDay: 0, instanceCostPerDay: 0 });
    assert.deepEqual([off.customerTokens, off.instanceTokens, off.instanceCostMicro], [0, 0, 0]);
  });

  it('a takeover reads what the first owner read, whatever has come since', async () => {
    await turn('a', [ago(30)]);
    await spent(ago(30));
    const facts = { historyUpTo: await newest() };
    const first = await read(facts);
    await turn('mine', [AT]);
    await turn('next', [new Date(AT.getTime() + 1), new Date(AT.getTime() + 2)]);
    await said(TOLD.messages, new Date(AT.getTime() + 3));
    await said(TOLD.budget, new Date(AT.getTime() + 3));
    await spent(new Date(AT.getTime() + 4));
    assert.deepEqual(await read(facts), first);
    assert.equal(first.messages, 2);
  });

  it('a customer whom a person answers', async () => {
    await database.db('handover').insert({ lane_key: LANE, turn_id: 'x', reason: 'other', started_at: ago(1_799) });
    assert.equal((await read()).handedOver, true);
    await database.db('handover').update({ started_at: ago(1_800) });
    assert.equal((await read()).handedOver, false, 'its time was over when the message came');
    await database.db('handover').update({ last_manager_at: ago(60) });
    assert.equal((await read()).handedOver, true, 'a manager’s word prolongs it');
    await database.db('handover').update({ ended_at: AT });
    assert.equal((await read()).handedOver, false);
  });

  it('stays small in a long lane: neither the messages nor the calls of other days are read', async () => {
    await database.db.raw(
      `INSERT INTO message (lane_key, role, turn_id, text) SELECT '${LANE}', CASE WHEN n % 2 = 0 THEN 'user' ELSE 'assistant' END, 'old' || n, 'x' FROM generate_series(1, 20000) n`,
    );
    await database.db.raw(
      `INSERT INTO llm_call (lane_key, turn_id, purpose, provider, model, outcome, duration_ms, at)
       SELECT '${LANE}', 'x', 'answer', 'p', 'm', 'ok', 1, '2026-11-01'::timestamptz - n * interval '1 minute' FROM generate_series(1, 20000) n`,
    );
    await database.db.raw('ANALYZE message, llm_call, turn_input, inbox');
    await database.db.transaction(async (trx) => {
      const count = async (table: string): Promise<number> => {
        const sql = 'SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS n FROM pg_stat_xact_user_tables WHERE relname = ?';
        return (await rowsOf<{ n: number }>(trx.raw(sql, [table])))[0]?.n ?? 0;
      };
      const facts = {
        laneKey: LANE,
        historyUpTo: 1_000_000_000,
        receivedAt: [AT],
        texts: 1,
        told: TOLD,
        handoverReturnMs: 1_800_000,
        timezone: 'Europe/Moscow',
      };
      // a connection's figures hold what its earlier transactions have not reported yet
      const before = { message: await count('message'), calls: await count('llm_call') };
      await readUsage(trx, facts, LIMITS);
      const read = { message: (await count('message')) - before.message, calls: (await count('llm_call')) - before.calls };
      assert.ok(read.message <= 600, `${read.message} rows of message`);
      assert.ok(read.calls <= 100, `${read.calls} rows of llm_call`);
    });
  });
});
