import { rowsOf, type Database } from './connect.ts';

type Column = Readonly<{ table: string; name: string; type: string; required: boolean; extra: string }>;
type Named = Readonly<{ table: string; definition: string }>;

const COLUMNS = `
SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required,
  CASE WHEN a.attidentity = 'a' THEN ' GENERATED ALWAYS AS IDENTITY' WHEN d.oid IS NOT NULL THEN ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) ELSE '' END AS extra
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' ORDER BY c.relname, a.attnum`;

const CONSTRAINTS = `
SELECT c.relname AS table, 'CONSTRAINT ' || n.conname || ' ' || pg_get_constraintdef(n.oid) AS definition
FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid
WHERE c.relnamespace = current_schema()::regnamespace AND n.contype IN ('p', 'u', 'f', 'c') ORDER BY c.relname, n.conname`;

const INDEXES = `
SELECT tablename AS table, indexdef AS definition FROM pg_indexes i
WHERE schemaname = current_schema() AND NOT EXISTS (SELECT 1 FROM pg_constraint n WHERE n.conname = i.indexname AND n.contype IN ('p', 'u'))
ORDER BY tablename, indexname`;

const HEADER = `-- The schema that all migrations together make. Written by "npm run generate", compared by a test; do not edit.\n`;

/** The schema of the database as SQL-like text, in a fixed order: for people to read and for a test to compare. */
export const describeSchema = async (db: Database): Promise<string> => {
  const columns = await rowsOf<Column>(db.raw(COLUMNS));
  const constraints = await rowsOf<Named>(db.raw(CONSTRAINTS));
  const indexes = await rowsOf<Named>(db.raw(INDEXES));
  const tables = [...new Set(columns.map((column) => column.table))];
  const blocks = tables.map((table) => {
    const lines = [
      ...columns.filter((c) => c.table === table).map((c) => `${c.name} ${c.type}${c.required ? ' NOT NULL' : ''}${c.extra}`),
      ...constraints.filter((c) => c.table === table).map((c) => c.definition),
    ];
    const own = indexes.filter((index) => index.table === table).map((index) => `${index.definition};`);
    return [`CREATE TABLE ${table} (`, lines.map((line) => `  ${line}`).join(',\n'), ');', ...own].join('\n');
  });
  return `${HEADER}\n${blocks.join('\n\n')}\n`;
};
