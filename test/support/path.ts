import type { Config } from '../../app/config.ts';
import { createEngine } from '../../app/engine.ts';
import { createReceive } from '../../app/inbox/receive.ts';
import { systemClock as clock } from '../../app/kit/clock.ts';
import { createBackground } from '../../app/kit/background.ts';
import { silentLogger as logger } from '../../app/kit/logger.ts';
import { createDeadLetter } from '../../app/lanes/dead-letter.ts';
import { claimLanes, type Lane } from '../../app/lanes/lane.ts';
import { createLaneWorker } from '../../app/lanes/worker.ts';
import { createMetrics } from '../../app/observability/metrics.ts';
import { createAppendOutbox } from '../../app/outbox/append.ts';
import { createTelegram } from '../../app/telegram/client.ts';
import { readIncoming } from '../../app/telegram/incoming.ts';
import type { Workshop } from '../../app/workshop/types.ts';
import { testConfig } from './config.ts';
import { createMigratedDatabase } from './database.ts';
import { startModelServer } from './model-server.ts';
import { until } from './until.ts';
import { EXAMPLE_DIR, exampleWorkshop } from './workshop.ts';

const BOT_ID = 123456789;
export const MANAGERS = -1001000000001;

type MessageParts = { chatId?: number; userId?: number; text?: string; messageId?: number; edit?: boolean; chatType?: string; isBot?: boolean; more?: object };

/** The message path from receive to outbox in this process: real PostgreSQL, real engine, a scripted model, nothing sent. */
export const createPath = async () => {
  const database = await createMigratedDatabase();
  const model = await startModelServer(() => ({ text: 'Хорошо.' }));
  const workshop = await exampleWorkshop();
  const metrics = createMetrics();
  const { db } = database;
  let nextUpdate = 1;
  let background = createBackground();

  const engine = (content: Workshop = workshop, config: Config = configOf(), dryRun = false) => {
    const telegram = createTelegram(config.telegram);
    const me = { id: BOT_ID, is_bot: true, first_name: 'Valera', username: 'valera_bot' } as Parameters<typeof readIncoming>[1]['me'];
    const read = (body: Uint8Array) => readIncoming(body, { api: telegram.api, me });
    return createEngine({
      config,
      db,
      workshop: content,
      read,
      appendOutbox: createAppendOutbox(BOT_ID),
      dryRun,
      background,
      wakeOutbox: () => undefined,
      metrics,
      clock,
      logger,
    });
  };

  const configOf = (overrides: Record<string, string | number> = {}): Config =>
    testConfig({
      WORKSHOP_DIR: EXAMPLE_DIR,
      LLM_BASE_URL: model.baseUrl,
      LIMIT_CUSTOMER_MESSAGES: 0, // tests write faster than people
      LANE_POLL_MIN_MS: 2,
      LANE_POLL_MAX_MS: 4,
      LANE_RETRY_BASE_MS: 1,
      LANE_RETRY_CAP_MS: 2,
      ...overrides,
    });

  /** Any update, as Telegram posts it. */
  const receive = async (update: object): Promise<void> => {
    const body = Buffer.from(JSON.stringify(update));
    await createReceive({ db, botId: BOT_ID, wake: () => undefined, logger })({ body, requestId: 'r', traceparent: undefined });
  };

  const write = async ({
    chatId = 100,
    userId = chatId,
    text,
    messageId = nextUpdate,
    edit = false,
    chatType = 'private',
    isBot = false,
    more = {},
  }: MessageParts) => {
    const entities = text?.startsWith('/') ? [{ type: 'bot_command', offset: 0, length: text.split(' ')[0]?.length ?? 0 }] : undefined;
    const message = {
      message_id: messageId,
      date: 0,
      chat: { id: chatId, type: chatType },
      from: { id: userId, is_bot: isBot, first_name: 'Анна' },
      text,
      entities,
      ...more,
    };
    await receive({ update_id: nextUpdate++, [edit ? 'edited_message' : 'message']: message });
    return messageId;
  };

  const claim = async (leaseMs = 60_000): Promise<Lane> => {
    const [lane] = await claimLanes(db, { prefix: `${BOT_ID}:`, owner: 'test', limit: 1, leaseMs });
    if (!lane) throw new Error('no lane is ready');
    return lane;
  };

  /** Runs turns, one after another, until no lane is ready. */
  const answerAll = async (run = engine()): Promise<void> => {
    for (;;) {
      const [lane] = await claimLanes(db, { prefix: '', owner: 'test', limit: 1, leaseMs: 60_000 });
      if (!lane) return;
      await run(lane, new AbortController().signal);
    }
  };

  /** A worker as in production, until every update is done. */
  const workUntilDone = async (run: (lane: Lane, signal: AbortSignal) => Promise<void> = engine(), config = configOf()): Promise<void> => {
    const deadLetter = createDeadLetter({ db, appendOutbox: createAppendOutbox(BOT_ID), managerChatId: MANAGERS, metrics, clock, logger });
    const worker = createLaneWorker({ db, botId: BOT_ID, metrics, owner: 'w', options: config.lanes, run, deadLetter, mayWork: () => true, clock, logger });
    worker.start();
    try {
      await until(async () => (await db('inbox').whereNull('done_at')).length === 0);
    } finally {
      await worker.stop(0);
    }
  };

  type OutboxRow = { chat_id: number; kind: string; payload: { text: string } };
  const outbox = async (chatId: number): Promise<string[]> =>
    (await db<OutboxRow>('outbox').where({ chat_id: chatId }).orderBy('seq')).map((row) => row.payload.text);
  const outcomes = async (): Promise<(string | null)[]> =>
    (await db<{ outcome: string | null; seq: number }>('inbox').orderBy('seq')).map((row) => row.outcome);

  return {
    db,
    url: database.url,
    model,
    workshop,
    metrics,
    engine,
    configOf,
    receive,
    write,
    claim,
    answerAll,
    workUntilDone,
    outbox,
    outcomes,
    /** Ends what outlived its turn, as a process does that stops. */
    stopBackground: async (): Promise<void> => {
      await background.stop();
      background = createBackground();
    },
    reset: async (): Promise<void> => {
      await background.stop();
      background = createBackground();
      await db.raw(
        'TRUNCATE inbox, lane, turn_input, step, message, outbox, outbox_chat, booking, vehicle, client, event, llm_call, summary, attachment, handover; UPDATE booking_counter SET next = 1',
      );
      model.requests.length = 0;
      model.answerWith(() => ({ text: 'Хорошо.' }));
    },
    stop: async (): Promise<void> => {
      await background.stop();
      await model.stop();
      await database.drop();
    },
  };
};

export type Path = Awaited<ReturnType<typeof createPath>>;
