import { parser } from '@prometheus-io/lezer-promql';
import type { MetricRow } from '../../monitoring/catalog.ts';

/** Metrics of others that a rule may use, with their labels. */
const FOREIGN: Readonly<Record<string, readonly string[]>> = { up: [] };
/** What the scrape adds to every series (docs/monitoring.md). */
const TARGET_LABELS = ['job', 'instance', 'namespace', 'workshop'];
const SIDES = ['_bucket', '_count', '_sum'];

type Node = Readonly<{ name: string; text: string; children: readonly Node[] }>;

const parse = (expr: string): Node => {
  const root: { name: string; text: string; children: Node[] } = { name: '', text: expr, children: [] };
  const stack = [root];
  parser.parse(expr).iterate({
    enter: ({ name, from, to }) => {
      const node = { name, text: expr.slice(from, to), children: [] };
      stack.at(-1)?.children.push(node);
      stack.push(node);
    },
    leave: () => void stack.pop(),
  });
  return root;
};

const find = (node: Node, name: string): readonly Node[] => [...(node.name === name ? [node] : []), ...node.children.flatMap((child) => find(child, name))];
const textOf = (node: Node, name: string): string => find(node, name)[0]?.text ?? '';

/** The row that a series belongs to; a histogram is seen only through its sides. */
const rowOf = (name: string, catalog: readonly MetricRow[]): MetricRow | undefined => {
  const side = SIDES.find((one) => name.endsWith(one));
  const base = catalog.find((row) => row.kind === 'histogram' && side !== undefined && row.name === name.slice(0, -side.length));
  return base ?? catalog.find((row) => row.kind !== 'histogram' && row.name === name);
};

const labelsOf = (name: string, catalog: readonly MetricRow[]): readonly string[] | undefined => {
  const row = rowOf(name, catalog);
  if (!row) return FOREIGN[name];
  return [...Object.keys(row.labels), ...(name.endsWith('_bucket') && row.kind === 'histogram' ? ['le'] : [])];
};

/** Matchers that no value of the label can meet. */
const checkValue = (values: readonly string[] | string | undefined, operator: string, value: string): boolean => {
  if (values === undefined || typeof values === 'string') return true;
  return operator.endsWith('~') ? value.split('|').every((one) => values.includes(one)) : values.includes(value);
};

const checkMatcher = (matcher: Node, name: string, catalog: readonly MetricRow[]): readonly string[] => {
  const label = textOf(matcher, 'LabelName');
  if (TARGET_LABELS.includes(label)) return [];
  if (!labelsOf(name, catalog)?.includes(label)) return [`${name} has no label ${label}`];
  const value = textOf(matcher, 'StringLiteral').slice(1, -1);
  return checkValue(rowOf(name, catalog)?.labels[label], textOf(matcher, 'MatchOp'), value) ? [] : [`${name}.${label} is never ${value}`];
};

const checkSelector = (selector: Node, catalog: readonly MetricRow[]): readonly string[] => {
  const name = textOf(selector, 'Identifier');
  if (labelsOf(name, catalog) === undefined) return [`no metric ${name || selector.text}`];
  return find(selector, 'UnquotedLabelMatcher').flatMap((matcher) => checkMatcher(matcher, name, catalog));
};

/** What a PromQL expression gets wrong about the metrics there are: unknown names, labels and values. */
export const checkExpression = (expr: string, catalog: readonly MetricRow[]): readonly string[] => {
  const root = parse(expr);
  if (find(root, '⚠').length > 0) return [`not PromQL: ${expr}`];
  const selectors = find(root, 'VectorSelector');
  const known = new Set([...TARGET_LABELS, ...selectors.flatMap((selector) => labelsOf(textOf(selector, 'Identifier'), catalog) ?? [])]);
  const groupings = find(root, 'GroupingLabels').flatMap((node) => find(node, 'LabelName').map(({ text }) => text));
  return [
    ...selectors.flatMap((selector) => checkSelector(selector, catalog)),
    ...groupings.filter((label) => !known.has(label)).map((label) => `grouped by ${label}, which no series has`),
  ];
};

/** The rows of the catalog that an expression reads. */
const metricsIn = (expr: string, catalog: readonly MetricRow[]): readonly string[] =>
  find(parse(expr), 'VectorSelector').flatMap((selector) => rowOf(textOf(selector, 'Identifier'), catalog)?.name ?? []);

/** Rows that no alert reads although they do not say why, and rows that say so although one does. */
export const checkUse = (exprs: readonly string[], catalog: readonly MetricRow[]): readonly string[] => {
  const used = new Set(exprs.flatMap((expr) => metricsIn(expr, catalog)));
  return catalog.flatMap(({ name, diagnosticOnly }) => {
    if (used.has(name)) return diagnosticOnly === undefined ? [] : [`${name} is in an alert and says it is not`];
    return diagnosticOnly === undefined ? [`${name} is in no alert: add one, or diagnosticOnly with the reason`] : [];
  });
};
