import assert from 'node:assert/strict';
import { ALERTS } from '../../monitoring/alerts.ts';
import { CATALOG, type MetricRow } from '../../monitoring/catalog.ts';
import { checkExpression, checkUse } from './check-rules.ts';

const catalog: readonly MetricRow[] = CATALOG;
const exprs = ALERTS.map(({ expr }) => expr);
const mutated = (pattern: string, replacement: string): readonly string[] => {
  const changed = exprs.map((expr) => expr.replaceAll(pattern, replacement));
  assert.notDeepEqual(changed, exprs, `nothing reads ${pattern}`);
  return changed.flatMap((expr) => checkExpression(expr, catalog));
};

describe('monitoring: alerts against the catalog', () => {
  it('each reads only metrics, labels and values that exist', () => {
    for (const { name, expr } of ALERTS) assert.deepEqual(checkExpression(expr, catalog), [], name);
  });

  it('each metric is read by an alert or says why not', () => {
    assert.deepEqual(checkUse(exprs, catalog), []);
    for (const { name, diagnosticOnly } of catalog) assert.ok(diagnosticOnly === undefined || diagnosticOnly.length > 15, name);
  });

  it('a wrong metric, side, label, value, grouping or syntax is found', () => {
    assert.match(mutated('lane_repairs_total', 'lane_repair_total').join(), /no metric lane_repair_total/);
    assert.match(mutated('turn_duration_seconds_count', 'turn_duration_seconds').join(), /no metric turn_duration_seconds/);
    assert.match(mutated('route=', 'path=').join(), /http_requests_total has no label path/);
    assert.match(mutated('outcome="dead"', 'outcome="died"').join(), /turn_duration_seconds_count.outcome is never died/);
    assert.match(mutated('failed|unknown|rejected', 'failed|lost').join(), /telegram_send_total.outcome is never failed\|lost/);
    assert.match(mutated('workshop, kind', 'workshop, sort').join(), /grouped by sort/);
    assert.match(mutated(' and ', ' und ').join(), /not PromQL/);
  });

  it('a metric that nobody reads, or whose excuse is out of date, is found', () => {
    const fewer = exprs.filter((expr) => !expr.includes('lane_repairs_total'));
    assert.match(checkUse(fewer, catalog).join(), /lane_repairs_total is in no alert/);
    assert.match(checkUse([...exprs, 'lane_depth > 5'], catalog).join(), /lane_depth is in an alert/);
  });
});
