import assert from 'node:assert/strict';
import { CATALOG, type MetricRow } from '../../monitoring/catalog.ts';

const rows: readonly MetricRow[] = CATALOG;

describe('monitoring/catalog', () => {
  it('names each metric once, as Prometheus wants it', () => {
    assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length);
    for (const { name, kind, unit } of rows) {
      assert.match(name, /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/);
      assert.equal(name.endsWith('_total'), kind === 'counter', name);
      if (unit === 'seconds') assert.match(name, /_seconds$/);
    }
  });

  it('has no unbounded label: a closed list, or words that say what bounds it', () => {
    for (const { name, labels } of rows) {
      for (const [label, values] of Object.entries(labels)) {
        assert.match(label, /^[a-z]+$/);
        if (typeof values === 'string') assert.ok(values.length >= 10, `${name}.${label}`);
        else assert.ok(values.length > 1 && values.length <= 20 && new Set(values).size === values.length, `${name}.${label}`);
      }
    }
  });

  it('gives every histogram, and nothing else, rising buckets that hold its target', () => {
    for (const { name, kind, buckets } of rows) {
      assert.equal(buckets !== undefined, kind === 'histogram', name);
      assert.deepEqual(
        buckets,
        buckets?.toSorted((a, b) => a - b),
        name,
      );
    }
    const bucketsOf = (name: string): readonly number[] => rows.find((row) => row.name === name)?.buckets ?? [];
    assert.ok(bucketsOf('http_request_duration_seconds').includes(0.5));
    assert.ok(bucketsOf('turn_duration_seconds').includes(30));
  });

  it('explains every metric in a sentence', () => {
    for (const { name, help } of rows) assert.match(help, /^[A-Z].*\.$/, name);
  });
});
