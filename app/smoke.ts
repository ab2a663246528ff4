import type { Config } from './config.ts';
import { connectDatabases } from './databases.ts';
import { rowsOf, type Database } from './db/connect.ts';
import { translateDbError } from './db/errors.ts';
import { createEngine } from './engine.ts';
import { createBackground } from './kit/background.ts';
import type { Clock } from './kit/clock.ts';
import { AppError } from './kit/errors.ts';
import { newId } from './kit/ids.ts';
import type { Logger } from './kit/logger.ts';
import { claimLanes, type Lane } from './lanes/lane.ts';
import { createMetrics } from './observability/metrics.ts';
import type { OutboxDraft } from './outbox/append.ts';
import { TEXTS } from './dialogue/texts.ts';
import { createTelegram } from './telegram/client.ts';
import { readIncoming } from './telegram/incoming.ts';
import { createIdentity } from './telegram/identity.ts';
import { loadWorkshop } from './workshop/load.ts';

export type SmokeOptions = Readonly<{ config: Config; clock: Clock; logger: Logger; say: readonly string[]; expect: RegExp | undefined }>;
export type SmokeReport = Readonly<{ ok: boolean; reason: string; dialogue: readonly Readonly<{ customer: string; bot: readonly string[]; ms: number }>[] }>;

const SMOKE_USER = 1; // nobody on Telegram; nothing is sent to it in any case

const updateOf = (text: string, id: number): Buffer => {
  const from = { id: SMOKE_USER, is_bot: false, first_name: 'Проверка' };
  const entities = text.startsWith('/') ? [{ type: 'bot_command', offset: 0, length: text.split(' ')[0]?.length ?? 0 }] : undefined;
  return Buffer.from(
    JSON.stringify({
      update_id: id,
      message: { message_id: id, date: 0, chat: { id: SMOKE_USER, type: 'private', first_name: 'Проверка' }, from, text, entities },
    }),
  );
};

const CLEAN = [
  "DELETE FROM step WHERE turn_id LIKE :lane || '#%'",
  'DELETE FROM turn_input WHERE lane_key = :lane',
  'DELETE FROM message WHERE lane_key = :lane',
  'DELETE FROM inbox WHERE lane_key = :lane',
  'DELETE FROM lane WHERE key = :lane',
];

const clean = async (db: Database, lane: string): Promise<void> => {
  for (const sql of CLEAN) await db.raw(sql, { lane });
};

const assertFree = async (db: Database, lane: string): Promise<void> => {
  const held = await rowsOf(db.raw('SELECT 1 FROM lane WHERE key = ? AND lease_until > clock_timestamp()', [lane]));
  if (held.length > 0) throw new AppError('SMOKE_FAILED', 'another smoke test of the same revision is running; wait for it');
};

const store = async (db: Database, lane: string, { text, number, botId }: { text: string; number: number; botId: number }): Promise<void> => {
  await db('inbox').insert({ bot_id: botId, update_key: `${lane}:${number}`, lane_key: lane, body: updateOf(text, number) });
  await db.raw('INSERT INTO lane (key, ready_at) VALUES (?, clock_timestamp()) ON CONFLICT (key) DO UPDATE SET ready_at = clock_timestamp()', [lane]);
};

const claimOwn = async (db: Database, lane: string, leaseMs: number): Promise<Lane> => {
  const [claimed] = await claimLanes(db, { owner: newId('smoke'), limit: 1, leaseMs, prefix: lane });
  if (!claimed) throw new AppError('SMOKE_FAILED', 'the lane of the smoke test is held by another smoke test of the same revision');
  return claimed;
};

const judge = (dialogue: SmokeReport['dialogue'], expect: RegExp | undefined): Pick<SmokeReport, 'ok' | 'reason'> => {
  const silent = dialogue.find(({ bot }) => bot.length === 0);
  if (silent) return { ok: false, reason: `no answer to: ${silent.customer}` };
  if (dialogue.some(({ bot }) => bot.includes(TEXTS.modelFailed))) return { ok: false, reason: 'the model did not answer' };
  const last = dialogue.at(-1)?.bot.join('\n') ?? '';
  if (expect && !expect.test(last)) return { ok: false, reason: `the last answer does not match ${String(expect)}` };
  return { ok: true, reason: 'every message was answered' };
};

/**
 * Runs the real turn engine against the real database, model and content on a lane that only this command claims. Answers are recorded
 * instead of sent, bookings are rehearsed: no number, no notice, no event. Leaves no row behind.
 */
export const runSmoke = async ({ config, clock, logger, say, expect }: SmokeOptions): Promise<SmokeReport> => {
  const workshop = await loadWorkshop(config.workshop.dir);
  const databases = connectDatabases(config);
  const telegram = createTelegram(config.telegram);
  const { botId } = config.telegram;
  const lane = `smoke:${config.release.revision ?? config.release.version}`;
  const identity = createIdentity({ telegram, botId, clock, logger, retry: { baseMs: 1_000, capMs: 1_000 } });
  let recorded: OutboxDraft[] = [];
  const record = (_: unknown, drafts: readonly OutboxDraft[]): Promise<void> => {
    recorded.push(...drafts);
    return Promise.resolve();
  };
  const read = (body: Uint8Array) => readIncoming(body, { api: telegram.api, me: identity.me() });
  const metrics = createMetrics();
  const background = createBackground();
  const run = createEngine({
    config,
    db: databases.worker,
    workshop,
    read,
    appendOutbox: record,
    dryRun: true,
    background,
    wakeOutbox: () => undefined,
    metrics,
    clock,
    logger,
  });
  const texts = say.length > 0 ? say : ['/start', `Здравствуйте! Сколько стоит: ${workshop.prices[0]?.service ?? 'осмотр'}?`];
  const dialogue: { customer: string; bot: string[]; ms: number }[] = [];
  try {
    await assertFree(databases.worker, lane);
    await clean(databases.worker, lane);
    for (const [index, text] of texts.entries()) {
      const startedMs = clock.monotonicMs();
      recorded = [];
      await store(databases.worker, lane, { text, number: index + 1, botId });
      await run(await claimOwn(databases.worker, lane, config.llm.totalTimeoutMs * config.llm.maxSteps), new AbortController().signal);
      const bot = recorded.filter((draft) => draft.kind !== 'notice').map((draft) => draft.text.text);
      dialogue.push({ customer: text, bot, ms: Math.round(clock.monotonicMs() - startedMs) });
    }
    return { ...judge(dialogue, expect), dialogue };
  } catch (error) {
    throw translateDbError(error);
  } finally {
    await background.stop();
    await clean(databases.worker, lane).catch(() => undefined);
    telegram.close();
    await databases.close();
  }
};
