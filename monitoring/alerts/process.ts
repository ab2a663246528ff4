import type { AlertRow } from '../alert.ts';
import { increase, maxPer, series, smallest, sumPer, unless, UP } from '../promql.ts';
import { THRESHOLDS } from '../thresholds.ts';

export const PROCESS_ALERTS: readonly AlertRow[] = [
  {
    name: 'ValeraDatabaseUnreachable',
    component: 'database',
    expr: unless(`${maxPer(UP)} == 1`, maxPer(series('inbox_oldest_open_seconds'))),
    for: '3m',
    severity: 'page',
    summary: 'The app runs but cannot read its queues',
    description: 'The gauges of the queues have no value when the database does not answer. Updates are answered 503 and come again; nothing is answered.',
  },
  {
    name: 'ValeraPoolWaiting',
    component: 'database',
    expr: `${maxPer(smallest(series('db_pool_waiting'), '5m'), 'pool')} >= ${THRESHOLDS.poolWaiting}`,
    for: '5m',
    severity: 'ticket',
    summary: 'Work waits for a database connection',
    description: 'At every look of ten minutes at least three callers waited in one process: the pool is too small or statements are slow.',
  },
  {
    name: 'ValeraEventLoopLag',
    component: 'process',
    expr: `${maxPer(smallest(series('nodejs_eventloop_lag_seconds'), '10m'))} > ${THRESHOLDS.eventLoopLagSeconds}`,
    for: '5m',
    severity: 'ticket',
    summary: 'A process is too busy to answer in time',
    description: 'Between any two scrapes of 15 minutes the event loop stood still for more than half a second.',
  },
  {
    name: 'ValeraSecurityEvents',
    component: 'security',
    expr: `${sumPer(increase(series('security_events_total'), '10m'), 'kind')} > ${THRESHOLDS.securityEvents}`,
    for: '5m',
    severity: 'ticket',
    summary: 'Somebody tries the webhook',
    description: 'More than a hundred requests in ten minutes that look like an attack. They are refused before their body is read.',
  },
];
