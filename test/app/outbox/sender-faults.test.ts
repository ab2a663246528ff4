import assert from 'node:assert/strict';
import { connectDatabase, rowsOf, type Database } from '../../../app/db/connect.ts';
import { systemClock, type Clock } from '../../../app/kit/clock.ts';
import { silentLogger as logger } from '../../../app/kit/logger.ts';
import { createMetrics } from '../../../app/observability/metrics.ts';
import { createAppendOutbox } from '../../../app/outbox/append.ts';
import { createSender, type Send, type SenderOptions } from '../../../app/outbox/sender.ts';
import { testConfig } from '../../support/config.ts';
import { createMigratedDatabase, type MigratedDatabase } from '../../support/database.ts';
import { untilBlocked } from '../../support/blocked.ts';
import { until } from '../../support/until.ts';

const BOT = 42;

describe('the outbox when something dies beside it', () => {
  let database: MigratedDatabase;
  before(async () => {
    database = await createMigratedDatabase();
  });
  after(() => database.drop());
  beforeEach(() => database.db.raw('TRUNCATE outbox, outbox_chat; TRUNCATE client CASCADE'));

  const options: SenderOptions = {
    ...testConfig().outbox,
    leaseMarginMs: 1_000,
    pollMinMs: 2,
    pollMaxMs: 4,
    unknownBackoffMs: [1],
    failureBaseMs: 1,
    failureCapMs: 5,
    privatePerSecond: 10_000,
    groupPerMinute: 600_000,
  };
  const append = (chatId: number, ...texts: string[]) =>
    database.db.transaction((trx) =>
      createAppendOutbox(BOT)(
        trx,
        texts.map((text) => ({ chatId, kind: 'answer', text: { text, entities: [] } })),
        { turnId: 't', traceparent: undefined },
      ),
    );
  const states = async (): Promise<string[]> => (await database.db<{ state: string }>('outbox').orderBy(['chat_id', 'seq'])).map((row) => row.state);
  const start = (send: Send, more: { db?: Database; clock?: Clock; options?: Partial<SenderOptions> } = {}) => {
    const deps = { botId: BOT, owner: 'o', mayWork: () => true, alias: String, metrics: createMetrics(), logger };
    const sender = createSender({ ...deps, db: more.db ?? database.db, clock: more.clock ?? systemClock, send, options: { ...options, ...more.options } });
    sender.start();
    return sender;
  };

  it('a send that succeeded is recorded as soon as the database is back, and not repeated', async () => {
    await append(1, 'a', 'b');
    const impatient = connectDatabase({
      url: database.url,
      applicationName: 'sender',
      poolMax: 4,
      statementTimeoutMs: 5_000,
      lockTimeoutMs: 20,
      idleInTransactionTimeoutMs: 5_000,
      connectTimeoutMs: 2_000,
      connectionLifetimeMs: 60_000,
    });
    const asked: string[] = [];
    const away = await database.db.transaction();
    let refusals = 0;
    impatient.on('query-error', (error: { code?: string }) => {
      if (error.code === '55P03' && ++refusals === 3) void away.rollback(); // the database is back after three failed tries
    });
    const send: Send = async (_, { text }) => {
      asked.push(text);
      if (text === 'a') await away.raw('LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE');
      return { kind: 'sent', messageId: 1 };
    };
    const sender = start(send, { db: impatient });
    await until(() => Promise.resolve(asked.includes('b')));
    await until(async () => (await states()).every((state) => state === 'sent'));
    await sender.stop(0);
    await impatient.destroy();
    assert.deepEqual(asked, ['a', 'b']);
    assert.ok(refusals >= 3);
  });

  it('a process that was stopped between marking and sending sends nothing after its lease', async () => {
    await append(1, 'a');
    let skewMs = 0;
    const clock: Clock = { ...systemClock, monotonicMs: () => performance.now() + skewMs };
    const asked: string[] = [];
    const send: Send = (_, { text }) => {
      asked.push(text);
      return Promise.resolve({ kind: 'sent', messageId: 1 });
    };
    // the marking transaction waits for us, as a process does that was stopped in it
    const LOCK = 4712;
    const holder = await database.db.transaction();
    await holder.raw(`SELECT pg_advisory_xact_lock(${LOCK})`);
    await database.db.raw(
      `CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(${LOCK}); RETURN NEW; END $$`,
    );
    await database.db.raw('CREATE TRIGGER pause BEFORE UPDATE ON outbox FOR EACH ROW EXECUTE FUNCTION pause()');
    const sender = start(send, { clock });
    await untilBlocked(database.db, 1);
    skewMs = 3_600_000;
    await holder.rollback();
    await until(async () => (await states())[0] === 'sending');
    await sender.stop(0);
    await database.db.raw('DROP TRIGGER pause ON outbox; DROP FUNCTION pause()');
    assert.deepEqual(asked, []);
    assert.deepEqual(await states(), ['sending'], 'its outcome is left to the chat’s next owner');
  });

  it('what an old owner records after a takeover is refused', async () => {
    await append(1, 'a');
    let sends = 0;
    const send: Send = async () => {
      sends++;
      await database.db.raw(`UPDATE outbox_chat SET fence = fence + 1, lease_until = clock_timestamp() + interval '1 hour'`);
      return { kind: 'sent', messageId: 5 };
    };
    const sender = start(send);
    await until(() => Promise.resolve(sends === 1));
    await sender.stop(0);
    const [row] = await database.db<{ state: string; message_id: number | null }>('outbox');
    assert.deepEqual([row?.state, row?.message_id], ['sending', null]);
  });

  it('a chat that is sent to for longer than its lease is not taken over', async () => {
    await append(1, 'a');
    let sends = 0;
    let finish: () => void = () => undefined;
    const send: Send = () => {
      sends++;
      return new Promise((resolve) => {
        finish = () => resolve({ kind: 'sent', messageId: 1 });
      });
    };
    const lease = { leaseMs: 200, leaseRenewMs: 40, leaseMarginMs: 60 };
    const [first, second] = [start(send, { options: lease }), start(send, { options: lease })];
    const renewed = async (): Promise<boolean> => {
      const sql = `SELECT 1 FROM outbox_chat WHERE lease_until > (SELECT min(first_sent_at) FROM outbox) + interval '1 second'`;
      return (await rowsOf(database.db.raw(sql))).length > 0;
    };
    await until(renewed);
    finish();
    await until(async () => (await states())[0] === 'sent');
    await Promise.all([first.stop(0), second.stop(0)]);
    assert.equal(sends, 1);
  });

  it('a message of a newer release is left to that release, and nothing overtakes it', async () => {
    await append(1, 'a', 'b');
    await append(2, 'x');
    await database.db.raw(`UPDATE outbox SET format = 2, payload = '{"photo":"id"}' WHERE chat_id = 1 AND seq = 1`);
    const asked: string[] = [];
    const sender = start((_, { text }) => {
      asked.push(text);
      return Promise.resolve({ kind: 'sent', messageId: 1 });
    });
    await until(async () => (await states())[2] === 'sent');
    await until(async () => (await database.db('outbox_chat').where({ chat_id: 1, lease_until: null })).length === 1);
    await sender.stop(0);
    assert.deepEqual(asked, ['x']);
    assert.deepEqual(await states(), ['pending', 'pending', 'sent']);
  });

  it('after three chats were limited at once, a fourth is not tried, though it is claimed already', async () => {
    for (const chat of [1, 2, 3, 4, 5]) await append(chat, 'a', 'b');
    const asked: number[] = [];
    const answers = new Map<number, () => void>();
    const send: Send = (chatId) => {
      asked.push(chatId);
      return new Promise((resolve) => {
        answers.set(chatId, () => resolve(chatId <= 3 ? { kind: 'flood', retryAfterMs: 3_600_000 } : { kind: 'sent', messageId: 1 }));
      });
    };
    const sender = start(send, { options: { concurrency: 5 } });
    await until(() => Promise.resolve(answers.size === 5));
    for (const chat of [1, 2, 3]) answers.get(chat)?.();
    await until(async () => (await database.db('outbox_chat').whereNotNull('lease_until')).length === 2);
    for (const chat of [4, 5]) answers.get(chat)?.();
    await until(async () => (await database.db('outbox_chat').whereNotNull('lease_until')).length === 0);
    await append(6, 'c');
    await sender.stop(0);
    assert.deepEqual(asked.toSorted(), [1, 2, 3, 4, 5], 'one attempt each, and none after the gate closed');
  });

  it('only a 403 marks a customer as gone', async () => {
    await database.db('client').insert([{ telegram_user_id: 1 }, { telegram_user_id: 2 }]);
    await append(1, 'a');
    await append(2, 'a');
    const sender = start((chatId) => Promise.resolve({ kind: 'rejected', code: chatId === 1 ? 400 : 403, description: 'x' }));
    await until(async () => (await database.db('client').whereNotNull('blocked_at')).length === 1 && (await states()).every((state) => state === 'dead'));
    await sender.stop(0);
    const [gone] = await database.db<{ telegram_user_id: number }>('client').whereNotNull('blocked_at');
    assert.equal(gone?.telegram_user_id, 2);
  });
});
