import { messageOf } from '../kit/errors.ts';
import type { Command } from './commands.ts';
import { ENV, type EnvGroup, type EnvName, type EnvRow, type EnvValues } from './env.ts';
import { brokenRules } from './env-rules.ts';
import { nearest } from './nearest.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Options = Readonly<{ command: Command; readFile: (path: string) => string }>;
type Text = Readonly<{ text: string | undefined; problem?: string }>;

const ROWS = Object.entries(ENV) as readonly (readonly [EnvName, EnvRow])[];
const KNOWN = ROWS.flatMap(([name, row]) => (row.secret ? [name, `${name}_FILE`] : [name]));
const PREFIXES = [...new Set(KNOWN.map((name) => `${name.split('_', 1).join('')}_`))];
const MIGRATE_GROUPS: readonly EnvGroup[] = ['database', 'log', 'release'];
const LONGEST_SHOWN = 80;

// An orchestrator passes "" for a key that is there but empty.
const given = (value: string | undefined): string | undefined => (value === undefined || value === '' ? undefined : value);

const readSecretFile = (name: string, path: string, readFile: Options['readFile']): Text => {
  try {
    const text = readFile(path).replace(/\r?\n$/, '');
    return text === '' ? { text: undefined, problem: `${name}_FILE: expected a file with the value, got an empty one` } : { text };
  } catch (error) {
    return { text: undefined, problem: `${name}_FILE: expected a readable file (${messageOf(error)})` };
  }
};

const readText = (env: Environment, [name, row]: readonly [string, EnvRow], readFile: Options['readFile']): Text => {
  const direct = given(env[name]);
  const path = row.secret ? given(env[`${name}_FILE`]) : undefined;
  if (direct !== undefined && path !== undefined) return { text: undefined, problem: `${name}: set both directly and by ${name}_FILE; keep one` };
  if (path !== undefined) return readSecretFile(name, path, readFile);
  return { text: direct ?? row.default };
};

const isRequired = (row: EnvRow, { command, polling }: { command: Command; polling: boolean }): boolean => {
  if (row.requiredWhen === 'always') return true;
  if (row.requiredWhen === undefined || command === 'migrate') return false;
  return row.requiredWhen === 'app' || !polling;
};

const shown = (row: EnvRow, text: string): string => {
  if (row.secret) return `${text.length} characters that do not fit`;
  const safe = text.replace(/\/\/[^/]*@/, '//…@');
  return JSON.stringify(safe.length > LONGEST_SHOWN ? `${safe.slice(0, LONGEST_SHOWN)}…` : safe);
};

const missing = (env: Environment, [name, row]: readonly [string, EnvRow]): string => {
  const set = Object.keys(env).filter((other) => given(env[other]) !== undefined && !KNOWN.includes(other));
  const guess = nearest(name, set);
  const ways = row.secret ? `${name} or ${name}_FILE` : name;
  return `${name}: expected ${row.kind.expects}, got nothing; set ${ways}${guess ? ` (${guess} is set: is it meant?)` : ''}`;
};

const misspelt = (env: Environment): string[] =>
  Object.keys(env)
    .filter((name) => !KNOWN.includes(name) && PREFIXES.some((prefix) => name.startsWith(prefix)))
    .flatMap((name) => {
      const guess = nearest(name, KNOWN);
      return guess ? [`${name}: unknown; is ${guess} meant?`] : [];
    });

/** Values of every variable, or every problem; a problem is one line without secrets. */
export const readEnvironment = (env: Environment, { command, readFile }: Options): { values: EnvValues | undefined; problems: readonly string[] } => {
  const polling = env['TELEGRAM_MODE'] === 'polling';
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const entry of ROWS) {
    const [name, row] = entry;
    const needed = command !== 'migrate' || MIGRATE_GROUPS.includes(row.group);
    const { text, problem } = needed ? readText(env, entry, readFile) : { text: row.default };
    if (problem !== undefined) problems.push(problem);
    else if (text !== undefined) {
      const parsed = row.kind.schema.safeParse(text);
      if (parsed.success) values[name] = parsed.data;
      else problems.push(`${name}: expected ${row.kind.expects}, got ${shown(row, text)}`);
    } else if (isRequired(row, { command, polling })) problems.push(missing(env, entry));
  }
  problems.push(...brokenRules(values), ...misspelt(env));
  return problems.length > 0 ? { values: undefined, problems } : { values: values as EnvValues, problems };
};
