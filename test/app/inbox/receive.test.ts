import assert from 'node:assert/strict';
import { createReceive, type Receive } from '../../../app/inbox/receive.ts';
import { isAppError } from '../../../app/kit/errors.ts';
import { silentLogger } from '../../../app/kit/logger.ts';
import { createMigratedDatabase, openDatabase, type MigratedDatabase } from '../../support/database.ts';

type InboxRow = { update_key: string; lane_key: string | null; body: Buffer; outcome: string | null };

describe('receiving an update', () => {
  let database: MigratedDatabase;
  let receive: Receive;
  let wakes = 0;
  const deps = { botId: 42, wake: () => wakes++, logger: silentLogger };
  const send = (body: string | Buffer) => receive({ body: Buffer.from(body), requestId: 'r1', traceparent: undefined });
  const rows = (): Promise<InboxRow[]> => database.db<InboxRow>('inbox').orderBy('seq');
  const message = (id: number, chatId = 100, text = 'привет') =>
    JSON.stringify({ update_id: id, message: { message_id: id, chat: { id: chatId, type: 'private' }, text } });

  before(async () => {
    database = await createMigratedDatabase();
    receive = createReceive({ ...deps, db: database.db });
  });
  after(() => database.drop());
  beforeEach(async () => {
    wakes = 0;
    await database.db.raw('TRUNCATE inbox, lane');
  });

  it('stores the bytes and makes the lane ready, then wakes the worker', async () => {
    assert.deepEqual(await send(message(1)), { outcome: 'stored' });
    const [row] = await rows();
    assert.equal(row?.body.toString(), message(1));
    assert.equal(row.lane_key, '42:100');
    const [lane] = await database.db<{ key: string; ready_at: Date | null }>('lane');
    assert.ok(lane?.ready_at instanceof Date);
    assert.equal(wakes, 1);
  });

  it('answers a repeat without storing or waking anything', async () => {
    await send(message(1));
    assert.deepEqual(await send(message(1)), { outcome: 'duplicate' });
    assert.equal((await rows()).length, 1);
    assert.equal(wakes, 1);
  });

  it('a repeat does not make an idle lane ready again', async () => {
    await send(message(1));
    await database.db('lane').update({ ready_at: null });
    await send(message(1));
    assert.equal((await database.db<{ ready_at: Date | null }>('lane'))[0]?.ready_at, null);
  });

  it('keeps the earlier ready_at, so that a talkative chat does not fall behind', async () => {
    await send(message(1));
    const before = (await database.db<{ ready_at: Date }>('lane'))[0]?.ready_at;
    await send(message(2));
    assert.deepEqual((await database.db<{ ready_at: Date }>('lane'))[0]?.ready_at, before);
  });

  it('one update sent fifty times at once is stored once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => send(message(1))));
    assert.equal(outcomes.filter(({ outcome }) => outcome === 'stored').length, 1);
    assert.equal((await rows()).length, 1);
  });

  const hostile: [what: string, body: string | Buffer, outcome: 'stored' | 'poison'][] = [
    ['NUL bytes', Buffer.from([0, 1, 0]), 'poison'],
    ['an empty body', '', 'poison'],
    ['invalid UTF-8', Buffer.from([0xff, 0xfe, 0x00]), 'poison'],
    ['an escaped NUL in the text', message(5, 100, '\u0000'), 'stored'],
    ['a lone surrogate', '{"update_id":6,"message":{"chat":{"id":1},"text":"\\ud800"}}', 'stored'],
    ['10 000-deep nesting', `{"update_id":7,"message":{"chat":{"id":1},"x":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`, 'stored'],
    ['an id beyond 2^63', '{"update_id":18446744073709551616,"message":{"chat":{"id":1}}}', 'poison'],
    ['a megabyte', message(8, 100, 'я'.repeat(500_000)), 'stored'],
  ];
  for (const [what, body, outcome] of hostile) {
    it(`${what}: ${outcome}, byte for byte, and a repeat is known`, async () => {
      assert.deepEqual(await send(body), { outcome });
      assert.deepEqual(await send(body), { outcome: 'duplicate' });
      const [row] = await rows();
      assert.deepEqual(row?.body, Buffer.from(body));
      assert.equal(row.outcome, outcome === 'poison' ? 'poison' : null);
      assert.equal((await database.db('lane')).length, outcome === 'poison' ? 0 : 1);
    });
  }

  it('says DATABASE_UNAVAILABLE when nothing can be stored', async () => {
    const nowhere = openDatabase('postgres://valera:x@127.0.0.1:1/valera');
    const orphan = createReceive({ ...deps, db: nowhere });
    await assert.rejects(orphan({ body: Buffer.from(message(1)), requestId: 'r', traceparent: undefined }), (error) =>
      isAppError(error, 'DATABASE_UNAVAILABLE'),
    );
    await nowhere.destroy();
  });
});
