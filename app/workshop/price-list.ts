import { parse } from 'csv-parse/sync';
import { findRepeats, ID, ID_EXPECTED, isUnit, MAX_CELL, MAX_PRICE, PRICE_EXPECTED, UNIT_EXPECTED } from './price-rules.ts';
import { failed, type Parsed, type Problem } from './problems.ts';
import type { ClassPrices, PriceRow } from './types.ts';

/** The columns of prices.csv, in any order. */
const PRICE_COLUMNS = ['id', 'section', 'service', 'unit', 'class1', 'class2', 'class3', 'from', 'keywords'] as const;
type Column = (typeof PRICE_COLUMNS)[number];
type Cells = Readonly<Record<Column, string>>;

const WHOLE_ROUBLES = /^(?:\d+|\d{1,3}(?:[ \u00A0\u202F]\d{3})+)$/;

type CsvRecord = Readonly<{ line: number; cells: readonly string[] }>;

const OPTIONS = { bom: true, relax_column_count: true, skip_empty_lines: true, skip_records_with_empty_values: true, trim: true } as const;

const readRecords = (text: string): CsvRecord[] => {
  const records: CsvRecord[] = [];
  parse(text, {
    ...OPTIONS,
    // `lines` is where the record ends; a quoted cell may span several
    on_record: (cells: string[], { lines }) => {
      records.push({ line: lines - cells.join('').split('\n').length + 1, cells });
      return null;
    },
  });
  return records;
};

const headerProblems = (header: readonly string[]): string[] => {
  const known: readonly string[] = PRICE_COLUMNS;
  const hint = header.length === 1 && header[0]?.includes(';') ? ' (the columns are separated by ";": save the file with commas)' : '';
  return [
    ...PRICE_COLUMNS.filter((column) => !header.includes(column)).map((column) => `expected a column "${column}"${hint}`),
    ...header.filter((column) => !known.includes(column)).map((column) => `unknown column "${column}"; expected ${PRICE_COLUMNS.join(', ')}`),
    ...header.filter((column, at) => header.indexOf(column) !== at).map((column) => `column "${column}" stands twice`),
  ];
};

const parsePrice = (text: string): number | null | undefined => {
  if (text === '') return null;
  if (!WHOLE_ROUBLES.test(text)) return undefined;
  const price = Number(text.replace(/\D/g, ''));
  return price >= 1 && price <= MAX_PRICE ? price : undefined;
};

const readPrices = (cells: Cells): { prices: ClassPrices; problems: string[] } => {
  const columns = ['class1', 'class2', 'class3'] as const;
  const values = columns.map((column) => parsePrice(cells[column]));
  const problems = columns.filter((_, at) => values[at] === undefined).map((column) => `${column} "${cells[column]}": ${PRICE_EXPECTED}, or nothing`);
  if (values.every((value) => value === null)) problems.push('expected a price in class1, class2 or class3');
  const [first = null, second = null, third = null] = values;
  return { prices: { 1: first, 2: second, 3: third }, problems };
};

const textProblems = (cells: Cells): string[] => [
  ...(['section', 'service', 'unit'] as const)
    .filter((column) => cells[column] === '' || cells[column].length > MAX_CELL)
    .map((column) => `${column}: expected 1 to ${MAX_CELL} characters`),
  ...(ID.test(cells.id) ? [] : [`id "${cells.id}": ${ID_EXPECTED}`]),
  ...(cells.unit === '' || isUnit(cells.unit) ? [] : [`unit "${cells.unit}": ${UNIT_EXPECTED}`]),
  ...(['yes', 'no'].includes(cells.from) ? [] : [`from "${cells.from}": expected "yes" or "no"`]),
];

const readRow = (cells: Cells): { row: PriceRow; problems: string[] } => {
  const { prices, problems } = readPrices(cells);
  const keywords = cells.keywords
    .split(';')
    .map((keyword) => keyword.trim())
    .filter((keyword) => keyword !== '');
  const { id, section, service, unit } = cells;
  return { row: { id, section, service, unit, prices, from: cells.from === 'yes', keywords }, problems: [...textProblems(cells), ...problems] };
};

const toCells = (header: readonly string[], cells: readonly string[]): Cells =>
  Object.fromEntries(PRICE_COLUMNS.map((column) => [column, cells[header.indexOf(column)] ?? ''])) as Record<Column, string>;

const readTable = (text: string): { rows: PriceRow[]; problems: { line: number; expected: string }[] } => {
  const [header, ...records] = readRecords(text);
  if (header === undefined) return { rows: [], problems: [{ line: 1, expected: `expected a header: ${PRICE_COLUMNS.join(',')}` }] };
  const ofHeader = headerProblems(header.cells).map((expected) => ({ line: header.line, expected }));
  if (ofHeader.length > 0) return { rows: [], problems: ofHeader };
  if (records.length === 0) return { rows: [], problems: [{ line: header.line, expected: 'expected at least one price below the header' }] };

  const read = records.map(({ line, cells }) => ({ line, cells, ...readRow(toCells(header.cells, cells)) }));
  const problems = read.flatMap(({ line, cells, problems: ofRow }) => {
    if (cells.length === header.cells.length) return ofRow.map((expected) => ({ line, expected }));
    return [{ line, expected: `expected ${header.cells.length} cells, found ${cells.length} (a comma inside a cell needs quotes)` }];
  });
  const duplicates = findRepeats(read.map(({ row }) => row)).map(({ at, first, what }) => ({
    line: read[at]?.line ?? 1,
    expected: `${what} stands already in line ${read[first]?.line ?? 1}`,
  }));
  return { rows: read.map(({ row }) => row), problems: [...problems, ...duplicates] };
};

const table = (text: string): ReturnType<typeof readTable> => {
  try {
    return readTable(text);
  } catch (error) {
    // csv-parse's own errors: a quote that is never closed, or stands inside a bare cell
    const line = typeof error === 'object' && error !== null && 'lines' in error && typeof error.lines === 'number' ? error.lines : 1;
    return {
      rows: [],
      problems: [{ line, expected: `expected CSV with commas and double quotes (${error instanceof Error ? error.message : String(error)})` }],
    };
  }
};

/** prices.csv: one service a line, prices in whole roubles per car class, an empty cell = no price for that class. */
export const parsePriceList = ({ file, text }: { file: string; text: string }): Parsed<readonly PriceRow[]> => {
  const { rows, problems } = table(text);
  if (problems.length > 0) return failed(problems.map((problem): Problem => ({ file, ...problem })).sort((a, b) => (a.line ?? 0) - (b.line ?? 0)));
  return { ok: true, value: rows };
};
