import { type Case, given, givenHistogram, givenPart, type Input } from '../given.ts';

const turns = (outcome: 'answered' | 'failed' | 'dead', values: string): Input => givenPart('turn_duration_seconds', 'count', { outcome, values });
const sends = (outcome: 'sent' | 'failed' | 'unknown', values: string): Input => given('telegram_send_total', { method: 'sendMessage', outcome }, values);
const refusals = (kind: 'webhook_secret_wrong' | 'webhook_secret_missing', values: string): Input => given('security_events_total', { kind }, values);
const updates = (outcome: 'stored' | 'refused' | 'poison' | 'unavailable', values: string): Input => given('telegram_updates_total', { outcome }, values);

export const MESSAGE_CASES = {
  ValeraUpdatesNotStored: {
    fires: [{ what: 'one delivery a minute is answered 503', series: [updates('unavailable', '0x20 1+1x20')], at: '26m' }],
    quiet: [{ what: 'two deliveries in a restart of the database', series: [updates('unavailable', '0x20 1 2x20')], at: '26m' }],
  },
  ValeraWebhookRefused: {
    fires: [{ what: 'all come with another secret', series: [refusals('webhook_secret_wrong', '0+1x60'), updates('stored', '100x60')], at: '30m' }],
    quiet: [
      { what: 'strangers are refused, Telegram is not', series: [refusals('webhook_secret_wrong', '0+5x60'), updates('stored', '100+1x60')], at: '30m' },
      {
        what: 'a stranger posts six times on a quiet night',
        series: [refusals('webhook_secret_missing', '0x10 6x100'), updates('refused', '0x10 6x100'), updates('stored', '3x110')],
        at: '12m',
      },
    ],
  },
  ValeraWebhookWithoutSecret: {
    fires: [
      {
        what: 'each is repeated every ten minutes',
        series: [refusals('webhook_secret_missing', '0+1x60'), updates('stored', '100x60')],
        interval: '10m',
        at: '9h',
      },
    ],
    quiet: [
      {
        what: 'strangers of one hour',
        series: [refusals('webhook_secret_missing', '0x40 6 12 30x40'), updates('stored', '100x90')],
        interval: '10m',
        at: '8h',
      },
      { what: 'strangers by day', series: [refusals('webhook_secret_missing', '0+1x60'), updates('stored', '100x40 101x40')], interval: '10m', at: '9h' },
    ],
  },
  ValeraPoisonUpdates: {
    fires: [{ what: 'one every ten minutes', series: [updates('poison', '0+1x20')], interval: '10m', at: '80m' }],
    quiet: [{ what: 'three in an hour', series: [updates('poison', '0 0 1 1 2 2 3x20')], interval: '10m', at: '80m' }],
  },
  ValeraOldestUpdateOld: {
    fires: [{ what: 'it grows older by a minute a minute', series: [given('inbox_oldest_open_seconds', {}, '0+60x20')], at: '6m' }],
    quiet: [{ what: 'slow answers, each within two minutes', series: [given('inbox_oldest_open_seconds', {}, '30 90 110 20 100x20')], at: '15m' }],
  },
  ValeraLaneRepaired: {
    fires: [{ what: 'one repair', series: [given('lane_repairs_total', {}, '0x10 1x30')], at: '14m' }],
    quiet: [{ what: 'none since the start', series: [given('lane_repairs_total', {}, '0x60')], at: '30m' }],
  },
  ValeraTurnsSlow: {
    fires: [
      {
        what: 'all take 20 to 30 s',
        series: givenHistogram('turn_duration_seconds', { outcome: 'answered' }, { below: 20, le: 30, values: '0+2x60' }),
        at: '40m',
      },
    ],
    quiet: [
      {
        what: 'all take 10 to 20 s',
        series: givenHistogram('turn_duration_seconds', { outcome: 'answered' }, { below: 10, le: 20, values: '0+2x60' }),
        at: '40m',
      },
      {
        what: 'a slow one every ten minutes',
        series: givenHistogram('turn_duration_seconds', { outcome: 'answered' }, { below: 20, le: 30, values: '0+0.1x60' }),
        at: '40m',
      },
    ],
  },
  ValeraTurnsFailing: {
    fires: [{ what: 'a third fails', series: [turns('answered', '0+2x60'), turns('failed', '0+1x60')], at: '30m' }],
    quiet: [
      { what: 'a tenth fails', series: [turns('answered', '0+9x60'), turns('failed', '0+1x60')], at: '30m' },
      { what: 'four failures and nothing else', series: [turns('answered', '0x60'), turns('failed', '0x20 1 2 3 4x40')], at: '30m' },
    ],
  },
  ValeraTurnsDead: {
    fires: [{ what: 'one message was given up', series: [turns('dead', '0x10 1x30')], at: '14m' }],
    quiet: [{ what: 'the last one was more than an hour ago', series: [turns('dead', '0 1x120')], at: '80m' }],
  },
  ValeraOutboxStuck: {
    fires: [{ what: 'an answer waits', series: [given('outbox_oldest_seconds', {}, '0+60x40'), given('booking_notice_age_seconds', {}, '0x40')], at: '19m' }],
    quiet: [
      {
        what: 'it is a notice, which has its own alert',
        series: [given('outbox_oldest_seconds', {}, '0+60x40'), given('booking_notice_age_seconds', {}, '0+60x40')],
        at: '30m',
      },
      {
        what: 'Telegram is away for ten minutes',
        series: [given('outbox_oldest_seconds', {}, '0+60x10 0x30'), given('booking_notice_age_seconds', {}, '0x40')],
        at: '15m',
      },
    ],
  },
  ValeraBookingNoticeLate: {
    fires: [{ what: 'the group does not take it', series: [given('booking_notice_age_seconds', {}, '0+60x20')], at: '8m' }],
    quiet: [{ what: 'a wait of the group’s limit', series: [given('booking_notice_age_seconds', {}, '0 60 120 180 0x20')], at: '8m' }],
  },
  ValeraOutboxDead: {
    fires: [{ what: 'one every five minutes', series: [given('outbox_dead_total', {}, '0+1x30')], interval: '5m', at: '90m' }],
    quiet: [{ what: 'five customers blocked the bot', series: [given('outbox_dead_total', {}, '0 1 2 3 4 5x20')], interval: '5m', at: '60m' }],
  },
  ValeraSendsFailing: {
    fires: [{ what: 'half of them fail', series: [sends('sent', '0+2x40'), sends('failed', '0+2x40')], at: '20m' }],
    quiet: [
      { what: 'a tenth fails', series: [sends('sent', '0+9x40'), sends('unknown', '0+1x40')], at: '20m' },
      {
        what: 'only the typing sign fails',
        series: [sends('sent', '0+2x40'), given('telegram_send_total', { method: 'sendChatAction', outcome: 'failed' }, '0+9x40')],
        at: '20m',
      },
      { what: 'three sends of a quiet night, all failed', series: [sends('failed', '0x10 1 2 3x30'), sends('sent', '0x40')], at: '15m' },
    ],
  },
  ValeraFloodWaits: {
    fires: [{ what: 'three waits of a minute', series: [givenPart('telegram_flood_wait_seconds', 'sum', { values: '0x10 60 120 180x60' })], at: '20m' }],
    quiet: [{ what: 'ten waits of three seconds', series: [givenPart('telegram_flood_wait_seconds', 'sum', { values: '0+3x10 30x60' })], at: '20m' }],
  },
} as const satisfies Record<string, Case>;
