import type { AlertRow } from '../alert.ts';
import { all, increase, maxPer, part, quantile, rate, series, sumPer, unless } from '../promql.ts';
import { THRESHOLDS } from '../thresholds.ts';

const updates = (outcome: 'stored' | 'poison' | 'unavailable') => series('telegram_updates_total', { outcome });
const refusals = (kind: 'webhook_secret_wrong' | 'webhook_secret_missing') => series('security_events_total', { kind });
const turns = (outcome: 'failed' | 'dead') => part('turn_duration_seconds', 'count', { outcome });
// «печатает…» may fail without anybody missing it
const messages = { method: { not: ['sendChatAction'] } } as const;
const sends = series('telegram_send_total', messages);
const badSends = series('telegram_send_total', { ...messages, outcome: ['failed', 'unknown', 'rejected'] });
const noticeLate = `${maxPer(series('booking_notice_age_seconds'))} > ${THRESHOLDS.noticeAgeSeconds}`;

const RECEIVING: readonly AlertRow[] = [
  {
    name: 'ValeraUpdatesNotStored',
    component: 'http',
    expr: `${sumPer(increase(updates('unavailable'), '10m'))} >= ${THRESHOLDS.updatesNotStored}`,
    for: '1m',
    severity: 'page',
    summary: 'Updates are answered 503 because they cannot be stored',
    description: 'The database is away or refuses to write. Telegram repeats each update for 24 hours; also seen when there is little traffic.',
  },
  {
    name: 'ValeraWebhookRefused',
    component: 'http',
    expr: all(
      `${sumPer(increase(refusals('webhook_secret_wrong'), '15m'))} >= ${THRESHOLDS.refusedDeliveries}`,
      `${sumPer(increase(updates('stored'), '15m'))} == 0`,
    ),
    for: '5m',
    severity: 'page',
    summary: 'Every delivery is refused for its secret',
    description: 'Nothing was accepted for 15 minutes: the secret that Telegram sends is not the one this app expects, so no customer is heard.',
  },
  {
    name: 'ValeraWebhookWithoutSecret',
    component: 'http',
    expr: all(
      `${sumPer(increase(refusals('webhook_secret_missing'), '1h'))} >= ${THRESHOLDS.secretlessDeliveries}`,
      `${sumPer(increase(updates('stored'), '6h'))} == 0`,
    ),
    for: '2h',
    severity: 'ticket',
    summary: 'Deliveries come without a secret for hours, and no others',
    description:
      'Nothing was accepted for six hours. Either strangers keep trying on a quiet day, or the webhook was registered without a secret and no customer is heard.',
  },
  {
    name: 'ValeraPoisonUpdates',
    component: 'http',
    expr: `${sumPer(increase(updates('poison'), '1h'))} >= ${THRESHOLDS.poisonUpdates}`,
    for: '1m',
    severity: 'ticket',
    summary: 'Updates come that cannot be read',
    description: 'They are stored and answered 200, but nobody is answered. Either Telegram changed something, or somebody else knows the secret.',
  },
];

const ANSWERING: readonly AlertRow[] = [
  {
    name: 'ValeraOldestUpdateOld',
    component: 'lanes',
    expr: `${maxPer(series('inbox_oldest_open_seconds'))} > ${THRESHOLDS.updateAgeSeconds}`,
    for: '2m',
    severity: 'page',
    summary: 'A customer has been waiting for more than two minutes',
    description: 'An update is stored and has no answer. A customer is promised 30 seconds.',
  },
  {
    name: 'ValeraLaneRepaired',
    component: 'lanes',
    expr: `${sumPer(increase(series('lane_repairs_total'), '1h'))} > 0`,
    for: '1m',
    severity: 'ticket',
    summary: 'A chat had open updates that nobody would have looked at',
    description: 'The reaper found and repaired it; the customer waited longer. Each one is a defect of the app.',
  },
  {
    name: 'ValeraTurnsSlow',
    component: 'lanes',
    expr: all(
      `${quantile(0.95, 'turn_duration_seconds', { window: '30m', where: { outcome: 'answered' } })} > ${THRESHOLDS.turnSlowSeconds}`,
      `${sumPer(increase(part('turn_duration_seconds', 'count', { outcome: 'answered' }), '30m'))} >= ${THRESHOLDS.turns}`,
    ),
    for: '5m',
    severity: 'ticket',
    summary: 'Answers take almost 30 seconds (p95)',
    description: 'From the claim of a chat to the commit of its answer. The promise is less than 30 s.',
  },
  {
    name: 'ValeraTurnsFailing',
    component: 'lanes',
    expr: all(
      `(${sumPer(rate(turns('failed'), '15m'))} / ${sumPer(rate(part('turn_duration_seconds', 'count'), '15m'))}) > ${THRESHOLDS.turnFailureShare}`,
      `${sumPer(increase(part('turn_duration_seconds', 'count'), '15m'))} >= ${THRESHOLDS.turns}`,
    ),
    for: '5m',
    severity: 'page',
    summary: 'More than 20 % of the turns fail',
    description: 'A failed turn is tried again and given up at the fifth time. A failing model is not among them: it has its own alerts.',
  },
  {
    name: 'ValeraTurnsDead',
    component: 'lanes',
    expr: `${sumPer(increase(turns('dead'), '1h'))} > 0`,
    for: '1m',
    severity: 'ticket',
    summary: 'A message was given up after five attempts',
    description: 'The customer got an apology and the managers a notice. What was asked has no answer.',
  },
];

const SENDING: readonly AlertRow[] = [
  {
    name: 'ValeraOutboxStuck',
    component: 'outbox',
    expr: unless(`${maxPer(series('outbox_oldest_seconds'))} > ${THRESHOLDS.outboxAgeSeconds}`, noticeLate),
    for: '2m',
    severity: 'page',
    summary: 'An answer has been waiting for more than 15 minutes to be sent',
    description: 'The answer is written and Telegram does not take it. Notices to the managers have their own alert, which comes instead.',
  },
  {
    name: 'ValeraBookingNoticeLate',
    component: 'outbox',
    expr: noticeLate,
    for: '1m',
    severity: 'page',
    summary: 'The managers have not been told of something for more than five minutes',
    description: 'A booking, a hand-over or an apology is known to the bot only. A notice is never given up, but nobody calls the customer until it is sent.',
  },
  {
    name: 'ValeraOutboxDead',
    component: 'outbox',
    expr: `${sumPer(increase(series('outbox_dead_total'), '1h'))} >= ${THRESHOLDS.outboxDead}`,
    for: '1m',
    severity: 'ticket',
    summary: 'Many messages to customers were given up',
    description: 'Telegram refused them for good. A customer who blocked the bot costs one; ten in an hour are something else.',
  },
  {
    name: 'ValeraSendsFailing',
    component: 'outbox',
    expr: all(
      `(${sumPer(rate(badSends, '10m'))} / ${sumPer(rate(sends, '10m'))}) > ${THRESHOLDS.sendFailureShare}`,
      `${sumPer(increase(sends, '10m'))} >= ${THRESHOLDS.sends}`,
    ),
    for: '5m',
    severity: 'page',
    summary: 'Telegram does not take more than 20 % of the messages',
    description: 'Failed (not connected, 401, 409, 5xx), rejected, or without an answer. Each one without an answer may cost one duplicate message.',
  },
  {
    name: 'ValeraFloodWaits',
    component: 'outbox',
    expr: `${sumPer(increase(part('telegram_flood_wait_seconds', 'sum'), '1h'))} > ${THRESHOLDS.floodWaitSeconds}`,
    for: '1m',
    severity: 'ticket',
    summary: 'Telegram demands long waits (429)',
    description: 'More than two minutes within an hour. The app waits as it is told; sending in spite of it would lengthen the ban.',
  },
];

export const MESSAGE_ALERTS: readonly AlertRow[] = [...RECEIVING, ...ANSWERING, ...SENDING];
