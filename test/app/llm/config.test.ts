import assert from 'node:assert/strict';
import { secretsOf } from '../../../app/config.ts';
import { testConfig } from '../../support/config.ts';

const SECOND = { LLM_FALLBACK_BASE_URL: 'https://api.mistral.ai/v1', LLM_FALLBACK_API_KEY: 'second-key', LLM_FALLBACK_MODEL: 'mistral-small-latest' };

const problemsOf = (env: Record<string, string | number>): string => {
  try {
    testConfig(env);
    return '';
  } catch (error) {
    return String(error);
  }
};

describe('configuration of models and limits', () => {
  it('without the variables there is no second service, no price and no cost limit', () => {
    const { llm, limits } = testConfig();
    assert.equal(llm.fallback, undefined);
    assert.deepEqual(llm.prices, { input: 0, output: 0 });
    assert.deepEqual([llm.firstChunkTimeoutMs, llm.idleTimeoutMs, llm.totalTimeoutMs], [12_000, 8_000, 22_000]);
    assert.deepEqual([limits.customerMessages, limits.customerWindowMs, limits.instanceCostPerDay], [10, 60_000, 0]);
  });

  it('a second service is its three variables, and its key is a secret', () => {
    const config = testConfig({ ...SECOND, LLM_FALLBACK_INPUT_PRICE: '0.1' });
    assert.deepEqual(config.llm.fallback, {
      baseUrl: 'https://api.mistral.ai/v1',
      apiKey: 'second-key',
      model: 'mistral-small-latest',
      prices: { input: 0.1, output: 0 },
    });
    assert.ok(secretsOf(config).includes('second-key'));
  });

  for (const missing of Object.keys(SECOND) as (keyof typeof SECOND)[]) {
    it(`without ${missing} it is refused, by name`, () => {
      const rest = Object.fromEntries(Object.entries(SECOND).filter(([name]) => name !== missing));
      const problems = problemsOf(rest);
      assert.match(problems, new RegExp(`${missing}: expected a value beside`));
      assert.match(problems, /^[^\n]*One problem/);
      assert.ok(!problems.includes('second-key'));
    });
  }

  it('a cost limit without prices would never be reached, and is refused', () => {
    assert.match(problemsOf({ LIMIT_INSTANCE_COST_PER_DAY: 5 }), /LIMIT_INSTANCE_COST_PER_DAY: expected LLM_INPUT_PRICE/);
    assert.equal(problemsOf({ LIMIT_INSTANCE_COST_PER_DAY: 5, LLM_OUTPUT_PRICE: '1.1' }), '');
  });
});
