import assert from 'node:assert/strict';
import { rowsOf } from '../../../app/db/connect.ts';
import { systemClock as clock } from '../../../app/kit/clock.ts';
import { silentLogger as logger } from '../../../app/kit/logger.ts';
import { createMetrics } from '../../../app/observability/metrics.ts';
import { createAppendOutbox, type OutboxDraft } from '../../../app/outbox/append.ts';
import { toPayloads } from '../../../app/outbox/payload.ts';
import { createSender, type Send, type SenderOptions } from '../../../app/outbox/sender.ts';
import { createUndelivered } from '../../../app/outbox/undelivered.ts';
import type { Outgoing, SendOutcome } from '../../../app/telegram/client.ts';
import { testConfig } from '../../support/config.ts';
import { createMigratedDatabase, type MigratedDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';

const BOT = 42;
const GROUP = -1001000000001;
const CUSTOMER = 100;
const plain = (text: string) => ({ text, entities: [] });
const ids = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => `f${from + index}`);

describe('a message with photos as rows', () => {
  const cases: [what: string, photos: number, textLength: number, expected: [photos: number, textLength: number][]][] = [
    ['none', 0, 4096, [[0, 4096]]],
    ['one with its caption', 1, 1024, [[1, 1024]]],
    ['ten are one album', 10, 5, [[10, 5]]],
    ['no words at all: an older release would take the row for a cancelled one', 1, 0, [[1, 4]]],
    [
      'eleven are two',
      11,
      5,
      [
        [10, 5],
        [1, 4],
      ],
    ],
    [
      'a text too long for a caption follows its photos',
      2,
      1025,
      [
        [2, 4],
        [0, 1025],
      ],
    ],
    [
      'one too long for a message as well',
      1,
      5000,
      [
        [1, 4],
        [0, 4096],
        [0, 904],
      ],
    ],
  ];
  for (const [what, photos, length, expected] of cases) {
    it(what, () => {
      const rows = toPayloads({ text: plain('я'.repeat(length)), photos: ids(photos), replyTo: 9, about: 5 });
      assert.deepEqual(
        rows.map((row) => [row.photos?.length ?? 0, row.text.length]),
        expected,
      );
      assert.deepEqual(
        rows.flatMap((row) => row.photos ?? []),
        ids(photos),
      );
      assert.ok(rows.every((row) => row.replyTo === 9 && row.about === 5));
    });
  }
  it('a text alone is stored as an older release knows it', () => assert.deepEqual(toPayloads({ text: plain('x') }), [plain('x')]));
});

describe('photos and relays in the outbox', () => {
  let database: MigratedDatabase;
  before(async () => {
    database = await createMigratedDatabase();
  });
  after(() => database.drop());
  beforeEach(() => database.db.raw('TRUNCATE outbox, outbox_chat, handover; TRUNCATE client CASCADE'));

  const appendOutbox = createAppendOutbox(BOT);
  const append = (...drafts: OutboxDraft[]) => database.db.transaction((trx) => appendOutbox(trx, drafts, { turnId: '42:-100#1', traceparent: undefined }));
  type Row = { id: number; chat_id: number; kind: string; state: string; payload: Outgoing & { about?: number }; message_id: number | null };
  const rows = (): Promise<Row[]> => database.db<Row>('outbox').orderBy(['chat_id', 'seq']);

  const senderOf = (send: Send, owner = 'o', more: Partial<SenderOptions> = {}) => {
    const options = {
      ...testConfig().outbox,
      leaseMarginMs: 1000,
      pollMinMs: 5,
      pollMaxMs: 10,
      unknownBackoffMs: [1],
      failureBaseMs: 1,
      failureCapMs: 1,
      privatePerSecond: 10_000,
      groupPerMinute: 600_000,
      ...more,
    };
    const undelivered = createUndelivered({ managerChatId: GROUP, appendOutbox });
    const metrics = createMetrics();
    return createSender({ db: database.db, botId: BOT, owner, send, options, mayWork: () => true, alias: String, undelivered, metrics, clock, logger });
  };
  const running = async (send: Send, done: () => Promise<boolean>): Promise<void> => {
    const sender = senderOf(send);
    sender.start();
    try {
      await until(done);
    } finally {
      await sender.stop(0);
    }
  };
  const allDone = async (): Promise<boolean> => (await rows()).every(({ state }) => state === 'sent' || state === 'dead');

  /** Answers from a script, then with success. */
  const scripted = (...script: SendOutcome[]) => {
    const asked: [chatId: number, message: Outgoing][] = [];
    const send: Send = (chatId, message) => {
      asked.push([chatId, message]);
      return Promise.resolve(script.shift() ?? { kind: 'sent', messageId: asked.length });
    };
    return { asked, send };
  };

  it('go out as they were queued: photos, caption and reply', async () => {
    await append({ chatId: GROUP, kind: 'notice', text: plain('Фото к заявке №1'), photos: ids(2), replyTo: 7 });
    const { asked, send } = scripted();
    await running(send, allDone);
    assert.deepEqual(asked, [[GROUP, { text: 'Фото к заявке №1', entities: [], photos: ids(2), replyTo: 7 }]]);
  });

  it('a photo without words is sent too', async () => {
    await append({ chatId: CUSTOMER, kind: 'relay', text: plain(''), photos: ids(1) });
    const { asked, send } = scripted();
    await running(send, allDone);
    assert.equal(asked.length, 1);
  });

  it('when Telegram takes the photo no more, its words go on alone and say so', async () => {
    await append({ chatId: GROUP, kind: 'notice', text: plain('Фото клиента'), photos: ids(1) });
    const { asked, send } = scripted({ kind: 'bad_photo', description: 'wrong file identifier' });
    await running(send, allDone);
    assert.equal(asked.length, 2);
    assert.deepEqual(asked[1]?.[1].photos, undefined);
    assert.match(asked[1]?.[1].text ?? '', /^Фото клиента\n\n\[фото переслать не удалось\]$/);
  });

  const blocked: SendOutcome = { kind: 'rejected', code: 403, description: 'Forbidden: bot was blocked by the user' };
  const toBlocked: Send = (chatId) => Promise.resolve(chatId === CUSTOMER ? blocked : { kind: 'sent', messageId: 9 });
  const notices = async (): Promise<Row[]> => (await rows()).filter(({ kind }) => kind === 'notice');

  it('a relay that the customer cannot get is told to the group once, and names the customer for a reply', async () => {
    await append({ chatId: CUSTOMER, kind: 'relay', text: plain('Ждём вас в десять') });
    await running(toBlocked, async () => (await allDone()) && (await notices()).length > 0);
    const [notice, ...more] = await notices();
    assert.deepEqual(more, []);
    assert.match(notice?.payload.text ?? '', /Клиент не получил ваш ответ: он заблокировал бота[^]*Ждём вас в десять/);
    assert.deepEqual([notice?.chat_id, notice?.payload.about, notice?.state], [GROUP, CUSTOMER, 'sent']);
  });

  const SECONDS_AGO = (seconds: number): string => `clock_timestamp() - interval '${seconds} seconds'`;
  const lead = () =>
    database.db.raw(
      `INSERT INTO handover (lane_key, turn_id, reason, started_at, last_manager_at) VALUES ('${BOT}:${CUSTOMER}', 't', 'other', ${SECONDS_AGO(60)}, ${SECONDS_AGO(1)})`,
    );
  const managerWrote = async (): Promise<boolean> => (await database.db('handover').whereNotNull('last_manager_at')).length === 1;

  it('a relay that never came is no word of the manager’s', async () => {
    await lead();
    await append({ chatId: CUSTOMER, kind: 'relay', text: plain('Ждём вас в десять') });
    assert.ok(await managerWrote());
    await running(toBlocked, async () => (await allDone()) && (await notices()).length > 0);
    assert.equal(await managerWrote(), false);
  });

  const others: [what: string, state: string, ageSeconds: number, counts: boolean][] = [
    ['was delivered', 'sent', 5, true],
    ['still waits', 'pending', 5, true],
    ['was lost as well', 'dead', 5, false],
    ['was delivered before this hand-over', 'sent', 600, false],
  ];
  for (const [what, state, age, counts] of others) {
    it(`beside another one that ${what}, ${counts ? 'the manager has written' : 'nobody has written'}`, async () => {
      await lead();
      await append({ chatId: CUSTOMER, kind: 'relay', text: plain('одно') }, { chatId: CUSTOMER, kind: 'relay', text: plain('другое') });
      const values = { state, created_at: database.db.raw(SECONDS_AGO(age)), not_before: database.db.raw(`clock_timestamp() + interval '1 hour'`) };
      await database.db('outbox').where({ chat_id: CUSTOMER, seq: 2 }).update(values);
      await running(toBlocked, async () => (await notices()).some((notice) => notice.state === 'sent'));
      assert.equal(await managerWrote(), counts);
    });
  }

  it('a word that a manager says while the lost one is written down counts', async () => {
    await lead();
    await append({ chatId: CUSTOMER, kind: 'relay', text: plain('одно') });
    const sender = senderOf(toBlocked);
    const waiting = async (): Promise<boolean> => {
      const sql = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%handover%'`;
      return (await rowsOf(database.db.raw(sql))).length > 0;
    };
    try {
      await database.db.transaction(async (turn) => {
        await turn.raw('UPDATE handover SET last_manager_at = clock_timestamp()');
        sender.start();
        await until(waiting);
        await turn('outbox').insert({ bot_id: BOT, chat_id: CUSTOMER, seq: 9, kind: 'relay', state: 'sent', format: 1, payload: plain('другое') });
      });
      await until(async () => (await allDone()) && (await notices()).length > 0);
      assert.ok(await managerWrote());
    } finally {
      await sender.stop(0);
    }
  });

  it('an album takes as much of the group’s budget as it has photos', async () => {
    await append({ chatId: GROUP, kind: 'notice', text: plain('Фото'), photos: ids(10) });
    const { send } = scripted();
    const sender = senderOf(send, 'o', { groupPerMinute: 60 });
    sender.start();
    await until(allDone);
    await sender.stop(0);
    const [chat] = await database.db<{ tokens: number }>('outbox_chat');
    assert.equal(chat?.tokens, 60 - 10);
  });

  it('an answer of the bot that cannot be delivered is no manager’s business', async () => {
    await append({ chatId: CUSTOMER, kind: 'answer', text: plain('x') });
    await running(toBlocked, allDone);
    assert.deepEqual(await notices(), []);
  });

  it('a sender that lost the chat before it could record tells nothing; the new owner tells once', async () => {
    await append({ chatId: CUSTOMER, kind: 'relay', text: plain('x') });
    const losing: Send = async () => {
      await database.db('outbox_chat').where({ chat_id: CUSTOMER }).update({ fence: 99, lease_until: null });
      return blocked;
    };
    await running(losing, async () => (await rows())[0]?.state === 'sending' && (await database.db('outbox_chat').where({ fence: 99 })).length === 1);
    assert.deepEqual(await notices(), []);
    await running(toBlocked, async () => (await allDone()) && (await notices()).length > 0);
    assert.equal((await notices()).length, 1);
  });

  it('a dying relay waits for the group before it holds its own chat, as every turn does: no circle of waiting', async () => {
    await append({ chatId: CUSTOMER, kind: 'relay', text: plain('x') });
    const sender = senderOf(toBlocked);
    const waiting = async (): Promise<boolean> => {
      const sql = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INTO outbox_chat%'`;
      return (await rowsOf(database.db.raw(sql))).length > 0;
    };
    try {
      await database.db.transaction(async (turn) => {
        await appendOutbox(turn, [{ chatId: GROUP, kind: 'notice', text: plain('n') }], { turnId: 't', traceparent: undefined });
        sender.start();
        await until(waiting);
        await turn.raw('SELECT 1 FROM outbox_chat WHERE chat_id = ? FOR UPDATE NOWAIT', [CUSTOMER]);
      });
      await until(async () => (await allDone()) && (await notices()).length === 2);
    } finally {
      await sender.stop(0);
    }
  });
});
