import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { nearest } from '../../app/contract/nearest.ts';
import { AppError, messageOf } from '../../app/kit/errors.ts';
import type { SandboxParts } from '../../app/sandbox/settings.ts';

export type Ports = Readonly<{ page: number; app: number; admin: number }>;

export type Settings = Readonly<{
  help: boolean;
  reset: boolean;
  /** PostgreSQL's data and the sandbox's chats. */
  dataDir: string;
  /** Whether a person named that folder; then the log goes there too. */
  ownDataDir: boolean;
  ports: Ports;
  parts: SandboxParts;
  workshopDir: string;
}>;

/** A command line that nobody understands: the process ends with 2. */
export class UsageError extends Error {}

export type Surroundings = Readonly<{
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  clone: string;
  home: string;
  isRoot: boolean;
}>;

/** The variable, what listens there, and where unless it says otherwise. */
export const PORT_VARIABLES = {
  page: { name: 'SANDBOX_PORT', what: 'the page', standard: 3000 },
  app: { name: 'HTTP_PORT', what: 'the app', standard: 8080 },
  admin: { name: 'ADMIN_PORT', what: 'its admin listener', standard: 9464 },
} as const;

export const USAGE = `npm start                starts everything on this machine and prints the address of the page; Ctrl-C stops it
npm start -- --reset     clears the chats, bookings and everything else of earlier runs first
npm start -- --help      this text

Each of these makes one part real:
  TELEGRAM_BOT_TOKEN           your bot instead of the sandbox (also MANAGER_CHAT_ID, your group)
  LLM_BASE_URL, LLM_API_KEY    a language model instead of the scripted one (also LLM_MODEL)
  DATABASE_URL                 your PostgreSQL 17 instead of the one that comes along
  WORKSHOP_DIR                 your price list, hours and texts instead of the invented example
Where things are:
  SANDBOX_PORT, HTTP_PORT, ADMIN_PORT    ports, 3000, 8080 and 9464 unless set
  VALERA_DATA_DIR                        the data of this clone, and then its log`;

/** What only `npm start` reads; a slip of one of these is otherwise noticed by nobody. The app looks after its own. */
export const DEMO_VARIABLES = ['SANDBOX_PORT', 'VALERA_DATA_DIR'] as const;
/** Looks like a slip of a port and may well be another program's. */
const NO_SLIP = 'SANDBOX_HOST';

const HIGHEST_PORT = 65_535;
const HASH_LENGTH = 12;

const dataDirOf = ({ env, clone, home, isRoot }: Surroundings): string => {
  if (env['VALERA_DATA_DIR']) return resolve(clone, env['VALERA_DATA_DIR']);
  const name = createHash('sha256').update(clone).digest('hex').slice(0, HASH_LENGTH);
  // As root PostgreSQL runs as nobody, to whom the home of root is closed.
  return isRoot ? join('/var/lib/valera', name) : join(env['XDG_DATA_HOME'] || join(home, '.local/share'), 'valera', name);
};

const readPorts = (env: Surroundings['env'], problems: string[]): Ports => {
  const read = ({ name, standard }: { name: string; standard: number }): number => {
    const port = Number(env[name] || standard);
    if (!Number.isInteger(port) || port < 1 || port > HIGHEST_PORT) problems.push(`${name}: expected a port from 1 to ${HIGHEST_PORT}`);
    return port;
  };
  const ports = { page: read(PORT_VARIABLES.page), app: read(PORT_VARIABLES.app), admin: read(PORT_VARIABLES.admin) };
  if (new Set(Object.values(ports)).size < 3) problems.push('SANDBOX_PORT, HTTP_PORT, ADMIN_PORT: expected three different ports');
  return ports;
};

const readParts = (env: Surroundings['env'], problems: string[]): SandboxParts => {
  const isSet = (name: string): boolean => Boolean(env[name] || env[`${name}_FILE`]);
  if (Boolean(env['LLM_BASE_URL']) !== isSet('LLM_API_KEY'))
    problems.push('LLM_BASE_URL, LLM_API_KEY: expected both (a real model) or neither (the scripted one)');
  return {
    telegram: isSet('TELEGRAM_BOT_TOKEN') ? 'real' : 'sandbox',
    model: env['LLM_BASE_URL'] ? 'real' : 'scripted',
    database: isSet('DATABASE_URL') ? 'real' : 'embedded',
    workshop: env['WORKSHOP_DIR'] ? 'real' : 'example',
  };
};

const findSlips = (env: Surroundings['env'], problems: string[]): void => {
  for (const name of Object.keys(env)) {
    const guess = env[name] && name !== NO_SLIP ? nearest(name, DEMO_VARIABLES) : undefined;
    if (guess) problems.push(`${name}: unknown; is ${guess} meant?`);
  }
};

const readFlags = (argv: readonly string[]): { help: boolean; reset: boolean } => {
  try {
    const { values } = parseArgs({ args: [...argv], options: { reset: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } });
    return values;
  } catch (error) {
    throw new UsageError(`${messageOf(error)}\n\n${USAGE}`, { cause: error });
  }
};

/**
 * What the command line and the environment ask of `npm start`.
 * @throws UsageError about the command line, AppError CONFIG_INVALID listing every problem of the environment
 */
export const readSettings = (surroundings: Surroundings): Settings => {
  const { argv, env, clone } = surroundings;
  const problems: string[] = [];
  const flags = readFlags(argv);
  findSlips(env, problems);
  const settings = {
    ...flags,
    dataDir: dataDirOf(surroundings),
    ownDataDir: Boolean(env['VALERA_DATA_DIR']),
    ports: readPorts(env, problems),
    parts: readParts(env, problems),
    workshopDir: env['WORKSHOP_DIR'] ? resolve(clone, env['WORKSHOP_DIR']) : join(clone, 'app/workshop/example'),
  };
  if (problems.length > 0) throw new AppError('CONFIG_INVALID', problems.join('\n'));
  return settings;
};
