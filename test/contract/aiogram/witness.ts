import { execFile, spawn } from 'node:child_process';
import { access, mkdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { sha256Hex } from '../../../app/kit/ids.ts';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const DRIVER = join(import.meta.dirname, 'driver.py');
const run = promisify(execFile);

const cacheDir = (): string => join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'valera');

const exists = async (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * The Python that has aiogram, in the cache folder of the user; made at the first call, which needs the network and takes about ten seconds.
 * Undefined, with the reason printed, where python3, its venv or the packages cannot be had.
 */
export const findAiogram = async (): Promise<string | undefined> => {
  const folder = join(cacheDir(), `aiogram-${sha256Hex(await readFile(REQUIREMENTS)).slice(0, 12)}`);
  const python = join(folder, 'bin', 'python');
  if (await exists(join(folder, 'complete'))) return python;
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(cacheDir(), { recursive: true });
    await run('python3', ['-m', 'venv', folder]);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', REQUIREMENTS]);
    await mkdir(join(folder, 'complete')); // last: an installation that was killed is begun anew
    return python;
  } catch (error) {
    console.log(`      aiogram cannot be installed: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`);
    return undefined;
  }
};

type Judgement = Readonly<{ problems: readonly string[] }>;
export type Steps = readonly (readonly [what: string, result: unknown])[];
export type Witness = Awaited<ReturnType<typeof startWitness>>;

/** The driver as a process; commands are answered one after another. */
export const startWitness = async (python: string) => {
  const child = spawn(python, [DRIVER], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));

  const ask = async <Answer>(command: object): Promise<Answer> => {
    const mine = last.then(async () => {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('the aiogram driver ended; its own words are above');
      return JSON.parse(value) as Answer;
    });
    last = mine.catch(() => undefined);
    return mine;
  };

  return {
    /** What aiogram does not know, misses or reads otherwise in an update. */
    ofUpdate: async (body: unknown) => (await ask<Judgement>({ do: 'update', body })).problems,
    ofResponse: async (method: string, body: unknown) => (await ask<Judgement>({ do: 'response', method, body })).problems,
    ofRequest: async (method: string, args: unknown) => (await ask<Judgement>({ do: 'request', method, arguments: args })).problems,
    drive: async (where: { base: string; token: string; chats: Readonly<Record<string, number>> }) =>
      (await ask<{ steps: Steps }>({ do: 'drive', ...where })).steps,
    stop: async (): Promise<void> => {
      child.stdin.end();
      await exited;
    },
  };
};
