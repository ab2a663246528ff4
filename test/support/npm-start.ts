import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** The processes of one `npm start`, outermost first. */
export const ROLES = ['npm', 'wrapper', 'app', 'postgres'] as const;
export type Role = (typeof ROLES)[number];

export type Place = Readonly<{ dataDir: string; ports: Readonly<{ page: number; app: number; admin: number }> }>;

export type Demo = Readonly<{
  output: () => string;
  /** Resolves with the address of the page when everything runs; rejects with the output when it ended before. */
  ready: Promise<string>;
  exited: Promise<Readonly<{ code: number | null; signal: NodeJS.Signals | null }>>;
  /** What a terminal does at Ctrl-C or when it is closed: the signal goes to every process of the group. */
  terminal: (signal: 'SIGINT' | 'SIGHUP') => void;
  kill: (role: Role) => void;
}>;

const read = <T>(reading: () => T): T | undefined => {
  try {
    return reading();
  } catch {
    return undefined;
  }
};

const describe = (pid: string, dataDir: string): { role: Role; pid: number } | undefined => {
  const found = (role: Role) => ({ role, pid: Number(pid) });
  if (read(() => readlinkSync(`/proc/${pid}/cwd`))?.startsWith(dataDir)) return found('postgres');
  if (
    !read(() => readFileSync(`/proc/${pid}/environ`, 'utf8'))
      ?.split('\0')
      .includes(`VALERA_DATA_DIR=${dataDir}`)
  )
    return undefined;
  const command = read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '';
  if (command.includes('scripts/demo.ts')) return found('app');
  return command.includes('scripts/start.mjs') && !command.startsWith('sh') ? found('wrapper') : found('npm');
};

/** Every living process of an `npm start` on that folder; a started PostgreSQL's processes count as one role, its server first. */
export const processesOn = (dataDir: string): readonly { role: Role; pid: number }[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .sort((left, right) => Number(left) - Number(right))
    .flatMap((pid) => describe(pid, dataDir) ?? []);

/** Resolves when no process is left on the folder. */
export const untilNothingRuns = async (dataDir: string): Promise<void> => {
  while (processesOn(dataDir).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
};

/** `npm start` as a person runs it, in a process group of its own, on the given folder and ports. */
export const startDemo = ({ dataDir, ports }: Place, args: readonly string[] = []): Demo => {
  const folder = realpathSync(dataDir);
  const env = {
    ...process.env,
    VALERA_DATA_DIR: folder,
    SANDBOX_PORT: String(ports.page),
    HTTP_PORT: String(ports.app),
    ADMIN_PORT: String(ports.admin),
    npm_lifecycle_event: undefined,
  };
  const npm = spawn('npm', ['start', '--silent', '--', ...args], { cwd: ROOT, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const ready = Promise.withResolvers<string>();
  ready.promise.catch(() => undefined); // a test that expects the end does not look at it
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      const url = /Open this page: (\S+)\n/.exec(output)?.[1];
      if (url) ready.resolve(url);
    });
  }
  const exited = Promise.withResolvers<Readonly<{ code: number | null; signal: NodeJS.Signals | null }>>();
  npm.once('close', (code, signal) => {
    ready.reject(new Error(`npm start ended (${String(code ?? signal)}):\n${output}`));
    exited.resolve({ code, signal });
  });
  return {
    output: () => output,
    ready: ready.promise,
    exited: exited.promise,
    terminal: (signal) => process.kill(-(npm.pid ?? 0), signal),
    kill: (role) => {
      const found = processesOn(folder).find((one) => one.role === role);
      if (!found) throw new Error(`no ${role} runs on ${folder}`);
      process.kill(found.pid, 'SIGKILL');
    },
  };
};
