/** One run: its size, its pace and its storm. */
export type SoakSettings = Readonly<{
  name: 'full' | 'short' | 'mutant';
  updates: number;
  chats: number;
  processes: number;
  /** Updates a second that the customers try to write. */
  perSecond: number;
  /** All durations of app, sandbox and storm are divided by this. */
  scale: number;
  /** How long the model takes for an answer, milliseconds, unscaled. */
  modelMs: number;
  /** Interruptions by kind: how many times each. */
  storm: Readonly<Partial<Record<StormKind, number>>>;
  /** Chance of each kind of fault per call while faults are on. */
  faultRate: number;
  /** Chance that a delivery is taken and its answer lost. */
  swallowRate: number;
  /** Silence after the last message that counts as drained, milliseconds, unscaled. */
  quietMs: number;
  /** Longest drain, milliseconds, not scaled. */
  drainMs: number;
}>;

export const STORM_KINDS = ['kill', 'kill-in-model', 'kill-in-send', 'terminate', 'pause', 'database', 'disk', 'clock', 'abort'] as const;
export type StormKind = (typeof STORM_KINDS)[number];

export const FULL: SoakSettings = {
  name: 'full',
  updates: 100_000,
  chats: 500,
  processes: 3,
  perSecond: 60,
  scale: 1,
  modelMs: 400,
  storm: { kill: 20, 'kill-in-model': 24, 'kill-in-send': 12, terminate: 6, pause: 4, database: 4, disk: 3, clock: 4, abort: 5 },
  faultRate: 0.003,
  swallowRate: 0.01,
  quietMs: 60_000,
  drainMs: 900_000,
};

export const SHORT: SoakSettings = {
  ...FULL,
  name: 'short',
  updates: 5_000,
  chats: 120,
  perSecond: 120,
  scale: 20,
  storm: { kill: 2, 'kill-in-model': 2, 'kill-in-send': 1, terminate: 1, pause: 1, database: 1, disk: 1, clock: 1, abort: 1 },
  faultRate: 0.004,
  drainMs: 60_000,
};

type Floor = Readonly<{ interruptions: Readonly<Partial<Record<StormKind, number>>>; kills: number; hitsPerFault: number }>;

/** What a run must have gone through to count at all. */
export const FLOORS: Readonly<Record<'full' | 'short', Floor>> = {
  full: { interruptions: { 'kill-in-model': 20, 'kill-in-send': 10, database: 3, pause: 3, clock: 3, abort: 3, disk: 3 }, kills: 50, hitsPerFault: 100 },
  short: {
    interruptions: { 'kill-in-model': 1, 'kill-in-send': 1, terminate: 1, database: 1, pause: 1, clock: 1, abort: 1, disk: 1 },
    kills: 5,
    hitsPerFault: 1,
  },
};

const CAP_MS = 20_000; // in a soak no back-off is longer, held notices included

/** The durations of the app, scaled; every other setting is a release's own. */
export const appDurations = ({ scale }: SoakSettings): Readonly<Record<string, string>> => {
  const ms = (value: number): string => String(Math.max(1, Math.round(value / scale)));
  // what a busy machine needs for an answer is not scaled away: an outage of the machine would look like one of the service
  const atLeast = (value: number, floor: number): string => String(Math.max(floor, Math.round(value / scale)));
  return {
    LANE_LEASE_MS: atLeast(15_000, 2_500),
    LANE_LEASE_RENEW_MS: atLeast(5_000, 600),
    LANE_LEASE_MARGIN_MS: atLeast(2_000, 300),
    LANE_ALBUM_QUIET_MS: ms(1_500),
    LANE_ALBUM_MAX_MS: ms(10_000),
    LANE_RETRY_BASE_MS: ms(1_000),
    LANE_RETRY_CAP_MS: ms(CAP_MS),
    LANE_POLL_MIN_MS: ms(1_000),
    LANE_POLL_MAX_MS: ms(2_000),
    OUTBOX_LEASE_MS: atLeast(20_000, 3_000),
    OUTBOX_LEASE_RENEW_MS: atLeast(5_000, 600),
    OUTBOX_POLL_MIN_MS: ms(1_000),
    OUTBOX_POLL_MAX_MS: ms(2_000),
    OUTBOX_UNKNOWN_BACKOFF_MS: [5_000, 10_000, CAP_MS].map(ms).join(','),
    OUTBOX_HELD_RETRY_MS: ms(CAP_MS),
    OUTBOX_FAILURE_BASE_MS: ms(1_000),
    OUTBOX_FAILURE_CAP_MS: ms(CAP_MS),
    TELEGRAM_REQUEST_TIMEOUT_MS: atLeast(10_000, 1_500),
    LLM_ATTEMPT_TIMEOUT_MS: atLeast(12_000, 2_000),
    LLM_TOTAL_TIMEOUT_MS: atLeast(60_000, 20_000),
    REAPER_INTERVAL_MS: ms(5_000),
    SHUTDOWN_DRAIN_MS: atLeast(25_000, 5_000),
    DATABASE_CONNECT_TIMEOUT_MS: '2000',
  };
};

export const sandboxDurations = ({ scale }: SoakSettings): Readonly<Record<string, number>> => ({
  deliveryTimeoutMs: 60_000 / scale,
  retryBaseMs: 2_000 / scale,
  retryCapMs: CAP_MS / scale / 2,
  retryAfterCapMs: CAP_MS / scale,
});
