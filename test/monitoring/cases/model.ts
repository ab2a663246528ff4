import { type Case, given, givenHistogram, type Input, WORKSHOP } from '../given.ts';

const provider = 'api.deepseek.com';
const calls = (outcome: 'ok' | 'timeout' | 'refused' | 'aborted', values: string): Input => given('ai_requests_total', { provider, outcome }, values);
const durations = (below: number, le: number, values: string) => givenHistogram('ai_request_duration_seconds', { provider }, { below, le, values });

const state = (of: string, values: string): Input => given('ai_breaker_state', { provider: of }, values);
const failed = (of: string, values: string): Input => given('ai_requests_total', { provider: of, outcome: 'unavailable' }, values);
const other = 'api.mistral.ai';
const checks = (outcome: 'ok' | 'repaired' | 'replaced', values: string): Input => given('ai_answer_checks_total', { outcome }, values);
/** In whole units of the currency. */
const cost = (units: string): Input =>
  given(
    'ai_cost_micro_total',
    { provider },
    units.replaceAll(/(?<![\dx.])\d+(?:\.\d+)?/g, (unit) => String(Math.round(Number(unit) * 1_000_000))),
  );
const limit = given('ai_cost_limit_micro', {}, '100000000x1000');
const STALLING = Array.from({ length: 20 }, () => '2 1 2').join(' ');

export const MODEL_CASES = {
  ValeraAiFailing: {
    fires: [{ what: 'half of them time out', series: [calls('ok', '0+2x40'), calls('timeout', '0+2x40')], at: '20m' }],
    quiet: [
      { what: 'a tenth times out', series: [calls('ok', '0+9x40'), calls('timeout', '0+1x40')], at: '20m' },
      { what: 'a stop of the app ended its calls', series: [calls('ok', '0+2x40'), calls('aborted', '0+9x40')], at: '20m' },
      { what: 'three failures of a quiet night', series: [calls('ok', '0x40'), calls('timeout', '0x10 1 2 3x30')], at: '15m' },
    ],
  },
  ValeraAiSlow: {
    fires: [{ what: 'all take 8 to 12 s', series: durations(8, 12, '0+2x60'), at: '40m' }],
    quiet: [
      { what: 'all take 4 to 8 s', series: durations(4, 8, '0+2x60'), at: '40m' },
      { what: 'one slow call every five minutes', series: durations(8, 12, '0+0.2x60'), at: '40m' },
    ],
  },
  ValeraAiProvidersDown: {
    fires: [
      { what: 'the only one', series: [state(provider, '0x10 2x40'), failed(provider, '0x10 5+1x40')], at: '15m' },
      { what: 'both', series: [state(provider, '2x40'), failed(provider, '0+1x40'), state(other, '0x10 2x40'), failed(other, '0+1x40')], at: '15m' },
      {
        what: 'it stalls: a probe is under way at every third look',
        series: [state(provider, `0x10 ${STALLING}`), failed(provider, '0x10 5+1x40')],
        at: '15m',
      },
    ],
    quiet: [
      { what: 'one bad minute', series: [state(provider, '0x10 2 1 0x40'), failed(provider, '0x10 5 6x40')], at: '14m' },
      { what: 'the second one answers', series: [state(provider, '2x40'), failed(provider, '0+1x40'), state(other, '0x40')], at: '30m' },
      { what: 'it failed last night and nobody has written since', series: [state(provider, '2x90'), failed(provider, '0 5x90')], at: '60m' },
    ],
  },
  ValeraAiProviderDown: {
    fires: [
      {
        what: 'the second one answers',
        series: [state(provider, '2x60'), failed(provider, '0+1x60'), state(other, '0x60')],
        at: '30m',
        labels: { ...WORKSHOP, provider },
      },
      {
        what: 'it stalls: a probe is under way at every third look',
        series: [state(provider, STALLING), failed(provider, '0+1x60'), state(other, '0x60')],
        at: '30m',
        labels: { ...WORKSHOP, provider },
      },
    ],
    quiet: [
      { what: 'all fail: that is ValeraAiProvidersDown', series: [state(provider, '2x60'), failed(provider, '0+1x60')], at: '30m' },
      { what: 'five minutes', series: [state(provider, '0x10 2x5 0x60'), failed(provider, '0+1x60'), state(other, '0x60')], at: '30m' },
    ],
  },
  ValeraAiRefused: {
    fires: [
      {
        what: 'the key is dead, one customer writes',
        series: [calls('ok', '0x60'), calls('refused', '0x20 1x60')],
        at: '23m',
        labels: { ...WORKSHOP, provider },
      },
    ],
    quiet: [
      { what: 'the service times out', series: [calls('ok', '0+1x60'), calls('timeout', '0x20 1x60'), calls('refused', '0x60')], at: '23m' },
      { what: 'the new key works for an hour', series: [calls('ok', '0+1x120'), calls('refused', '3x120')], at: '70m' },
    ],
  },
  ValeraAiBudgetSpent: {
    fires: [
      {
        what: 'the day’s tokens',
        series: [given('limit_reached_total', { limit: 'instance_tokens' }, '0x10 1+1x40')],
        at: '14m',
        labels: { ...WORKSHOP, limit: 'instance_tokens' },
      },
    ],
    quiet: [{ what: 'one customer writes too much', series: [given('limit_reached_total', { limit: 'customer_messages' }, '0+1x40')], at: '30m' }],
  },
  ValeraAiCostJump: {
    fires: [{ what: 'an hour of 30 after hours of 3, of 100 a day', series: [cost('0+0.5x288 144+5x30'), limit], interval: '10m', at: '50h' }],
    quiet: [
      { what: 'an hour of 6 after hours of 3', series: [cost('0+0.5x288 144+1x30'), limit], interval: '10m', at: '50h' },
      { what: 'no limit is set', series: [cost('0+0.5x288 144+5x30')], interval: '10m', at: '50h' },
      {
        what: 'five messages a day, then one conversation',
        series: [cost('0 0.25x30 0.5x30 0.75x30 1x30 1.25x30 1.5x110 1.8+0.6x3 3.7x100'), limit],
        interval: '10m',
        at: '45h20m',
      },
      { what: 'a Monday after closed days', series: [cost('0x298 0+0.7x6 4.2x60'), limit], interval: '10m', at: '51h' },
      { what: 'a Monday as dear as the Friday before', series: [cost('0+0.5x6 3+5x6 33x420 33+5x6 63x60'), limit], interval: '10m', at: '74h' },
      { what: 'the first day', series: [cost('0+10x60'), limit], interval: '10m', at: '9h' },
    ],
  },
  ValeraAiCallsNotRecorded: {
    fires: [{ what: 'one call', series: [given('llm_record_failures_total', {}, '0x10 1x30')], at: '14m' }],
    quiet: [{ what: 'none', series: [given('llm_record_failures_total', {}, '0x40')], at: '30m' }],
  },
  ValeraAnswersReplaced: {
    fires: [{ what: 'a tenth', series: [checks('ok', '0+9x200'), checks('replaced', '0+1x200')], at: '150m' }],
    quiet: [
      { what: 'many are repaired', series: [checks('ok', '0+9x200'), checks('repaired', '0+5x200'), checks('replaced', '0x200')], at: '150m' },
      { what: 'one of a quiet night', series: [checks('ok', '0x200'), checks('replaced', '0x60 1x200')], at: '150m' },
    ],
  },
} as const satisfies Record<string, Case>;
