import type { Clock } from '../kit/clock.ts';
import type { Logger } from '../kit/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { createBreaker, type BreakerState } from './breaker.ts';
import type { Prices } from './cost.ts';
import { createFailover, type Member } from './failover.ts';
import { observed } from './observe.ts';
import { createOpenAiProvider } from './openai.ts';
import type { Model } from './port.ts';
import type { RecordCall } from './record.ts';

type Service = Readonly<{ baseUrl: string; apiKey: string; model: string; prices: Prices }>;

type ModelOptions = Service &
  Readonly<{
    fallback: Service | undefined;
    maxOutputTokens: number;
    firstChunkTimeoutMs: number;
    idleTimeoutMs: number;
    attemptTimeoutMs: number;
    breakerFailures: number;
    breakerCoolDownMs: number;
  }>;

type Deps = Readonly<{ options: ModelOptions; record: RecordCall; metrics: Metrics; clock: Clock; logger: Logger }>;

const STATE_VALUES: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };

/** The model that the configuration describes: its provider, the fallback if there is one, and a breaker for each. */
export const createModel = ({ options, record, metrics, clock, logger }: Deps): Model => {
  const { baseUrl, apiKey, model, prices, fallback } = options;
  const services: readonly Service[] = [{ baseUrl, apiKey, model, prices }, ...(fallback ? [fallback] : [])];
  const taken = new Set<string>();
  const nameOf = (host: string): string => {
    const name = taken.has(host) ? `${host}#2` : host; // two models of one service are two providers
    taken.add(host);
    return name;
  };
  const members = services.map((service): Member => {
    const provider = createOpenAiProvider({ options: { ...options, ...service }, clock });
    const name = nameOf(provider.host);
    metrics.modelExpected(name);
    const breaker = createBreaker({ failures: options.breakerFailures, coolDownMs: options.breakerCoolDownMs, monotonicMs: clock.monotonicMs });
    return { name, ask: observed(provider, { name, prices: service.prices, record, metrics, clock, logger }), breaker };
  });
  metrics.observeBreakers(() => Object.fromEntries(members.map(({ name, breaker }) => [name, STATE_VALUES[breaker.state()]])));
  return createFailover({ members, clock, logger });
};
