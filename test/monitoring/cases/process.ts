import { type Case, given, up, WORKSHOP } from '../given.ts';

export const PROCESS_CASES = {
  ValeraDatabaseUnreachable: {
    fires: [{ what: 'the queues have no value any more', series: [up('a', '1x40'), given('inbox_oldest_open_seconds', {}, '0x10 _x30')], at: '20m' }],
    quiet: [
      { what: 'the queues are read', series: [up('a', '1x40'), given('inbox_oldest_open_seconds', {}, '0x40')], at: '20m' },
      { what: 'the app is away: that is ValeraDown', series: [up('a', '0x40')], at: '20m' },
    ],
  },
  ValeraPoolWaiting: {
    fires: [
      { what: 'four wait all the time', series: [given('db_pool_waiting', { pool: 'worker' }, '4x40')], at: '20m', labels: { ...WORKSHOP, pool: 'worker' } },
    ],
    quiet: [{ what: 'many wait for a moment', series: [given('db_pool_waiting', { pool: 'web' }, '0 0 40 0 0 0 40 0 0 0 40 0x40')], at: '12m' }],
  },
  ValeraEventLoopLag: {
    fires: [{ what: 'a second at every scrape', series: [given('nodejs_eventloop_lag_seconds', {}, '1x40')], at: '20m' }],
    quiet: [
      { what: 'two seconds now and then', series: [given('nodejs_eventloop_lag_seconds', {}, '0.01 2 0.01 0.01 0.01 2 0.01 2 0.01 2 0.01x40')], at: '16m' },
    ],
  },
  ValeraSecurityEvents: {
    fires: [
      {
        what: 'twenty wrong secrets a minute',
        series: [given('security_events_total', { kind: 'webhook_secret_wrong' }, '0+20x40')],
        at: '20m',
        labels: { ...WORKSHOP, kind: 'webhook_secret_wrong' },
      },
    ],
    quiet: [{ what: 'a scanner passes by', series: [given('security_events_total', { kind: 'webhook_secret_missing' }, '0x10 30x40')], at: '20m' }],
  },
} as const satisfies Record<string, Case>;
