import type { Migration } from './migration.ts';

/** What a database has and a release still wants of it. */
export type SchemaState = Readonly<{
  /** Newest applied version; 0 = nothing. */
  current: number;
  /** Lowest target of a release that can run on it. */
  minReader: number;
  pending: readonly Migration[];
}>;

type Query = (sql: string) => Promise<{ rows: unknown[] }>;

/** Reads the record of migrations; a database without it is at 0. */
export const readSchema = async (query: Query, migrations: readonly Migration[]): Promise<SchemaState> => {
  const exists = (await query(`SELECT to_regclass('schema_migration') IS NOT NULL AS yes`)).rows as { yes: boolean }[];
  if (!exists[0]?.yes) return { current: 0, minReader: 0, pending: migrations };
  const applied = (await query('SELECT version, min_reader FROM schema_migration')).rows as { version: number; min_reader: number }[];
  const versions = new Set(applied.map((row) => row.version));
  return {
    current: Math.max(0, ...versions),
    minReader: Math.max(0, ...applied.map((row) => row.min_reader)),
    pending: migrations.filter((m) => !versions.has(m.version)),
  };
};
