import type { Clock } from '../kit/clock.ts';
import { messageOf } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { currentTraceparent, GEN_AI, withSpan } from '../observability/tracing.ts';
import { costMicro, type Prices } from './cost.ts';
import { AttemptFailure } from './failure.ts';
import type { Attempt, Provider } from './openai.ts';
import type { ModelAnswer, ModelRequest } from './port.ts';
import type { LlmCall, RecordCall } from './record.ts';

type Deps = Readonly<{ name: string; prices: Prices; record: RecordCall; metrics: Metrics; clock: Clock; logger: Logger }>;

export type Ask = (request: ModelRequest) => Promise<ModelAnswer>;

type Span = Parameters<Parameters<typeof withSpan>[1]>[0];

const NO_USAGE = { inputTokens: 0, outputTokens: 0 };

const describe = (span: Span, { answer, finishReason }: Attempt): void => {
  span.setAttributes({
    [GEN_AI.responseModel]: answer.model,
    [GEN_AI.inputTokens]: answer.usage.inputTokens,
    [GEN_AI.outputTokens]: answer.usage.outputTokens,
    ...(finishReason === undefined ? {} : { [GEN_AI.finishReasons]: [finishReason] }),
  });
};

/** One attempt at a provider with all that is known of it afterwards: a span, figures, a row in llm_call. None of them can break the answer. */
export const observed = (provider: Provider, { name, prices, record, metrics, clock, logger }: Deps): Ask => {
  const attributes = {
    [GEN_AI.operation]: 'chat',
    [GEN_AI.provider]: provider.traits.telemetryName,
    [GEN_AI.requestModel]: provider.model,
    [GEN_AI.maxTokens]: provider.maxOutputTokens,
  };

  const keep = async (call: LlmCall): Promise<void> => {
    metrics.modelFinished({ provider: name, outcome: call.outcome, seconds: call.durationMs / 1_000 });
    if (call.firstChunkMs !== undefined) metrics.modelFirstChunk({ provider: name, seconds: call.firstChunkMs / 1_000 });
    metrics.modelTokens('input', call.inputTokens);
    metrics.modelTokens('output', call.outputTokens);
    metrics.modelCost({ provider: name, micro: call.costMicro });
    try {
      await record(call);
    } catch (error) {
      metrics.modelRecordFailed();
      logger.warn({ error: messageOf(error) }, 'a model call could not be recorded; budgets count less than was used');
    }
  };

  const inSpan = (request: ModelRequest, onFirstChunk: () => void): Promise<Attempt> =>
    withSpan({ name: `chat ${provider.model}`, attributes, kind: 'client' }, async (span) => {
      // without an SDK there is no span to be the parent, and the update's own trace is what the other side should see
      const traceparent = span.isRecording() ? currentTraceparent() : request.caller.traceparent;
      try {
        const attempt = await provider.send(request, { traceparent, onFirstChunk });
        describe(span, attempt);
        return attempt;
      } catch (error) {
        if (error instanceof AttemptFailure) span.setAttribute(GEN_AI.errorType, error.outcome);
        throw error;
      }
    });

  return async (request) => {
    const startedMs = clock.monotonicMs();
    const sinceStart = (): number => clock.monotonicMs() - startedMs;
    let firstChunkMs: number | undefined;
    const finish = async (outcome: LlmCall['outcome'], usage: ModelAnswer['usage'], status?: number): Promise<void> => {
      const { turnId, laneKey } = request.caller;
      const { purpose } = request;
      const figures = { ...usage, costMicro: costMicro(usage, prices), firstChunkMs, durationMs: sinceStart() };
      await keep({ laneKey, turnId, purpose, provider: name, model: provider.model, outcome, status, ...figures });
    };
    try {
      const { answer } = await inSpan(request, () => {
        firstChunkMs = sinceStart();
      });
      await finish('ok', answer.usage);
      return answer;
    } catch (error) {
      if (error instanceof AttemptFailure) await finish(error.outcome, error.facts.usage ?? NO_USAGE, error.facts.status);
      throw error;
    }
  };
};
