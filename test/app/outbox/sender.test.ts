import assert from 'node:assert/strict';
import { systemClock as clock } from '../../../app/kit/clock.ts';
import { silentLogger as logger } from '../../../app/kit/logger.ts';
import { createMetrics } from '../../../app/observability/metrics.ts';
import { createAppendOutbox, type OutboxKind } from '../../../app/outbox/append.ts';
import { createSender, type Send, type SenderOptions } from '../../../app/outbox/sender.ts';
import type { SendOutcome } from '../../../app/telegram/client.ts';
import { testConfig } from '../../support/config.ts';
import { createMigratedDatabase, type MigratedDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';

const BOT = 42;
const GROUP = -1001000000001;
type OutboxRow = { chat_id: number; seq: number; kind: string; state: string; attempts: number; message_id: number | null; last_error: string | null };

describe('the outbox on PostgreSQL', () => {
  let database: MigratedDatabase;
  before(async () => {
    database = await createMigratedDatabase();
  });
  after(() => database.drop());
  beforeEach(() => database.db.raw('TRUNCATE outbox, outbox_chat; TRUNCATE client CASCADE'));

  const quick: SenderOptions = {
    ...testConfig().outbox,
    leaseMarginMs: 1000,
    pollMinMs: 5,
    pollMaxMs: 10,
    unknownBackoffMs: [1],
    failureBaseMs: 1,
    failureCapMs: 1,
    privatePerSecond: 10_000,
    groupPerMinute: 600_000,
    heldRetryMs: 3_600_000,
  };

  const append = (chatId: number, texts: readonly string[], kind: OutboxKind = 'answer') =>
    database.db.transaction((trx) =>
      createAppendOutbox(BOT)(
        trx,
        texts.map((text) => ({ chatId, kind, text: { text, entities: [] } })),
        { turnId: 't', traceparent: undefined },
      ),
    );
  const rows = (): Promise<OutboxRow[]> => database.db<OutboxRow>('outbox').orderBy(['chat_id', 'seq']);
  const states = async (): Promise<string[]> => (await rows()).map((row) => row.state);

  type Sent = { chatId: number; text: string };
  /** A Telegram that answers from a script, then with success; it remembers what it was asked. */
  const scripted = (...script: SendOutcome[]) => {
    const asked: Sent[] = [];
    const send: Send = (chatId, message) => {
      asked.push({ chatId, text: message.text });
      return Promise.resolve(script.shift() ?? { kind: 'sent', messageId: asked.length });
    };
    return { asked, send };
  };

  const running = async (send: Send, work: () => Promise<void>, options: Partial<SenderOptions> = {}, count = 1): Promise<void> => {
    const senders = Array.from({ length: count }, (_, index) =>
      createSender({
        db: database.db,
        botId: BOT,
        owner: `o${index}`,
        send,
        options: { ...quick, ...options },
        mayWork: () => true,
        alias: String,
        metrics: createMetrics(),
        clock,
        logger,
      }),
    );
    senders.forEach((sender) => sender.start());
    try {
      await work();
    } finally {
      await Promise.all(senders.map((sender) => sender.stop(0)));
    }
  };
  const untilStates = (...expected: string[]) => until(async () => JSON.stringify(await states()) === JSON.stringify(expected));

  it('three senders keep the order of every chat and send each message once', async () => {
    for (let n = 1; n <= 20; n++) for (const chat of [1, 2, 3]) await append(chat, [`${n}`]);
    const { asked, send } = scripted();
    await running(send, () => until(async () => (await states()).every((state) => state === 'sent')), {}, 3);
    for (const chat of [1, 2, 3]) {
      assert.deepEqual(
        asked.filter(({ chatId }) => chatId === chat).map(({ text }) => text),
        Array.from({ length: 20 }, (_, index) => `${index + 1}`),
      );
    }
    assert.ok((await rows()).every((row) => row.message_id !== null && row.attempts === 1));
  });

  it('an unknown outcome is repeated before anything later is sent', async () => {
    await append(1, ['a', 'b']);
    const { asked, send } = scripted({ kind: 'unknown', description: 'reset' }, { kind: 'unknown', description: '502' });
    await running(send, () => untilStates('sent', 'sent'));
    assert.deepEqual(
      asked.map(({ text }) => text),
      ['a', 'a', 'a', 'b'],
    );
  });

  it('a row left in `sending` by a dead process is unknown, and repeated', async () => {
    await append(1, ['a', 'b']);
    await database.db.raw(`UPDATE outbox SET state = 'sending', attempts = 1 WHERE seq = 1`);
    const { asked, send } = scripted();
    await running(send, () => untilStates('sent', 'sent'));
    assert.deepEqual(
      asked.map(({ text }) => text),
      ['a', 'b'],
    );
  });

  it('a row whose customer asked to be forgotten while it was under way is not repeated', async () => {
    await append(1, ['a', 'b']);
    await database.db.raw(`UPDATE outbox SET state = 'sending', attempts = 1, payload = '{"text":"","entities":[]}' WHERE seq = 1`);
    const { asked, send } = scripted();
    await running(send, () => untilStates('dead', 'sent'));
    assert.deepEqual(
      asked.map(({ text }) => text),
      ['b'],
    );
  });

  it('a chat whose sender lives is left alone', async () => {
    await append(1, ['a']);
    await append(2, ['x']);
    await database.db.raw(`UPDATE outbox_chat SET lease_until = clock_timestamp() + interval '1 minute' WHERE chat_id = 1`);
    const { asked, send } = scripted();
    await running(send, () => untilStates('pending', 'sent'));
    assert.deepEqual(asked, [{ chatId: 2, text: 'x' }]);
  });

  it('a 429 silences its chat alone, and the silence outlives the process', async () => {
    await append(1, ['a']);
    const first = scripted({ kind: 'flood', retryAfterMs: 3_600_000 });
    await running(first.send, () => until(() => Promise.resolve(first.asked.length === 1)));
    await append(1, ['b']);
    await append(2, ['x']);
    const second = scripted();
    await running(second.send, () => untilStates('pending', 'pending', 'sent'));
    assert.deepEqual(second.asked, [{ chatId: 2, text: 'x' }]);
  });

  it('when three chats are limited at once, the whole bot is silent', async () => {
    for (const chat of [1, 2, 3, 4]) await append(chat, ['a']);
    const flood: SendOutcome = { kind: 'flood', retryAfterMs: 3_600_000 };
    const { asked, send } = scripted(flood, flood, flood, flood);
    const sender = createSender({
      db: database.db,
      botId: BOT,
      owner: 'o',
      send,
      options: { ...quick, concurrency: 1 },
      mayWork: () => true,
      alias: String,
      metrics: createMetrics(),
      clock,
      logger,
    });
    sender.start();
    await until(() => Promise.resolve(asked.length === 3));
    await append(5, ['b']);
    await sender.stop(0);
    assert.equal(asked.length, 3);
  });

  it('follows a group that became a supergroup', async () => {
    await append(GROUP, ['n1', 'n2'], 'notice');
    const { asked, send } = scripted({ kind: 'migrated', chatId: -1009 });
    await running(send, () => untilStates('sent', 'sent'));
    assert.deepEqual(asked, [
      { chatId: GROUP, text: 'n1' },
      { chatId: -1009, text: 'n1' },
      { chatId: -1009, text: 'n2' },
    ]);
  });

  it('a refused notice is held while later ones go out; an answer to someone who blocked the bot ends, and the client is marked', async () => {
    await database.db('client').insert({ telegram_user_id: 1 });
    await append(GROUP, ['n1', 'n2'], 'notice');
    await append(1, ['a']);
    const send: Send = (chatId, { text }) =>
      Promise.resolve(text === 'n2' ? { kind: 'sent', messageId: 5 } : { kind: 'rejected', code: 403, description: `Forbidden in ${chatId}` });
    await running(send, () => untilStates('held', 'sent', 'dead'));
    const [client] = await database.db<{ blocked_at: Date | null }>('client');
    assert.notEqual(client?.blocked_at, null);
  });

  it('text whose entities are refused is sent plain', async () => {
    await append(1, ['a']);
    await database.db.raw(`UPDATE outbox SET payload = '{"text":"a","entities":[{"type":"bold","offset":0,"length":1}]}'`);
    const seen: number[] = [];
    const send: Send = (_, { entities }) => {
      seen.push(entities.length);
      return Promise.resolve(entities.length > 0 ? { kind: 'bad_entities', description: "can't parse entities" } : { kind: 'sent', messageId: 1 });
    };
    await running(send, () => untilStates('sent'));
    assert.deepEqual(seen, [1, 0]);
  });

  it('a spent budget delays, and nothing is lost', async () => {
    await append(1, ['a', 'b', 'c']);
    const { asked, send } = scripted();
    await running(send, () => untilStates('sent', 'sent', 'sent'), { privateBurst: 1, privatePerSecond: 50 });
    assert.deepEqual(
      asked.map(({ text }) => text),
      ['a', 'b', 'c'],
    );
  });

  it('does nothing while the process may not work, and rows of another bot are never sent', async () => {
    await append(1, ['a']);
    await database.db.raw('UPDATE outbox SET bot_id = 7; UPDATE outbox_chat SET bot_id = 7');
    await append(2, ['x']);
    const { asked, send } = scripted();
    await running(send, () => until(async () => (await states())[1] === 'sent'));
    assert.deepEqual(asked, [{ chatId: 2, text: 'x' }]);
  });
});
