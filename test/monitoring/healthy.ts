import { createMetrics } from '../../app/observability/metrics.ts';
import { given, givenPart, type Input, type Story, up, type Labels, WORKSHOP, written } from './given.ts';

const provider = 'api.deepseek.com';
const LENGTH = 25 * 60;
const webhook = { route: '/telegram/webhook', method: 'POST' } as const;

/** What an instance shows: name with its labels → values. */
type Shown = ReadonlyMap<string, string>;
const keyOf = (series: string): string => series.replace(/\{(.*)\}$/, (_, labels: string) => `{${labels.split(',').toSorted().join(',')}}`);

/** Every series of a process that has just started, as it renders them; gauges of queues at 0. */
const freshSeries = async (): Promise<readonly string[]> => {
  const metrics = createMetrics();
  metrics.modelExpected(provider);
  metrics.observeBreakers(() => ({ [provider]: 0 }));
  const pools = () => ({ web: 0, worker: 0 });
  const zero = () => 0;
  metrics.observeQueues({
    oldestOpenSeconds: zero,
    laneDepth: zero,
    outboxOldestSeconds: zero,
    bookingNoticeAgeSeconds: zero,
    poolUsed: pools,
    poolWaiting: pools,
  });
  const lines = (await metrics.render()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.slice(0, line.lastIndexOf(' ')));
};

const labelsOf = (labels: string): Labels => Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]));

/** The series of one instance: `changes` where given, the others at 0, all of them shaped by `life`. */
const instance = (
  name: string,
  { fresh, changes, life }: Readonly<{ fresh: readonly string[]; changes: readonly Input[]; life: (values: string) => string }>,
) => {
  const places: Labels = { job: 'valera', ...WORKSHOP, instance: name };
  const shown: Shown = new Map([
    ...fresh.map((series) => {
      const [, metric = '', labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
      return [keyOf(written(metric, { ...places, ...labelsOf(labels) })), `0x${LENGTH}`] as const;
    }),
    ...changes.map(({ series, values }) => [keyOf(series.replace('instance="a"', `instance="${name}"`)), values] as const),
  ]);
  return [up(name, life(`1x${LENGTH}`)), ...[...shown].map(([series, values]) => ({ series, values: life(values) }))];
};

/** A counter that goes up by `by` at each of the minutes. */
const steps = (minutes: readonly number[], by = 1): string => {
  const ends = [...minutes, LENGTH + 1];
  return [0, ...minutes].map((from, at) => `${at * by}x${Math.max(0, (ends[at] ?? 0) - from - 1)}`).join(' ');
};

const BUCKETS = { http: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, '+Inf'], turn: [5, 10, 20, 30, 60, '+Inf'], model: [4, 8, 12, 16, 22, 30, '+Inf'] } as const;

/** What customers who are answered leave in the figures: one delivery, one answer, two model calls a message. */
const traffic = (once: string, twice: string): readonly Input[] => [
  given('http_requests_total', { ...webhook, status: '200' }, once),
  given('telegram_updates_total', { outcome: 'stored' }, once),
  given('telegram_send_total', { method: 'sendMessage', outcome: 'sent' }, once),
  given('ai_requests_total', { provider, outcome: 'ok' }, twice),
  given('ai_answer_checks_total', { outcome: 'ok' }, once),
  ...BUCKETS.http.map((le) => givenPart('http_request_duration_seconds', 'bucket', { ...webhook, le, values: once })),
  givenPart('http_request_duration_seconds', 'count', { ...webhook, values: once }),
  ...BUCKETS.turn.map((le) => givenPart('turn_duration_seconds', 'bucket', { outcome: 'answered', le, values: once })),
  givenPart('turn_duration_seconds', 'count', { outcome: 'answered', values: once }),
  ...BUCKETS.model.map((le) => givenPart('ai_request_duration_seconds', 'bucket', { provider, le, values: twice })),
  givenPart('ai_request_duration_seconds', 'count', { provider, values: twice }),
];

const busy: readonly Input[] = [
  ...traffic(`0+30x${LENGTH}`, `0+60x${LENGTH}`),
  given('telegram_updates_total', { outcome: 'refused' }, `0+0.1x${LENGTH}`),
  given('bookings_total', { outcome: 'created' }, `0+1x${LENGTH}`),
  given('bookings_total', { outcome: 'full' }, `0+0.2x${LENGTH}`),
  given('inbox_oldest_open_seconds', {}, `0 3 9 1 0x${LENGTH}`),
  given('outbox_oldest_seconds', {}, `0 1 0 2 0x${LENGTH}`),
  given('booking_notice_age_seconds', {}, `0 0 2 0x${LENGTH}`),
  given('db_pool_waiting', { pool: 'worker' }, `0 1 0 2 0x${LENGTH}`),
  given('nodejs_eventloop_lag_seconds', {}, `0.01x${LENGTH}`),
];

// of a day that begins with the shop's hours and ends with the night
const FIVE_A_DAY = [20, 130, 280, 430, 610];
const quiet = traffic(steps(FIVE_A_DAY), steps(FIVE_A_DAY, 2));
const cost = [given('ai_cost_micro_total', { provider }, steps(FIVE_A_DAY, 50_000)), given('ai_cost_limit_micro', {}, `100000000x${LENGTH}`)];
const strangers = (minutes: readonly number[], by: number): readonly Input[] => [
  given('security_events_total', { kind: 'webhook_secret_missing' }, steps(minutes, by)),
  given('telegram_updates_total', { outcome: 'refused' }, steps(minutes, by)),
  given('http_requests_total', { ...webhook, status: '401' }, steps(minutes, by)),
];

const all = (values: string): string => values;
/** Values up to a minute, then the process is gone. */
const cut = (minute: number) => (values: string) => `${samplesOf(values).slice(0, minute).join(' ')} stale`;
/** Nothing before a minute, then from the beginning. */
const late = (minute: number) => (values: string) => `_x${minute - 1} ${values}`;
/** Away for two minutes, then from the beginning. */
const restarted = (minute: number) => (values: string) => `${samplesOf(values).slice(0, minute).join(' ')} stale _ ${values}`;

/** Written out, so that it can be cut. */
const samplesOf = (values: string): readonly string[] =>
  values.split(' ').flatMap((part) => {
    const [, from = '', step = '0', times = '0'] = /^([\d.]+)(?:\+([\d.]+))?(?:x(\d+))?$/.exec(part) ?? [];
    return Array.from({ length: Number(times) + 1 }, (_, at) => String(Number(from) + at * Number(step)));
  });

const around = (minute: number, later: readonly number[]): readonly string[] => [0, 1, 2, 4, 6, 10, 16, 30, ...later].map((after) => `${minute + after}m`);

/** Days in which nothing is wrong. Nobody may be told anything. */
export const readStories = async (): Promise<readonly Story[]> => {
  const fresh = await freshSeries();
  const one = (name: string, changes: readonly Input[], life: (values: string) => string = all) => instance(name, { fresh, changes, life });
  return [
    { what: 'a busy day, two processes', series: [...one('a', busy), ...one('b', busy)], at: ['3m', '20m', '180m'], every: '1m' },
    {
      what: 'a quiet workshop: five messages a day, strangers in the evening and at night',
      series: one('a', [...quiet, ...cost, ...strangers([700, 1200], 6), given('security_events_total', { kind: 'body_too_large' }, steps([720]))]),
      at: ['5m', ...around(20, [50, 250]), '610m', ...around(700, [60, 120, 180]), ...around(1200, [60, 120, 200])],
      every: '5m',
    },
    { what: 'a restart on a busy day', series: one('a', busy, restarted(60)), at: around(60, [60]), every: '1m' },
    { what: 'a restart of a quiet workshop', series: one('a', quiet, restarted(60)), at: around(60, [60]), every: '1m' },
    { what: 'a rollout: another process takes over', series: [...one('a', busy, cut(60)), ...one('b', busy, late(56))], at: around(56, [60]), every: '1m' },
  ];
};
