import type { EnvName, EnvValues } from './env.ts';

/** [smaller, larger, why]: a pair of durations that only works in this order. */
const ORDERED = [
  ['LANE_POLL_MIN_MS', 'LANE_POLL_MAX_MS', 'it is the lower end'],
  ['OUTBOX_POLL_MIN_MS', 'OUTBOX_POLL_MAX_MS', 'it is the lower end'],
  ['TELEGRAM_REQUEST_TIMEOUT_MS', 'OUTBOX_LEASE_MS', 'a send must end before its lease does'],
  ['LANE_ALBUM_QUIET_MS', 'LANE_ALBUM_MAX_MS', 'it is part of the longest wait'],
  ['LANE_RETRY_BASE_MS', 'LANE_RETRY_CAP_MS', 'it is the first pause'],
  ['OUTBOX_FAILURE_BASE_MS', 'OUTBOX_FAILURE_CAP_MS', 'it is the first pause'],
  ['LLM_ATTEMPT_TIMEOUT_MS', 'LLM_TOTAL_TIMEOUT_MS', 'one call is part of all calls'],
  ['HTTP_KEEP_ALIVE_TIMEOUT_MS', 'HTTP_HEADERS_TIMEOUT_MS', 'otherwise a reused connection is cut'],
  ['REAPER_BODY_RETENTION_MS', 'REAPER_KEY_RETENTION_MS', 'a repeat of a known update must be recognised while its body is kept'],
] as const satisfies readonly (readonly [EnvName, EnvName, string])[];

const disordered = (values: Partial<EnvValues>): string[] =>
  ORDERED.flatMap(([small, large, why]) => {
    const [low, high] = [values[small], values[large]];
    return low !== undefined && high !== undefined && low > high ? [`${small}: expected at most ${large} (${high}): ${why}, got ${low}`] : [];
  });

/** [renewal, lease]; a worker gives up LANE_LEASE_MARGIN_MS before the end of either. */
const LEASES = [
  ['LANE_LEASE_RENEW_MS', 'LANE_LEASE_MS'],
  ['OUTBOX_LEASE_RENEW_MS', 'OUTBOX_LEASE_MS'],
] as const satisfies readonly (readonly [EnvName, EnvName])[];

const lateRenewals = (values: Partial<EnvValues>): string[] =>
  LEASES.flatMap(([name, lease]) => {
    const [renewMs, leaseMs, marginMs] = [values[name], values[lease], values.LANE_LEASE_MARGIN_MS];
    if (renewMs === undefined || leaseMs === undefined || marginMs === undefined || renewMs + marginMs < leaseMs) return [];
    return [
      `${name}: expected less than ${lease} − LANE_LEASE_MARGIN_MS (${leaseMs - marginMs}): a lease must be renewed before its worker gives up, got ${renewMs}`,
    ];
  });

const ANY_ADDRESS = ['0.0.0.0', '::'];

const haveSameAddress = (one: string, other: string): boolean => {
  const [first, second] = [one, other].map((host) => (host === 'localhost' ? '127.0.0.1' : host));
  return first === second || [one, other].some((host) => ANY_ADDRESS.includes(host));
};

const sharedPort = ({ HTTP_PORT: port, ADMIN_PORT: adminPort, HTTP_HOST: host, ADMIN_HOST: adminHost }: Partial<EnvValues>): string[] => {
  if (port === undefined || host === undefined || adminHost === undefined) return [];
  const shared = port !== 0 && port === adminPort && haveSameAddress(host, adminHost);
  return shared ? [`ADMIN_PORT: expected another port than HTTP_PORT (${port}): both listeners would take the same address, got ${port}`] : [];
};

// The table knows polling so that its configuration keeps its shape; nothing asks Telegram for updates yet.
const unbuilt = ({ TELEGRAM_MODE: mode }: Partial<EnvValues>): string[] => (mode === 'polling' ? ['TELEGRAM_MODE: polling is not built yet; use webhook'] : []);

const FALLBACK = ['LLM_FALLBACK_BASE_URL', 'LLM_FALLBACK_API_KEY', 'LLM_FALLBACK_MODEL'] as const satisfies readonly EnvName[];

const halfFallback = (values: Partial<EnvValues>): string[] => {
  const missing = FALLBACK.filter((name) => values[name] === undefined);
  if (missing.length === 0 || missing.length === FALLBACK.length) return [];
  const given = FALLBACK.filter((name) => !missing.includes(name)).join(' and ');
  return missing.map((name) => `${name}: expected a value beside ${given}: the second service needs all three, got nothing`);
};

const PRICES = ['LLM_INPUT_PRICE', 'LLM_OUTPUT_PRICE', 'LLM_FALLBACK_INPUT_PRICE', 'LLM_FALLBACK_OUTPUT_PRICE'] as const satisfies readonly EnvName[];

const costWithoutPrices = (values: Partial<EnvValues>): string[] => {
  const limit = values.LIMIT_INSTANCE_COST_PER_DAY ?? 0;
  if (limit === 0 || PRICES.some((name) => (values[name] ?? 0) > 0)) return [];
  return [`LIMIT_INSTANCE_COST_PER_DAY: expected LLM_INPUT_PRICE or LLM_OUTPUT_PRICE beside it: without prices nothing costs anything, got ${limit}`];
};

/** What no single variable tells: one line for each set of values that do not go together. */
export const brokenRules = (values: Partial<EnvValues>): readonly string[] => [
  ...unbuilt(values),
  ...sharedPort(values),
  ...lateRenewals(values),
  ...disordered(values),
  ...halfFallback(values),
  ...costWithoutPrices(values),
];
