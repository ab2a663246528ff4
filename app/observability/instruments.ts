import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { CATALOG, type LabelValue, type MetricName, type MetricOf, type MetricRow, type NameOf } from '../../monitoring/catalog.ts';

type Labels<Name extends MetricName> = { readonly [Label in keyof MetricOf<Name>['labels']]: LabelValue<Name, Label> };

const rowOf = (name: MetricName): MetricRow => {
  const row = CATALOG.find((candidate) => candidate.name === name);
  if (!row) throw new TypeError(`no metric ${name}`);
  return row;
};

const optionsOf = (name: MetricName, registry: Registry) => {
  const { help, labels } = rowOf(name);
  return { name, help, labelNames: Object.keys(labels), registers: [registry] };
};

/**
 * Every series whose labels are closed sets or `given`, so that it exists at 0 before its first event: rate() and increase() are blind to a
 * counter's first value.
 */
const knownSeries = ({ labels }: MetricRow, given: Readonly<Record<string, string>> = {}): readonly Record<string, string>[] =>
  Object.entries(labels).reduce<readonly Record<string, string>[]>(
    (series, [label, closed]) => {
      const only = given[label];
      const values = only === undefined ? closed : [only];
      return typeof values === 'string' ? [] : series.flatMap((one) => values.map((value) => ({ ...one, [label]: value })));
    },
    [{}],
  );

const settled = async <T>(read: () => T | Promise<T>): Promise<T | undefined> => {
  try {
    return await read();
  } catch {
    return undefined; // one failing source must not take the whole scrape down
  }
};

/** prom-client behind the catalog's types: an unknown metric, label or value does not compile. The one file that knows prom-client's classes. */
export const createInstruments = (registry: Registry) => ({
  counter: <Name extends NameOf<'counter'>>(name: Name) => {
    const metric = new Counter(optionsOf(name, registry));
    for (const series of knownSeries(rowOf(name))) metric.inc(series, 0);
    return {
      add: (labels: Labels<Name>, count = 1): void => metric.inc(labels, count),
      /** Shows the series with these values of open labels at 0 from now on. */
      expect: (labels: Partial<Labels<Name>>): void => {
        for (const series of knownSeries(rowOf(name), labels as Readonly<Record<string, string>>)) metric.inc(series, 0);
      },
    };
  },

  histogram: <Name extends NameOf<'histogram'>>(name: Name) => {
    const metric = new Histogram({ ...optionsOf(name, registry), buckets: [...(rowOf(name).buckets ?? [])] });
    for (const series of knownSeries(rowOf(name))) metric.zero(series);
    return { observe: (labels: Labels<Name>, value: number): void => metric.observe(labels, value) };
  },

  gauge: <Name extends NameOf<'gauge'>>(name: Name) => {
    let read: (() => Promise<void>) | undefined;
    const metric: Gauge = new Gauge({ ...optionsOf(name, registry), collect: () => read?.() });
    metric.remove({}); // a gauge that nobody has read yet must not say 0
    const show = (labels: Record<string, string>, value: number | undefined): void => {
      if (value !== undefined && Number.isFinite(value)) metric.set(labels, value);
      else metric.remove(labels);
    };
    return {
      read: (source: () => number | Promise<number>): void => {
        read = async () => show({}, await settled(source));
      },
      readEach: (
        label: keyof MetricOf<Name>['labels'] & string,
        source: () => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>,
      ): void => {
        read = async () => {
          const values = await settled(source);
          metric.reset();
          for (const [value, amount] of Object.entries(values ?? {})) show({ [label]: value }, amount);
        };
      },
    };
  },
});
