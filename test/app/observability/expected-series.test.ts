import assert from 'node:assert/strict';
import { createPath } from '../../support/path.ts';

describe('an engine that has done nothing yet', () => {
  let path: Awaited<ReturnType<typeof createPath>>;
  before(async () => {
    path = await createPath();
  });
  after(() => path.stop());

  it('shows the day’s cost limit and every outcome of its provider, so that the first failure is a change', async () => {
    path.engine(path.workshop, path.configOf({ LIMIT_INSTANCE_COST_PER_DAY: 25, LLM_INPUT_PRICE: 0.3 }));
    const text = await path.metrics.render();
    assert.match(text, /^ai_cost_limit_micro 25000000$/m);
    assert.match(text, /^ai_requests_total\{provider="127\.0\.0\.1[^"]*",outcome="refused"\} 0$/m);
    assert.match(text, /^ai_cost_micro_total\{provider="127\.0\.0\.1[^"]*"\} 0$/m);
  });
});
