import { systemClock } from '../../../app/kit/clock.ts';
import { silentLogger, type Logger } from '../../../app/kit/logger.ts';
import { createModel } from '../../../app/llm/model.ts';
import type { ModelRequest } from '../../../app/llm/port.ts';
import type { LlmCall, RecordCall } from '../../../app/llm/record.ts';
import { createMetrics } from '../../../app/observability/metrics.ts';
import { testConfig } from '../../support/config.ts';

export const CALLER = { turnId: '1:100#1', laneKey: '1:100', traceparent: undefined };

type ModelParts = { env?: Record<string, string | number>; record?: RecordCall; logger?: Logger };

/** A model as the app builds it from the environment, with everything it reports at hand. */
export const modelFor = ({ env = {}, record, logger = silentLogger }: ModelParts) => {
  const { llm } = testConfig(env);
  const skipped = { ms: 0 };
  const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + skipped.ms };
  const metrics = createMetrics();
  const calls: LlmCall[] = [];
  const keep = async (call: LlmCall): Promise<void> => {
    calls.push(call);
    await record?.(call);
  };
  const model = createModel({ options: llm, record: keep, metrics, clock, logger });
  const ask = (more: Partial<ModelRequest> & { totalMs?: number } = {}) => {
    const { totalMs = llm.totalTimeoutMs, ...request } = more;
    return model.complete({
      caller: CALLER,
      purpose: 'answer',
      messages: [{ role: 'user', content: 'привет' }],
      tools: [],
      signal: new AbortController().signal,
      deadlineMs: clock.monotonicMs() + totalMs,
      ...request,
    });
  };
  /** The clock goes on by so much at once. */
  const skip = (ms: number): void => {
    skipped.ms += ms;
  };
  return { ask, calls, metrics, skip };
};
