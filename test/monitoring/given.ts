import type { LabelValue, MetricName, MetricOf, NameOf } from '../../monitoring/catalog.ts';

/** A series as promtool reads it; `values` in its notation: 0+2x60 = from 0 up by 2, sixty times. */
export type Input = Readonly<{ series: string; values: string }>;
export type Labels = Readonly<Record<string, string>>;

/** What Prometheus saw, and when it is asked. `labels`: what the alert carries beyond its own; those of the workshop unless given. */
export type Given = Readonly<{ what: string; series: readonly Input[]; at: string; interval?: string; labels?: Labels }>;
/** One story by the minute, looked at several times; rules are evaluated `every` so often. */
export type Story = Readonly<{ what: string; series: readonly Input[]; at: readonly string[]; every: '1m' | '5m' }>;
export type Case = Readonly<{ fires: readonly [Given, ...Given[]]; quiet: readonly [Given, ...Given[]] }>;

export const WORKSHOP: Labels = { namespace: 'prod', workshop: 'example' };

export const written = (name: string, labels: Labels): string =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`;

type LabelsOf<Name extends MetricName> = { readonly [Label in keyof MetricOf<Name>['labels'] & string]: LabelValue<Name, Label> };
type Foreign = Readonly<{ instance?: string }>;

/** A counter or gauge of the catalog in the example workshop's namespace. */
export const given = <Name extends NameOf<'counter' | 'gauge'>>(name: Name, labels: LabelsOf<Name> & Foreign, values: string): Input => ({
  series: written(name, { job: 'valera', ...WORKSHOP, instance: 'a', ...(labels as Labels) }),
  values,
});

/** One side of a histogram; a bucket names its `le`. */
export const givenPart = <Name extends NameOf<'histogram'>>(
  name: Name,
  side: 'bucket' | 'count' | 'sum',
  { values, le, ...labels }: LabelsOf<Name> & Readonly<{ values: string; le?: number | '+Inf' }>,
): Input => ({
  series: written(`${name}_${side}`, {
    job: 'valera',
    ...WORKSHOP,
    instance: 'a',
    ...(labels as unknown as Labels),
    ...(le === undefined ? {} : { le: String(le) }),
  }),
  values,
});

/** A histogram of which everything lies in the bucket up to `le`, and its count. */
export const givenHistogram = <Name extends NameOf<'histogram'>>(
  name: Name,
  labels: LabelsOf<Name>,
  { below, le, values }: Readonly<{ below: number; le: number; values: string }>,
): readonly Input[] => [
  givenPart(name, 'bucket', { ...labels, le: below, values: '0x10000' }),
  givenPart(name, 'bucket', { ...labels, le, values }),
  givenPart(name, 'bucket', { ...labels, le: '+Inf', values }),
  givenPart(name, 'count', { ...labels, values }),
];

export const up = (instance: string, values: string, workshop: Labels = WORKSHOP): Input => ({
  series: written('up', { job: 'valera', instance, ...workshop }),
  values,
});
