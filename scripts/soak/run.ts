import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkRun, type Verdict } from './check.ts';
import type { SoakDatabase } from './database.ts';
import { readJournal } from './evidence.ts';
import { calm, keepFaulty } from './faults.ts';
import type { MutantName } from './mutants.ts';
import { createDraw } from './random.ts';
import type { FaultsView } from './sandbox-client.ts';
import type { SoakSettings, StormKind } from './settings.ts';
import { createStorm, type Storm } from './storm.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { createWorld, type World } from './world.ts';

const GROUPS = [-1001000000001, -1001000000002];
const RECORD_MS = 3_000; // how long the record of an answer may take to reach the disk on a busy machine

export type SoakResult = Readonly<{
  seed: number;
  settings: SoakSettings;
  verdict: Verdict;
  drained: boolean;
  seconds: number;
  writtenUpdates: number;
  bookings: number;
  interruptions: Readonly<Partial<Record<StormKind, number>>>;
  kills: number;
  faultHits: FaultsView['totals'];
  /** Deliveries that the app took and whose answer never reached Telegram. */
  swallowed: number;
  unexpectedEnds: readonly string[];
  databaseSettings: Readonly<Record<string, string>>;
  /** Where journal, logs and tables of a run that failed are kept. */
  kept: string | undefined;
}>;

export type SoakOptions = Readonly<{
  settings: SoakSettings;
  seed: number;
  mutant?: MutantName | undefined;
  keep?: boolean;
  say: (text: string) => void;
  stopping: AbortSignal;
}>;

const OPEN = `SELECT
  (SELECT count(*) FROM inbox WHERE done_at IS NULL)::int AS updates,
  (SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending', 'unknown', 'held'))::int AS messages,
  (SELECT coalesce(max(id), 0) FROM outbox)::int AS newest`;

/** What is still under way; null while the database cannot say. */
const readOpen = async ({ database, sandbox }: World): Promise<Readonly<{ open: number; text: string }> | null> => {
  const [row] = await database.query<{ updates: number; messages: number; newest: number }>(OPEN).catch(() => []);
  const { pending } = await sandbox.state();
  if (!row) return null;
  const text = `${pending} undelivered, ${row.updates} unanswered, ${row.messages} unsent, message ${row.newest}`;
  return { open: pending + row.updates + row.messages, text };
};

/** Nothing undelivered, nothing open, and silence for long enough. */
const drain = async (world: World, { settings, say, stopping }: SoakOptions): Promise<boolean> => {
  const deadlineMs = performance.now() + settings.drainMs;
  let quietSinceMs = performance.now();
  let before = '';
  while (performance.now() < deadlineMs && !stopping.aborted) {
    const now = await readOpen(world);
    if (now?.open !== 0 || now.text !== before) quietSinceMs = performance.now();
    before = now?.text ?? '';
    if (performance.now() - quietSinceMs >= settings.quietMs / settings.scale) return true;
    say(`draining: ${before}`);
    await sleep(100);
  }
  return false;
};

const TABLES = ['inbox', 'lane', 'turn_input', 'step', 'message', 'outbox', 'outbox_chat', 'booking'];

const dump = async (database: SoakDatabase, dir: string): Promise<void> => {
  for (const table of TABLES) {
    const rows = await database.query(`SELECT * FROM ${table}`);
    writeFileSync(join(dir, `${table}.jsonl`), rows.map((row) => JSON.stringify(row)).join('\n'));
  }
};

const storming = async ({ sandbox, balancer }: World, { storm, traffic }: { storm: Storm; traffic: Traffic }, { settings, seed, stopping }: SoakOptions) => {
  const forMs = (settings.updates / settings.perSecond) * 1000;
  balancer.swallow(settings.swallowRate);
  await Promise.all([traffic.run(stopping), storm.run(forMs, stopping), keepFaulty(sandbox, { settings, seed, forMs }, stopping)]);
  const { totals } = await sandbox.setFaults({ telegram: [], model: [] });
  balancer.swallow(0);
  return totals;
};

const judge = async ({ database, fleet, journal }: World, interruptions: ReturnType<Storm['interruptions']>) => {
  const numbers = await database.query<{ number: string }>('SELECT number FROM booking');
  const bookings = numbers.map(({ number }) => Number(number));
  const lines = readJournal(readFileSync(journal, 'utf8'));
  const verdict = checkRun({ journal: lines, managerChatIds: GROUPS, bookings, laneRepairs: fleet.repairs(), interruptions, recordMs: RECORD_MS });
  return { verdict, bookings: bookings.length, databaseSettings: await database.settings() };
};

/** One run from an empty database to the verdict. */
export const runSoak = async (options: SoakOptions): Promise<SoakResult> => {
  const { settings, seed, mutant, keep = false, say } = options;
  const startedMs = performance.now();
  const draw = createDraw(seed);
  const world = await createWorld({ settings, mutant, draw });
  let kept = keep;
  try {
    const { sandbox, database, fleet, balancer, controlDir } = world;
    await sandbox.setFaults(calm(settings));
    const traffic = createTraffic({ settings, sandbox, draw: draw.fork('traffic'), progress: (written) => say(`${written} of ${settings.updates} written`) });
    const storm = createStorm({ settings, fleet, database, traffic, controlDir, draw: draw.fork('storm'), say });
    const faultHits = await storming(world, { storm, traffic }, options);
    const drained = await drain(world, options);
    await world.quiesce();
    const judged = await judge(world, storm.interruptions());
    kept ||= mutant === undefined && !(judged.verdict.ok && drained);
    if (kept) await dump(database, world.dir);
    return {
      seed,
      settings,
      ...judged,
      drained,
      seconds: (performance.now() - startedMs) / 1000,
      writtenUpdates: traffic.written(),
      interruptions: storm.count(),
      kills: storm.kills(),
      faultHits,
      swallowed: balancer.swallowed(),
      unexpectedEnds: fleet.unexpected(),
      kept: kept ? world.dir : undefined,
    };
  } finally {
    await world.stop();
    if (!kept) await world.remove();
  }
};
