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

/** Address under which the repository's files can be read, as `https://host/owner/valera/blob/main`. It has no public one yet. */
const REPOSITORY_ADDRESS: string | undefined = undefined;

/** Where the runbook is: `runbook_url` when there is an address to open, else `runbook`, its path in the repository. */
export const buildRunbookLink = (name: string, address: string | undefined): Readonly<Record<string, string>> => {
  const path = `docs/runbooks/${name}.md`;
  return address === undefined ? { runbook: path } : { runbook_url: `${address}/${path}` };
};

export const buildRule = ({ name, component, expr, for: duration, severity, summary, description }: AlertRow): Rule => ({
  alert: name,
  expr,
  for: duration,
  labels: { severity, component, part_of: 'valera' },
  annotations: { summary, description, ...buildRunbookLink(name, REPOSITORY_ADDRESS) },
});

/** `groups` of a rule file: one per component, in the order of the rows. */
export const buildGroups = (rows: readonly AlertRow[]) =>
  [...new Set(rows.map(({ component }) => component))].map((component) => ({
    name: `valera-${component}`,
    rules: rows.filter((row) => row.component === component).map(buildRule),
  }));
