import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { findMutant, MUTANTS, type MutantName } from './mutants.ts';
import { describeResult } from './report.ts';
import { runSoak } from './run.ts';
import { FULL, SHORT, type SoakSettings } from './settings.ts';
import { findInvalid } from './validity.ts';

const USAGE = `Usage: npm run soak -- [--short] [--seed N] [--updates N] [--chats N] [--rate N] [--mutant NAME] [--keep]

Three processes of the app on one durable PostgreSQL, a sandbox apart from them, and a storm: processes are killed, paused and stopped, the database
crashes and its disk runs full, Telegram and the model fail in every way the sandbox knows. A checker that shares no code with the app judges the journal.

  --short       5 000 updates, durations divided by 20
  --seed N      repeats the draws of a run (its seed is printed)
  --updates N   --chats N   --rate N   other sizes; N updates a second are tried
  --mutant NAME sabotages the app; the run must fail. Names: ${Object.keys(MUTANTS).join(', ')}
  --keep        keeps journal, logs and tables of a run that passed; a failed one always keeps them

Ends with 0 = passed, 1 = failed, 2 = invalid (the storm was too weak to count).`;

const OPTIONS = {
  short: { type: 'boolean' },
  seed: { type: 'string' },
  updates: { type: 'string' },
  chats: { type: 'string' },
  rate: { type: 'string' },
  mutant: { type: 'string' },
  keep: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

const readNumber = (name: string, text: string | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise;
  if (!/^\d{1,10}$/.test(text) || Number(text) < 1) throw new Error(`--${name}: a whole number from 1 is expected (got ${text})`);
  return Number(text);
};

const isMutant = (name: string): name is MutantName => Object.hasOwn(MUTANTS, name);

const readMutant = (name: string | undefined): MutantName | undefined => {
  if (name === undefined || isMutant(name)) return name;
  throw new Error(`--mutant: one of ${Object.keys(MUTANTS).join(', ')} is expected (got ${name})`);
};

const showProgress = (): ((text: string) => void) => {
  let last = 0;
  return (text) => {
    if (performance.now() - last < 1_000 && /written|draining/.test(text)) return;
    last = performance.now();
    console.log(`${new Date().toISOString().slice(11, 19)}  ${text}`);
  };
};

const run = async (): Promise<number> => {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const mutant = readMutant(values.mutant);
  const base: SoakSettings = { ...(values.short ? SHORT : FULL), ...(mutant === undefined ? {} : { name: 'mutant', ...findMutant(mutant)?.settings }) };
  const settings: SoakSettings = {
    ...base,
    updates: readNumber('updates', values.updates, base.updates),
    chats: readNumber('chats', values.chats, base.chats),
    perSecond: readNumber('rate', values.rate, base.perSecond),
  };
  const seed = readNumber('seed', values.seed, randomInt(1, 2 ** 31));
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  console.log(`soak ${settings.name}, seed ${seed}: ${settings.updates} updates over ${settings.chats} chats`);
  const result = await runSoak({
    settings,
    seed,
    mutant: readMutant(values.mutant),
    keep: values.keep ?? false,
    say: showProgress(),
    stopping: stopping.signal,
  });
  const invalid = stopping.signal.aborted ? ['stopped before its end'] : findInvalid(result);
  console.log(describeResult(result, invalid));
  if (!result.verdict.ok) return 1;
  return invalid.length > 0 ? 2 : 0;
};

run().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 70;
  },
);
