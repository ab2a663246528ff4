import type { AlertRow, Severity } from '../alert.ts';
import { absentFor, all, any, increase, largest, maxPer, part, quantile, rate, series, sumPer, UP, unless, type Window } from '../promql.ts';
import { THRESHOLDS } from '../thresholds.ts';

const ROUTE = '/telegram/webhook';
const deliveries = series('http_requests_total', { route: ROUTE });
const failures = series('http_requests_total', { route: ROUTE, status: { like: '5..' } });

const failureShare = (window: Window): string => `(${sumPer(rate(failures, window))} / ${sumPer(rate(deliveries, window))})`;
const failuresAtLeast = (count: number, window: Window): string => `${sumPer(increase(failures, window))} >= ${count}`;

type Burn = Readonly<{ name: AlertRow['name']; factor: number; long: Window; short: Window; for: AlertRow['for']; severity: Severity; gone: string }>;

/** Two windows: the long one says that it matters, the short one that it still goes on. */
const buildBurn = ({ name, factor, long, short, for: duration, severity, gone }: Burn): AlertRow => {
  const limit = `${factor} * ${THRESHOLDS.httpErrorBudget}`;
  const pace = factor === 1 ? 'faster' : `${factor} times faster`;
  return {
    name,
    component: 'http',
    expr: all(`${failureShare(long)} > ${limit}`, `${failureShare(short)} > ${limit}`, failuresAtLeast(THRESHOLDS.burnFailures, long)),
    for: duration,
    severity,
    summary: `Deliveries of updates fail ${pace} than the budget of 0.1 % allows`,
    description: `Seen over ${long} and still over ${short}, at least ${THRESHOLDS.burnFailures} failures. ${gone} Telegram repeats what failed, so customers wait rather than lose.`,
  };
};

const down = `${sumPer(UP)} == 0`;
// targets that are discovered vanish with their process: a workshop without any has no `up` that could be 0
const vanished = unless(`${maxPer(largest(UP, THRESHOLDS.vanishedWindow))} == 1`, sumPer(UP));

export const AVAILABILITY_ALERTS: readonly AlertRow[] = [
  {
    name: 'ValeraDown',
    component: 'process',
    expr: any(down, vanished, absentFor(UP, THRESHOLDS.vanishedWindow)),
    for: '2m',
    severity: 'page',
    summary: 'No process of the app answers',
    description:
      'Nobody takes updates: customers get no answers until a process runs. Telegram keeps updates for 24 hours. A workshop that answered within six hours and has no target any more counts too.',
  },
  {
    name: 'ValeraProcessDown',
    component: 'process',
    expr: unless(`${UP.text} == 0`, down),
    for: '10m',
    severity: 'ticket',
    summary: 'One process of the app does not answer while others do',
    description: 'The others do its work. Spare capacity is gone.',
  },
  buildBurn({
    name: 'ValeraHttpBudgetBurnFast',
    factor: 14.4,
    long: '1h',
    short: '5m',
    for: '2m',
    severity: 'page',
    gone: '2 % of a month’s budget in an hour.',
  }),
  buildBurn({ name: 'ValeraHttpBudgetBurn', factor: 6, long: '6h', short: '30m', for: '15m', severity: 'page', gone: '5 % of a month’s budget in six hours.' }),
  buildBurn({
    name: 'ValeraHttpBudgetBurnSlow',
    factor: 3,
    long: '1d',
    short: '2h',
    for: '1h',
    severity: 'ticket',
    gone: '10 % of a month’s budget in a day.',
  }),
  buildBurn({
    name: 'ValeraHttpBudgetGone',
    factor: 1,
    long: '3d',
    short: '6h',
    for: '3h',
    severity: 'ticket',
    gone: 'At this rate the month’s budget is used up.',
  }),
  {
    name: 'ValeraHttpErrorsHigh',
    component: 'http',
    expr: all(`${failureShare('5m')} > ${THRESHOLDS.errorRate}`, failuresAtLeast(THRESHOLDS.errorRateFailures, '5m')),
    for: '1m',
    severity: 'page',
    summary: 'More than 5 % of the deliveries of updates fail',
    description: 'Seen within five minutes. Telegram repeats what failed; while it does, the customer waits.',
  },
  {
    name: 'ValeraWebhookSlow',
    component: 'http',
    expr: all(
      `${quantile(0.95, 'http_request_duration_seconds', { window: '15m', where: { route: ROUTE } })} > ${THRESHOLDS.webhookSlowSeconds}`,
      `${sumPer(increase(part('http_request_duration_seconds', 'count', { route: ROUTE }), '15m'))} >= ${THRESHOLDS.webhookSlowRequests}`,
    ),
    for: '10m',
    severity: 'ticket',
    summary: 'Storing an update takes longer than half a second (p95)',
    description: 'The target is p95 < 0.5 s. Storing is one statement, so a slow answer is a slow database or a busy process.',
  },
];
