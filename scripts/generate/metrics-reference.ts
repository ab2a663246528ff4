import { CATALOG, type MetricRow } from '../../monitoring/catalog.ts';
import { cell, GENERATED_BY, type Generated, table } from './generated.ts';

const labelsOf = ({ labels }: MetricRow): string => {
  const parts = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${typeof values === 'string' ? cell(values) : values.join(', ')}`);
  return parts.length === 0 ? '–' : parts.join('; ');
};

const rowOf = (row: MetricRow): string[] => [`\`${row.name}\``, row.kind, row.unit, cell(row.help), labelsOf(row), row.buckets?.join(', ') ?? '–'];

/** docs: every metric, with its labels. */
export const metricsReference: Generated = {
  path: 'docs/reference/metrics.md',
  build: () => {
    const rows: readonly MetricRow[] = CATALOG;
    return [
      `<!-- ${GENERATED_BY} -->`,
      '# Metrics',
      '`GET /metrics` on the admin listener (port 9464), in Prometheus’ text format. Closed counters stand at 0 before their first event; a gauge whose source cannot be read has no value.',
      table(['metric', 'kind', 'unit', 'meaning', 'labels', 'buckets'], rows.map(rowOf)),
    ].join('\n\n');
  },
};
