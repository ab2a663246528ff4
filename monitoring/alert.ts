/** page: wakes a person now; ticket: is looked at on the next working day. */
export type Severity = 'page' | 'ticket';

/** One alert. What to do about it is docs/runbooks/<name>.md. */
export type AlertRow = Readonly<{
  name: `Valera${string}`;
  component: 'http' | 'lanes' | 'outbox' | 'model' | 'booking' | 'database' | 'process' | 'security';
  /** PromQL, built by promql.ts. */
  expr: string;
  for: `${number}${'m' | 'h'}`;
  severity: Severity;
  /** One line: what is wrong. */
  summary: string;
  /** What it means for people, and from which figure on. */
  description: string;
}>;

/** A rule as Prometheus reads it. */
export type Rule = Readonly<{
  alert: string;
  expr: string;
  for: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}>;

const runbookOf = (name: string): string => `docs/runbooks/${name}.md`;

export const buildRule = ({ name, component, expr, for: duration, severity, summary, description }: AlertRow): Rule => ({
  alert: name,
  expr,
  for: duration,
  labels: { severity, component, part_of: 'valera' },
  annotations: { summary, description, runbook_url: runbookOf(name) },
});

/** `groups` of a rule file: one per component, in the order of the rows. */
export const buildGroups = (rows: readonly AlertRow[]) =>
  [...new Set(rows.map(({ component }) => component))].map((component) => ({
    name: `valera-${component}`,
    rules: rows.filter((row) => row.component === component).map(buildRule),
  }));
