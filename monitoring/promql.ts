import type { LabelValue, MetricName, MetricOf, NameOf } from './catalog.ts';

/** Labels that Prometheus itself adds to whatever it scrapes (docs/monitoring.md: scraping). */
const TARGET_LABELS = ['namespace', 'workshop'] as const;
/** The scrape job of the app. */
const JOB = 'valera';

type LabelOf<Name extends MetricName> = keyof MetricOf<Name>['labels'] & string;
type Matcher<Value> = Value | readonly Value[] | Readonly<{ not: readonly Value[] }> | Readonly<{ like: string }>;
// the empty object type would take any label
type Matchers<Name extends MetricName> = [LabelOf<Name>] extends [never]
  ? Readonly<Record<string, never>>
  : { readonly [Label in LabelOf<Name>]?: Matcher<LabelValue<Name, Label>> };

/** Series of one metric; `Label` remembers by what they may still be grouped. */
export type Series<Label extends string = string> = Readonly<{ text: string; labels?: Label }>;
export type Window = `${number}${'m' | 'h' | 'd'}`;

const matcherText = (label: string, matcher: Matcher<string>): string => {
  if (typeof matcher === 'string') return `${label}="${matcher}"`;
  if ('like' in matcher) return `${label}=~"${matcher.like}"`;
  if ('not' in matcher) return `${label}!~"${matcher.not.join('|')}"`;
  return `${label}=~"${matcher.join('|')}"`;
};

const selector = (name: string, matchers: Readonly<Record<string, Matcher<string> | undefined>>): string => {
  const parts = Object.entries(matchers).flatMap(([label, matcher]) => (matcher === undefined ? [] : [matcherText(label, matcher)]));
  return parts.length === 0 ? name : `${name}{${parts.join(',')}}`;
};

/** A counter or gauge of the catalog; a metric, label or value that it does not have does not compile. */
export const series = <Name extends NameOf<'counter' | 'gauge'>>(name: Name, matchers: Matchers<Name> = {}): Series<LabelOf<Name>> => ({
  text: selector(name, matchers),
});

/** One side of a histogram of the catalog. */
export const part = <Name extends NameOf<'histogram'>>(
  name: Name,
  side: 'bucket' | 'count' | 'sum',
  matchers: Matchers<Name> = {},
): Series<LabelOf<Name> | 'le'> => ({ text: selector(`${name}_${side}`, matchers) });

/** Whether the app's processes answer the scrape: 1 or 0. */
export const UP: Series<'instance'> = { text: selector('up', { job: JOB }) };

const over =
  (fn: string) =>
  <Label extends string>({ text }: Series<Label>, window: Window, ago?: Window): Series<Label> => ({
    text: `${fn}(${text}[${window}]${ago === undefined ? '' : ` offset ${ago}`})`,
  });
const per =
  (fn: string) =>
  <Label extends string>({ text }: Series<Label>, ...labels: readonly NoInfer<Label>[]): string =>
    `${fn} by (${[...TARGET_LABELS, ...labels].join(', ')}) (${text})`;

export const rate = over('rate');
export const increase = over('increase');
export const smallest = over('min_over_time');
export const largest = over('max_over_time');

/** The largest value that an expression had within the window, looked at every `step`, until `ago`. */
export const peak = (expr: string, { window, step, ago }: Readonly<{ window: Window; step: Window; ago: Window }>): string =>
  `max_over_time((${expr})[${window}:${step}] offset ${ago})`;
/** 1 when the series had no sample at all within the window. */
export const absentFor = ({ text }: Series, window: Window): string => `absent_over_time(${text}[${window}])`;

/** Together for one workshop, further split by labels that the series have. */
export const sumPer = per('sum');
export const maxPer = per('max');
export const minPer = per('min');

/** A quantile of a histogram over the window, for one workshop. */
export const quantile = <Name extends NameOf<'histogram'>>(
  share: number,
  name: Name,
  { window, where = {} }: Readonly<{ window: Window; where?: Matchers<Name> }>,
): string => `histogram_quantile(${share}, ${sumPer(rate(part(name, 'bucket', where), window), 'le')})`;

export const any = (...conditions: readonly string[]): string => conditions.join(' or ');
export const all = (...conditions: readonly string[]): string => conditions.join(' and ');
/** `condition` for the workshops where `exception` does not hold. */
export const unless = (condition: string, exception: string): string => `${condition} unless on (${TARGET_LABELS.join(', ')}) ${exception}`;
