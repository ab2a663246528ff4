import assert from 'node:assert/strict';
import { createSigns, WORKING } from '../../../app/dialogue/signs.ts';
import { systemClock as clock, type Clock } from '../../../app/kit/clock.ts';
import { silentLogger as logger } from '../../../app/kit/logger.ts';
import { claimLanes, type Lane } from '../../../app/lanes/lane.ts';
import type { Answer, Reply, Turn } from '../../../app/lanes/turn.ts';
import { createMetrics } from '../../../app/observability/metrics.ts';
import { createAppendOutbox } from '../../../app/outbox/append.ts';
import type { ChatActionOutcome } from '../../../app/telegram/client.ts';
import { createMigratedDatabase, type MigratedDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';

const BOT = 42;
const CHAT = 100;
const REPLY: Reply = { outcome: 'answered', outbox: [], events: [] };
const SHOWN: ChatActionOutcome = { kind: 'shown' };

describe('signs of life', () => {
  let database: MigratedDatabase;
  before(async () => {
    database = await createMigratedDatabase();
  });
  after(() => database.drop());
  beforeEach(() => database.db.raw('TRUNCATE outbox, outbox_chat, lane, handover'));

  const claim = async (chatId = CHAT): Promise<Lane> => {
    const key = `${BOT}:${chatId}`;
    await database.db.raw('INSERT INTO lane (key, ready_at) VALUES (?, clock_timestamp()) ON CONFLICT (key) DO UPDATE SET lease_until = NULL', [key]);
    const [lane] = await claimLanes(database.db, { prefix: key, owner: 'o', limit: 1, leaseMs: 60_000 });
    if (!lane) throw new Error('no lane');
    return lane;
  };
  const turnOf = (lane: Lane, receivedAt = new Date()): Turn => {
    const incoming = { kind: 'ignored', reason: '' } as const;
    return {
      id: `${lane.key}#1`,
      lane,
      texts: ['x'],
      historyUpTo: 0,
      inputs: [{ seq: 1, incoming, requestId: undefined, traceparent: undefined, receivedAt }],
    };
  };
  const NEVER = 3_600_000;
  type Times = { typingDelayMs: number; typingIntervalMs: number; workingNoticeMs: number };

  /** Runs a turn whose answer takes until `done`. */
  const run = async (
    turn: Turn,
    done: () => Promise<boolean>,
    {
      times = {},
      chatAction = () => Promise.resolve(SHOWN),
      signal,
      with: own = clock,
    }: {
      times?: Partial<Times>;
      chatAction?: (chatId: number) => Promise<ChatActionOutcome>;
      signal?: AbortSignal;
      with?: Clock;
    } = {},
  ): Promise<Reply> => {
    const signs = createSigns({
      db: database.db,
      botId: BOT,
      chatAction,
      appendOutbox: createAppendOutbox(BOT),
      wakeOutbox: () => undefined,
      times: { typingDelayMs: 1, typingIntervalMs: 1, workingNoticeMs: NEVER, ...times },
      metrics: createMetrics(),
      clock: own,
      logger,
    });
    const slow: Answer = async () => {
      await until(done);
      return REPLY;
    };
    return signs(slow)(turn, { steps: {} as never, signal: signal ?? new AbortController().signal });
  };
  const outbox = async (): Promise<string[]> =>
    (await database.db<{ payload: { text: string }; chat_id: number }>('outbox').orderBy('id')).map(({ payload }) => payload.text);
  /** Whatever was under way towards the database has had its turn. */
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 10; n += 1) await database.db.raw('SELECT 1');
  };
  const counting = (...script: ChatActionOutcome[]) => {
    const shown: number[] = [];
    const chatAction = (chatId: number) => {
      shown.push(chatId);
      return Promise.resolve(script.shift() ?? SHOWN);
    };
    return { shown, chatAction };
  };

  it('«печатает…» comes again and again until the answer is there, and not after it', async () => {
    const { shown, chatAction } = counting();
    const reply = await run(turnOf(await claim()), () => Promise.resolve(shown.length >= 3), { chatAction });
    assert.equal(reply, REPLY);
    const count = shown.length;
    await settle();
    assert.ok(shown.length <= count + 1, 'one may have been under way');
    assert.deepEqual(new Set(shown), new Set([CHAT]));
  });

  it('a quick answer needs none', async () => {
    const { shown, chatAction } = counting();
    await run(turnOf(await claim()), () => Promise.resolve(true), { chatAction, times: { typingDelayMs: 60_000 } });
    assert.deepEqual(shown, []);
  });

  it('the first 429 ends it, in the next turns of the chat too until its time is over', async () => {
    const { shown, chatAction } = counting({ kind: 'flood', retryAfterMs: NEVER });
    const lane = await claim();
    let woken = 0;
    const counted: Clock = { ...clock, sleep: async (ms, signal) => (await clock.sleep(ms, signal), void (woken += 1)) };
    const signs = createSigns({
      db: database.db,
      botId: BOT,
      chatAction,
      appendOutbox: createAppendOutbox(BOT),
      wakeOutbox: () => undefined,
      times: { typingDelayMs: 1, typingIntervalMs: 1, workingNoticeMs: NEVER },
      metrics: createMetrics(),
      clock: counted,
      logger,
    });
    const patient: Answer = async () => {
      const before = woken;
      await until(() => Promise.resolve(shown.length > 0 && woken > before));
      await settle();
      return REPLY;
    };
    const context = { steps: {} as never, signal: new AbortController().signal };
    await signs(patient)(turnOf(lane), context);
    await signs(patient)(turnOf(lane), context);
    assert.equal(shown.length, 1);
  });

  for (const [what, prepare] of [
    ['a message waits to be sent', `INSERT INTO outbox (bot_id, chat_id, seq, kind, format, payload) VALUES (${BOT}, ${CHAT}, 1, 'answer', 1, '{}')`],
    ['the chat must be silent', `UPDATE outbox_chat SET not_before = clock_timestamp() + interval '1 minute'`],
  ] as const) {
    it(`none while ${what}`, async () => {
      await database.db.raw(`INSERT INTO outbox_chat (bot_id, chat_id) VALUES (${BOT}, ${CHAT})`);
      await database.db.raw(prepare);
      let looks = 0;
      const counted: Clock = { ...clock, sleep: (ms, signal) => ((looks += ms === 7 ? 1 : 0), clock.sleep(ms, signal)) };
      const { shown, chatAction } = counting();
      await run(turnOf(await claim()), () => Promise.resolve(looks >= 3), { chatAction, times: { typingIntervalMs: 7 }, with: counted });
      assert.deepEqual(shown, []);
    });
  }

  it('a Telegram that hangs or fails changes nothing about the answer', async () => {
    const lane = await claim();
    let begun = false;
    const hanging = () => ((begun = true), new Promise<ChatActionOutcome>(() => undefined));
    assert.equal(await run(turnOf(lane), () => Promise.resolve(begun), { chatAction: hanging }), REPLY);
    let thrown = false;
    const throwing = () => ((thrown = true), Promise.reject(new Error('broken')));
    assert.equal(await run(turnOf(lane), () => Promise.resolve(thrown), { chatAction: throwing }), REPLY);
  });

  it('the managers’ group and smoke tests see none', async () => {
    const { shown, chatAction } = counting();
    const lane = await claim(-1001);
    await run(turnOf(lane), () => Promise.resolve(true), { chatAction, times: { typingDelayMs: 0, workingNoticeMs: 0 } });
    await run(turnOf({ ...lane, key: 'smoke:r1' }), () => Promise.resolve(true), { chatAction, times: { typingDelayMs: 0, workingNoticeMs: 0 } });
    assert.deepEqual([shown, await outbox()], [[], []]);
  });

  it('near the deadline the customer is asked for patience, once, also when another process takes the turn over', async () => {
    const soon = { typingDelayMs: NEVER, workingNoticeMs: 5 };
    const lane = await claim();
    await run(turnOf(lane), async () => (await outbox()).length > 0, { times: soon });
    const heir = await claim();
    let looked = 0;
    const counted: Clock = { ...clock, sleep: async (ms, signal) => (await clock.sleep(ms, signal), void (looked += 1)) };
    await run(turnOf(heir), () => Promise.resolve(looked > 0), { times: soon, with: counted });
    assert.deepEqual(await outbox(), [WORKING]);
  });

  it('it counts from when the customer wrote', async () => {
    const times = { typingDelayMs: 1, workingNoticeMs: 600_000 };
    await run(turnOf(await claim(), new Date(Date.now() - 600_000)), async () => (await outbox()).length > 0, {
      times,
      chatAction: () => new Promise(() => undefined),
    });
    assert.deepEqual(await outbox(), [WORKING]);
  });

  it('behind a manager’s word it asks for nothing', async () => {
    const lane = await claim();
    const word = { lane_key: lane.key, turn_id: 'g', reason: 'manager_wrote', started_at: new Date(), last_manager_at: new Date(Date.now() + 1) };
    await database.db('handover').insert(word);
    let looked = 0;
    const counted: Clock = { ...clock, sleep: async (ms, signal) => (await clock.sleep(ms, signal), void (looked += 1)) };
    await run(turnOf(lane), () => Promise.resolve(looked > 0), { times: { typingDelayMs: NEVER, workingNoticeMs: 1 }, with: counted });
    assert.deepEqual(await outbox(), []);
  });

  it('whoever has lost the chat asks for nothing', async () => {
    const stale = await claim();
    await claim();
    let looked = 0;
    const counted: Clock = { ...clock, sleep: async (ms, signal) => (await clock.sleep(ms, signal), void (looked += 1)) };
    await run(turnOf(stale), () => Promise.resolve(looked > 0), { times: { typingDelayMs: NEVER, workingNoticeMs: 1 }, with: counted });
    assert.deepEqual(await outbox(), []);
  });
});
