import type { AlertRow } from '../../monitoring/alert.ts';
import { ALERTS } from '../../monitoring/alerts.ts';
import { cell, GENERATED_BY, type Generated, table } from './generated.ts';

const rowOf = ({ name, severity, for: duration, summary }: AlertRow): string[] => [`[${name}](../runbooks/${name}.md)`, severity, duration, cell(summary)];

const sectionOf = ({ name, summary, description, expr, for: duration, severity }: AlertRow): string =>
  `## ${name}\n\n${cell(summary)}. ${cell(description)}\n\n\`${severity}\` after ${duration}:\n\n\`\`\`promql\n${expr}\n\`\`\``;

/** docs: every alert, with its rule and its runbook. */
export const alertsReference: Generated = {
  path: 'docs/reference/alerts.md',
  build: () =>
    [
      `<!-- ${GENERATED_BY} -->`,
      '# Alerts',
      'A page wakes somebody; a ticket waits for the next working day. How they are loaded: [monitoring](../monitoring.md).',
      table(['alert', 'severity', 'after', 'what'], ALERTS.map(rowOf)),
      ...ALERTS.map(sectionOf),
    ].join('\n\n'),
};
