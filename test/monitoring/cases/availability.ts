import { type Case, given, givenHistogram, type Input, type Labels, up, WORKSHOP } from '../given.ts';

const GONE: Labels = { namespace: 'prod', workshop: 'gone' };

const webhook = { route: '/telegram/webhook', method: 'POST' } as const;
/** Deliveries per step, answered and failed. */
const deliveries = (answered: string, failed: string): readonly Input[] => [
  given('http_requests_total', { ...webhook, status: '200' }, answered),
  given('http_requests_total', { ...webhook, status: '503' }, failed),
];

export const AVAILABILITY_CASES = {
  ValeraDown: {
    fires: [
      { what: 'both processes are away', series: [up('a', '1 1 0x20'), up('b', '0x20')], at: '5m' },
      { what: 'nothing is scraped at all', series: [], at: '3m', labels: { job: 'valera' } },
      {
        what: 'one workshop of two has no target any more',
        series: [up('a', '1x90'), up('a', '1x20 stale', GONE)],
        at: '30m',
        labels: GONE,
      },
      { what: 'the only workshop has none any more, said once', series: [up('a', '1x20 stale')], at: '30m' },
    ],
    quiet: [
      { what: 'one of two processes lives', series: [up('a', '0x20'), up('b', '1x20')], at: '15m' },
      { what: 'a pod is replaced by another', series: [up('a', '1x20 stale'), up('b', '_x20 1x40')], at: '30m' },
    ],
  },
  ValeraProcessDown: {
    fires: [{ what: 'one of two is away', series: [up('a', '0x20'), up('b', '1x20')], at: '11m', labels: { ...WORKSHOP, job: 'valera', instance: 'a' } }],
    quiet: [
      { what: 'both are away: that is ValeraDown', series: [up('a', '0x20'), up('b', '0x20')], at: '15m' },
      { what: 'a restart of five minutes', series: [up('a', '0x5 1x20'), up('b', '1x20')], at: '11m' },
    ],
  },
  ValeraHttpBudgetBurnFast: {
    fires: [{ what: '2 % fail', series: deliveries('0+98x120', '0+2x120'), at: '70m' }],
    quiet: [
      { what: '1 % fails', series: deliveries('0+99x120', '0+1x120'), at: '70m' },
      { what: 'a quiet night: 5 of 10 fail', series: deliveries('0x60 0+1x5', '0x60 0+1x5'), at: '66m' },
      { what: 'it failed half an hour ago and no more', series: deliveries('0+90x120', '0+10x30 300x90'), at: '62m' },
    ],
  },
  ValeraHttpBudgetBurn: {
    fires: [{ what: '1 % fails for hours', series: deliveries('0+99x120', '0+1x120'), interval: '5m', at: '7h' }],
    quiet: [{ what: '0.5 % fail', series: deliveries('0+995x120', '0+5x120'), interval: '5m', at: '7h' }],
  },
  ValeraHttpBudgetBurnSlow: {
    fires: [{ what: '0.4 % fail for a day', series: deliveries('0+996x120', '0+4x120'), interval: '15m', at: '26h' }],
    quiet: [{ what: '0.2 % fail', series: deliveries('0+998x120', '0+2x120'), interval: '15m', at: '26h' }],
  },
  ValeraHttpBudgetGone: {
    fires: [{ what: '0.2 % fail for three days', series: deliveries('0+998x160', '0+2x160'), interval: '30m', at: '76h' }],
    quiet: [{ what: '0.05 % fail', series: deliveries('0+1999x160', '0+1x160'), interval: '30m', at: '76h' }],
  },
  ValeraHttpErrorsHigh: {
    // the promise: five minutes after the first failure
    fires: [{ what: 'a tenth fails from the 30th minute on', series: deliveries('0+20x120', '0x30 2+2x60'), at: '35m' }],
    quiet: [
      { what: '4 % fail', series: deliveries('0+96x60', '0+4x60'), at: '35m' },
      { what: 'two deliveries of a quiet night fail', series: deliveries('0x60', '0x30 1 2x60'), at: '35m' },
    ],
  },
  ValeraWebhookSlow: {
    fires: [
      {
        what: 'all take between 0.5 and 1 s',
        series: givenHistogram('http_request_duration_seconds', webhook, { below: 0.5, le: 1, values: '0+10x60' }),
        at: '40m',
      },
    ],
    quiet: [
      { what: 'all take less', series: givenHistogram('http_request_duration_seconds', webhook, { below: 0.25, le: 0.5, values: '0+10x60' }), at: '40m' },
      { what: 'a slow one a minute', series: givenHistogram('http_request_duration_seconds', webhook, { below: 0.5, le: 1, values: '0+1x60' }), at: '40m' },
    ],
  },
} as const satisfies Record<string, Case>;
