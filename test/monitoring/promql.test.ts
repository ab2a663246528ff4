import assert from 'node:assert/strict';
import { buildGroups, buildRunbookLink } from '../../monitoring/alert.ts';
import { ALERTS } from '../../monitoring/alerts.ts';
import { increase, maxPer, part, quantile, series, sumPer } from '../../monitoring/promql.ts';

describe('monitoring/promql', () => {
  it('writes matchers, windows and groupings as Prometheus reads them', () => {
    const stored = series('telegram_updates_total', { outcome: 'stored' });
    assert.equal(sumPer(increase(stored, '5m')), 'sum by (namespace, workshop) (increase(telegram_updates_total{outcome="stored"}[5m]))');
    assert.equal(
      sumPer(increase(stored, '1h', '1d'), 'outcome'),
      'sum by (namespace, workshop, outcome) (increase(telegram_updates_total{outcome="stored"}[1h] offset 1d))',
    );
    assert.equal(series('telegram_updates_total', { outcome: ['stored', 'poison'] }).text, 'telegram_updates_total{outcome=~"stored|poison"}');
    assert.equal(series('telegram_updates_total', { outcome: { not: ['stored'] } }).text, 'telegram_updates_total{outcome!~"stored"}');
    assert.equal(series('http_requests_total', { status: { like: '5..' } }).text, 'http_requests_total{status=~"5.."}');
    assert.equal(
      quantile(0.95, 'ai_request_duration_seconds', { window: '5m' }),
      'histogram_quantile(0.95, sum by (namespace, workshop, le) (rate(ai_request_duration_seconds_bucket[5m])))',
    );
  });

  it('does not compile with a metric, side, label, value or grouping that does not exist', () => {
    // checked by the compiler: an unused directive is an error of its own
    assert.doesNotThrow(() => [
      // @ts-expect-error no such metric
      series('lane_repair_total'),
      // @ts-expect-error a histogram is read through its sides
      series('turn_duration_seconds'),
      // @ts-expect-error a counter has no sides
      part('lane_repairs_total', 'count'),
      // @ts-expect-error no such label
      series('lane_repairs_total', { outcome: 'stored' }),
      // @ts-expect-error no such value
      series('telegram_updates_total', { outcome: 'lost' }),
      // @ts-expect-error grouped by what the series does not have
      maxPer(series('db_pool_used'), 'outcome'),
    ]);
  });

  it('links a runbook by address, or by path as long as there is none', () => {
    assert.deepEqual(buildRunbookLink('ValeraDown', undefined), { runbook: 'docs/runbooks/ValeraDown.md' });
    assert.deepEqual(buildRunbookLink('ValeraDown', 'https://example.com/valera/blob/main'), {
      runbook_url: 'https://example.com/valera/blob/main/docs/runbooks/ValeraDown.md',
    });
  });

  it('groups rules by component without labels on the group, which promtool 2.42 refuses', () => {
    const groups = buildGroups(ALERTS);
    assert.equal(groups.flatMap(({ rules }) => rules).length, ALERTS.length);
    for (const group of groups) assert.deepEqual(Object.keys(group), ['name', 'rules']);
  });
});
