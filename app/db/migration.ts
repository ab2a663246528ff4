/**
 * One forward-only schema change. `expand` adds and keeps older releases running; `contract` takes away what they needed.
 * `minReader` = the lowest target of a release that can run after it: expand repeats its predecessor's, contract raises it.
 */
export type Migration = Readonly<{
  version: number;
  name: string;
  phase: 'expand' | 'contract';
  minReader: number;
  statements: readonly string[];
  /** CREATE INDEX CONCURRENTLY and the like; each such statement must be repeatable, since a kill can fall between two of them. */
  outsideTransaction?: boolean;
}>;

export type SchemaNeeds = Readonly<{ target: number; min: number }>;

/** What a release with these migrations asks of a database: `min` = its newest expand, `target` = its newest of any phase. */
export const schemaNeeds = (migrations: readonly Migration[]): SchemaNeeds => ({
  target: Math.max(0, ...migrations.map((m) => m.version)),
  min: Math.max(0, ...migrations.filter((m) => m.phase === 'expand').map((m) => m.version)),
});

export type Fit = Readonly<{ ok: boolean; reason: string }>;

/** Release R fits schema s ⇔ R.min ≤ s ∧ minReader(s) ≤ R.target. */
export const decideFit = (needs: SchemaNeeds, schema: Readonly<{ current: number; minReader: number }>): Fit => {
  if (schema.current < needs.min) return { ok: false, reason: `schema ${schema.current} is older than ${needs.min}: run "migrate --phase expand"` };
  if (schema.minReader > needs.target) {
    return { ok: false, reason: `schema ${schema.current} can be read only by releases of target ${schema.minReader} or newer; this one has ${needs.target}` };
  }
  return { ok: true, reason: 'fits' };
};

export type MigrationPlan = Readonly<{ ok: true; apply: readonly Migration[] }> | Readonly<{ ok: false; reason: string }>;

/** Which pending migrations a phase may run, in version order. A contract is never jumped over by a later expand. */
export const planMigrations = (pending: readonly Migration[], phase: 'expand' | 'contract' | 'all'): MigrationPlan => {
  const sorted = [...pending].sort((a, b) => a.version - b.version);
  if (phase === 'all') return { ok: true, apply: sorted };
  const firstOther = sorted.findIndex((m) => m.phase !== phase);
  const apply = firstOther === -1 ? sorted : sorted.slice(0, firstOther);
  const blocked = sorted.slice(apply.length).some((m) => m.phase === phase);
  const blocker = sorted[apply.length];
  if (blocked && blocker)
    return { ok: false, reason: `${blocker.phase} migration ${blocker.version} (${blocker.name}) must run first: "migrate --phase ${blocker.phase}"` };
  return { ok: true, apply };
};
