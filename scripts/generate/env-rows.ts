import { ENV, ENV_GROUPS, type EnvRow, type RequiredWhen } from '../../app/contract/env.ts';

type NamedRow = EnvRow & Readonly<{ name: string }>;

const rows: readonly NamedRow[] = Object.entries(ENV).map(([name, row]) => ({ name, ...row }));

export const REQUIRED_WORDS: Readonly<Record<RequiredWhen, string>> = {
  always: 'required',
  app: 'required, except by migrate',
  webhook: 'required when TELEGRAM_MODE is webhook, except by migrate',
};

/** The table of the contract, group by group, in the order of the reference. */
export const groupedRows = (): readonly Readonly<{ title: string; rows: readonly NamedRow[] }>[] =>
  Object.entries(ENV_GROUPS).map(([group, title]) => ({ title, rows: rows.filter((row) => row.group === group) }));
