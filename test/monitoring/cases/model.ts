import { type Case, given, givenHistogram, type Input, WORKSHOP } from '../given.ts';

const provider = 'api.deepseek.com';
const calls = (outcome: 'ok' | 'timeout' | 'aborted', values: string): Input => given('ai_requests_total', { provider, outcome }, values);
const durations = (below: number, le: number, values: string) => givenHistogram('ai_request_duration_seconds', { provider }, { below, le, values });

const state = (of: string, values: string): Input => given('ai_breaker_state', { provider: of }, values);
const failed = (of: string, values: string): Input => given('ai_requests_total', { provider: of, outcome: 'unavailable' }, values);
const other = 'api.mistral.ai';
const checks = (outcome: 'ok' | 'repaired' | 'replaced', values: string): Input => given('ai_answer_checks_total', { outcome }, values);
const cost = (values: string): Input => given('ai_cost_micro_total', { provider }, values);

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
    ],
    quiet: [
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
    ],
    quiet: [
      { what: 'all fail: that is ValeraAiProvidersDown', series: [state(provider, '2x60'), failed(provider, '0+1x60')], at: '30m' },
      { what: 'five minutes', series: [state(provider, '0x10 2x5 0x60'), failed(provider, '0+1x60'), state(other, '0x60')], at: '30m' },
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
    fires: [{ what: 'ten times yesterday’s', series: [cost('0+100000x288 28800000+1000000x60')], interval: '10m', at: '49h' }],
    quiet: [
      { what: 'three times yesterday’s', series: [cost('0+100000x288 28800000+300000x60')], interval: '10m', at: '49h' },
      { what: 'ten times next to nothing', series: [cost('0+1000x288 288000+10000x60')], interval: '10m', at: '49h' },
      { what: 'the first day', series: [cost('0+1000000x60')], interval: '10m', at: '9h' },
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
