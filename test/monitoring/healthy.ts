import { type Given, given, givenPart, type Input, up } from './given.ts';

const provider = 'api.deepseek.com';
const gauges: readonly Input[] = [
  given('inbox_oldest_open_seconds', {}, '0 3 9 1 0x200'),
  given('outbox_oldest_seconds', {}, '0 1 0 2 0x200'),
  given('booking_notice_age_seconds', {}, '0 0 2 0x200'),
  given('db_pool_waiting', { pool: 'worker' }, '0 1 0 2 0x200'),
  given('nodejs_eventloop_lag_seconds', {}, '0.01x200'),
];
const counters: readonly Input[] = [
  given('http_requests_total', { route: '/telegram/webhook', method: 'POST', status: '200' }, '0+30x200'),
  given('telegram_updates_total', { outcome: 'stored' }, '0+30x200'),
  given('telegram_updates_total', { outcome: 'refused' }, '0+0.1x200'),
  given('telegram_send_total', { method: 'sendMessage', outcome: 'sent' }, '0+30x200'),
  given('ai_requests_total', { provider, outcome: 'ok' }, '0+60x200'),
  given('bookings_total', { outcome: 'created' }, '0+1x200'),
  given('bookings_total', { outcome: 'full' }, '0+0.2x200'),
];
const histograms: readonly Input[] = [
  ...(['0.05', '+Inf'] as const).map((le) =>
    givenPart('http_request_duration_seconds', 'bucket', {
      route: '/telegram/webhook',
      method: 'POST',
      le: le === '+Inf' ? le : Number(le),
      values: '0+30x200',
    }),
  ),
  givenPart('http_request_duration_seconds', 'count', { route: '/telegram/webhook', method: 'POST', values: '0+30x200' }),
  ...([5, '+Inf'] as const).map((le) => givenPart('turn_duration_seconds', 'bucket', { outcome: 'answered', le, values: '0+30x200' })),
  givenPart('turn_duration_seconds', 'count', { outcome: 'answered', values: '0+30x200' }),
  ...([4, '+Inf'] as const).map((le) => givenPart('ai_request_duration_seconds', 'bucket', { provider, le, values: '0+60x200' })),
  givenPart('ai_request_duration_seconds', 'count', { provider, values: '0+60x200' }),
];

/** Three busy hours in which nothing is wrong. */
export const HEALTHY: Given = {
  what: 'a busy day without trouble',
  series: [up('a', '1x200'), up('b', '1x200'), ...gauges, ...counters, ...histograms],
  at: '180m',
};
