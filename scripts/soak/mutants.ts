import type { SoakSettings } from './settings.ts';

type Edit = Readonly<{ file: string; from: string; to: string }>;
export type Mutant = Readonly<{
  why: string;
  edits: readonly Edit[];
  sql?: readonly string[];
  /** The run that brings it to light soonest. */
  settings?: Partial<SoakSettings>;
}>;

// a turn also measures its own lease and stops in time; that barrier must be down for the one behind it to be seen (sending keeps both)
const NO_WATCH: Edit = {
  file: 'app/lanes/worker.ts',
  from: 'holdLease(() => renewLane(db, lane, options.leaseMs), { ...options, takenAtMs, clock })',
  to: 'holdLease(async () => (await renewLane(db, lane, options.leaseMs)) || true, { ...options, leaseMs: 1e9, takenAtMs, clock })',
};
// every commit takes long, and keeps its locks meanwhile: what lies between two commits is met more often
const SLOW_COMMITS = ['ALTER DATABASE valera SET commit_delay = 20000', 'ALTER DATABASE valera SET commit_siblings = 0'];
const PAUSES: Partial<SoakSettings> = { updates: 1_500, chats: 200, perSecond: 80, storm: { pause: 3 }, modelMs: 200, faultRate: 0, swallowRate: 0 };

/** Sabotage that the checker must find: each changes the app's source as it is loaded. */
export const MUTANTS = {
  'no-fence': {
    why: 'a transaction of a turn does not ask whether the lane is still its own',
    settings: PAUSES,
    sql: SLOW_COMMITS,
    edits: [
      {
        file: 'app/lanes/lane.ts',
        from: `'SELECT 1 FROM lane WHERE key = :key AND fence = :fence FOR UPDATE'`,
        to: `'SELECT 1 FROM lane WHERE key = :key AND :fence::bigint IS NOT NULL FOR UPDATE'`,
      },
      NO_WATCH,
    ],
  },
  'naive-release': {
    why: 'whether the lane has open updates is asked inside the statement that waits for the lane',
    settings: { updates: 900, chats: 12, perSecond: 60, storm: {}, modelMs: 20, faultRate: 0, swallowRate: 0 },
    sql: SLOW_COMMITS,
    edits: [{ file: 'app/lanes/lane.ts', from: `AND fence = :fence FOR UPDATE'`, to: `AND fence = :fence'` }],
  },
  'no-conflict-clause': {
    why: 'the inbox takes an update again',
    edits: [{ file: 'app/inbox/receive.ts', from: 'ON CONFLICT DO NOTHING RETURNING seq, lane_key', to: 'RETURNING seq, lane_key' }],
    sql: ['ALTER TABLE inbox DROP CONSTRAINT inbox_pkey'],
  },
  'unknown-as-sent': {
    why: 'a send whose outcome is unknown counts as sent',
    edits: [{ file: 'app/outbox/decide.ts', from: `return { state: 'unknown', retryInMs`, to: `return { state: 'sent', retryInMs` }],
  },
  'resend-at-once': {
    why: 'a message is sent again while the first request is open',
    edits: [
      {
        file: 'app/outbox/sender.ts',
        from: `() => send(to, job.payload, { linkPreview: job.kind === 'answer' })`,
        to: `() => { const again = () => send(to, job.payload, { linkPreview: job.kind === 'answer' }); return Promise.race([again(), new Promise((resolve) => setTimeout(() => resolve(again()), 20))]); }`,
      },
    ],
  },
  reversed: {
    why: 'the newest message of a chat goes first',
    edits: [{ file: 'app/outbox/sender.ts', from: 'ORDER BY seq LIMIT 200', to: 'ORDER BY seq DESC LIMIT 200' }],
  },
  'no-lease': {
    why: 'a claim takes what another process holds',
    edits: [
      { file: 'app/lanes/lane.ts', from: 'AND (lease_until IS NULL OR lease_until < (SELECT t FROM t))', to: '' },
      { file: 'app/outbox/chat.ts', from: 'AND (lease_until IS NULL OR lease_until < (SELECT t FROM t))', to: '' },
    ],
  },
} as const satisfies Record<string, Mutant>;

export type MutantName = keyof typeof MUTANTS;

export const findMutant = (name: string): Mutant | undefined => (Object.hasOwn(MUTANTS, name) ? MUTANTS[name as MutantName] : undefined);
