import { z } from 'zod';
import { findRepeats, ID, ID_EXPECTED, isUnit, MAX_CELL, MAX_PRICE, PRICE_EXPECTED, UNIT_EXPECTED } from './price-rules.ts';
import type { Parsed } from './problems.ts';
import type { ClassPrices, PriceRow } from './types.ts';
import { parseYaml } from './yaml-file.ts';

const CELL_EXPECTED = `expected 1 to ${MAX_CELL} characters`;
const THREE_EXPECTED = 'expected three prices, for class 1, 2 and 3, such as [14000, 17000, null]';

const cell = z.string(CELL_EXPECTED).trim().min(1, CELL_EXPECTED).max(MAX_CELL, CELL_EXPECTED);
const price = z.int(PRICE_EXPECTED).min(1, PRICE_EXPECTED).max(MAX_PRICE, PRICE_EXPECTED);

const serviceSchema = z
  .strictObject({
    id: z.string(ID_EXPECTED).regex(ID, ID_EXPECTED),
    service: cell,
    unit: cell.refine(isUnit, UNIT_EXPECTED),
    /** One price for every class … */
    price: price.optional(),
    /** … or one per class, null = none for that class. */
    prices: z
      .tuple([price.nullable(), price.nullable(), price.nullable()], THREE_EXPECTED)
      .refine((given) => given.some((one) => one !== null), 'expected a price for class 1, 2 or 3')
      .optional(),
    from: z.boolean('expected true or false').default(false),
    keywords: z.array(cell, 'expected a list of phrases').default([]),
  })
  .refine((row) => (row.price === undefined) !== (row.prices === undefined), 'expected either "price" or "prices"');

type ServiceEntry = z.infer<typeof serviceSchema>;

const classPrices = ({ price: same, prices }: ServiceEntry): ClassPrices => {
  const all = same ?? null;
  const [first, second, third] = prices ?? [all, all, all];
  return { 1: first, 2: second, 3: third };
};

const toRow = (section: string, entry: ServiceEntry): PriceRow => {
  const { id, service, unit, from, keywords } = entry;
  return { id, section, service, unit, prices: classPrices(entry), from, keywords };
};

type Placed = Readonly<{ row: PriceRow; path: readonly (string | number)[] }>;

const sectionsSchema = z.array(
  z.strictObject({ section: cell, services: z.array(serviceSchema, 'expected the list of services').min(1, 'expected at least one service') }),
  'expected the list of sections',
);

const place = (sections: z.infer<typeof sectionsSchema>): Placed[] =>
  sections.flatMap(({ section, services }, at) => services.map((entry, index) => ({ row: toRow(section, entry), path: ['sections', at, 'services', index] })));

const listSchema = z
  .strictObject({ sections: sectionsSchema.min(1, 'expected at least one section') })
  .transform(({ sections }) => place(sections))
  .superRefine((placed, context) => {
    for (const { at, first, what } of findRepeats(placed.map(({ row }) => row))) {
      const message = `${what} stands already at ${placed[first]?.path.join('.') ?? ''}`;
      context.addIssue({ code: 'custom', message, path: [...(placed[at]?.path ?? [])] });
    }
  })
  .transform((placed): readonly PriceRow[] => placed.map(({ row }) => row));

/** prices.yaml: the same list as prices.csv, grouped by section, for those who rather write YAML than a table. */
export const parsePriceYaml = (source: { file: string; text: string }): Parsed<readonly PriceRow[]> => parseYaml(source, listSchema);
