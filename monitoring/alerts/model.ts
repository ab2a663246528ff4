import type { AlertRow } from '../alert.ts';
import { all, increase, maxPer, minPer, part, peak, quantile, rate, series, sumPer, unless } from '../promql.ts';
import { THRESHOLDS } from '../thresholds.ts';

const calls = series('ai_requests_total', { outcome: { not: ['aborted'] } });
const badCalls = series('ai_requests_total', { outcome: { not: ['ok', 'aborted'] } });
const breaker = maxPer(series('ai_breaker_state'), 'provider');
// an open breaker is tried again only when a customer writes: without calls it says nothing about now
const failsNow = `${sumPer(increase(badCalls, '30m'))} > 0`;
// half-open counts as down: each probe of a service that stalls takes seconds and would begin the wait anew
const allDown = `${minPer({ text: breaker })} >= 1`;
const checks = series('ai_answer_checks_total');
const replaced = series('ai_answer_checks_total', { outcome: 'replaced' });
const hourCost = sumPer(increase(series('ai_cost_micro_total'), '1h'));

export const MODEL_ALERTS: readonly AlertRow[] = [
  {
    name: 'ValeraAiFailing',
    component: 'model',
    expr: all(
      `(${sumPer(rate(badCalls, '10m'))} / ${sumPer(rate(calls, '10m'))}) > ${THRESHOLDS.modelFailureShare}`,
      `${sumPer(increase(calls, '10m'))} >= ${THRESHOLDS.modelCalls}`,
    ),
    for: '5m',
    severity: 'page',
    summary: 'More than 20 % of the calls of the language model fail',
    description: 'Customers get later answers, or an apology and a manager. Calls that the app itself ended are not counted.',
  },
  {
    name: 'ValeraAiSlow',
    component: 'model',
    expr: all(
      `${quantile(0.95, 'ai_request_duration_seconds', { window: '15m' })} > ${THRESHOLDS.modelSlowSeconds}`,
      `${sumPer(increase(part('ai_request_duration_seconds', 'count'), '15m'))} >= ${THRESHOLDS.modelCalls}`,
    ),
    for: '10m',
    severity: 'ticket',
    summary: 'The language model takes more than 10 seconds a call (p95)',
    description: 'An answer needs two or three calls, and 22 seconds is what all of them together may take.',
  },
  {
    name: 'ValeraAiProvidersDown',
    component: 'model',
    expr: all(allDown, failsNow),
    for: '2m',
    severity: 'page',
    summary: 'No configured language model answers',
    description: 'Customers get an honest sentence, and the managers a notice for each of them.',
  },
  {
    name: 'ValeraAiProviderDown',
    component: 'model',
    expr: unless(all(`${breaker} >= 1`, `${sumPer(increase(badCalls, '30m'), 'provider')} > 0`), allDown),
    for: '15m',
    severity: 'ticket',
    summary: 'One of the language model services fails',
    description: 'It has been left alone for 15 minutes; another one answers meanwhile.',
  },
  {
    name: 'ValeraAiRefused',
    component: 'model',
    expr: `${sumPer(increase(series('ai_requests_total', { outcome: 'refused' }), '1h'), 'provider')} > 0`,
    for: '1m',
    severity: 'ticket',
    summary: 'A language model service refuses calls',
    description:
      'Usually a dead key or no credit (401, 402, 403), also where few customers write. Each call that it refuses costs an answer, or goes to the other service.',
  },
  {
    name: 'ValeraAiBudgetSpent',
    component: 'model',
    expr: `${sumPer(increase(series('limit_reached_total', { limit: ['instance_tokens', 'instance_cost'] }), '15m'), 'limit')} > 0`,
    for: '1m',
    severity: 'page',
    summary: 'The day’s budget for the language model is used up',
    description: 'Customers get a fixed sentence until the day ends or the limit is raised.',
  },
  {
    name: 'ValeraAiCostJump',
    component: 'model',
    expr: all(
      `${hourCost} > ${THRESHOLDS.costJump} * ${peak(hourCost, { window: '7d', step: '1h', ago: '6h' })}`,
      `${hourCost} > ${THRESHOLDS.costShareOfLimit} * ${maxPer(series('ai_cost_limit_micro'))}`,
    ),
    for: '5m',
    severity: 'ticket',
    summary: 'The last hour of the language model was dearer than any of the week',
    description:
      'More than three times the dearest hour of the week that ended six hours ago, and more than a fifth of LIMIT_INSTANCE_COST_PER_DAY. Without that limit nothing says what is much, and this alert is silent.',
  },
  {
    name: 'ValeraAiCallsNotRecorded',
    component: 'model',
    expr: `${sumPer(increase(series('llm_record_failures_total'), '1h'))} > 0`,
    for: '1m',
    severity: 'ticket',
    summary: 'Calls of the language model are missing from its accounts',
    description: 'The answers went on, but budgets count less than was used.',
  },
  {
    name: 'ValeraAnswersReplaced',
    component: 'model',
    expr: all(
      `(${sumPer(increase(replaced, '2h'))} / ${sumPer(increase(checks, '2h'))}) > ${THRESHOLDS.answersReplacedShare}`,
      `${sumPer(increase(replaced, '2h'))} >= ${THRESHOLDS.answersReplaced}`,
    ),
    for: '5m',
    severity: 'ticket',
    summary: 'More than 5 % of the answers were kept back and replaced',
    description: 'The model named amounts or bookings that do not exist, also after it was corrected. Customers got a safe sentence instead.',
  },
];
