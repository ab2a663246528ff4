import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PRELOAD = new URL('preload.ts', import.meta.url).href;
const REPAIRED = 'was not ready; repaired';

/** One app process as the storm sees it. */
export type AppProcess = Readonly<{ slot: number; pid: number; owner: string; port: number; child: ChildProcess; ended: Promise<unknown> }>;

type Options = Readonly<{ environment: Record<string, string>; logDir: string; count: number }>;
type Started = Readonly<{ msg?: string; owner?: string; port?: number }>;

const parse = (line: string): Started => {
  try {
    return JSON.parse(line) as Started;
  } catch {
    return {};
  }
};

/** The app processes of a run. A slot whose process ends without `retire` is filled again at once. */
export const createFleet = ({ environment, logDir, count }: Options) => {
  const living = new Map<number, AppProcess>();
  const retired = new Set<number>();
  const streams: WriteStream[] = [];
  let stopping = false;
  let repairs = 0;
  let starts = 0;
  const unexpected: string[] = [];

  const launch = async (slot: number): Promise<void> => {
    starts += 1;
    const child = spawn(process.execPath, ['--import', PRELOAD, 'app/main.ts', 'serve'], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(join(logDir, `app-${slot}.log`), { flags: 'a' });
    streams.push(log);
    const ended = once(child, 'exit');
    const { promise: ready, resolve } = Promise.withResolvers<Started | undefined>();
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        if (line.includes(REPAIRED)) repairs += 1;
        if (line.includes('app started')) resolve(parse(line));
      });
    }
    void ended.then(() => resolve(undefined));
    const started = await ready;
    if (started) living.set(slot, { slot, pid: child.pid ?? 0, owner: started.owner ?? '', port: started.port ?? 0, child, ended });
    void ended.then(([code, signal]: unknown[]) => {
      living.delete(slot);
      if (stopping || retired.has(slot)) return;
      if (signal === null && code !== 0) unexpected.push(`slot ${slot} ended with ${String(code)}`);
      // a process that cannot start (the database is away) is started again, as a kubelet does
      void launch(slot);
    });
  };

  return {
    start: async (): Promise<void> => {
      for (let slot = 0; slot < count; slot++) await launch(slot);
    },
    living: (): readonly AppProcess[] => [...living.values()],
    ofOwner: (owner: string): AppProcess | undefined => [...living.values()].find((app) => app.owner === owner),
    /** Lanes that the reaper had to wake, over all processes that ever ran; from their logs, since a killed process takes its counters along. */
    repairs: (): number => repairs,
    starts: (): number => starts,
    unexpected: (): readonly string[] => unexpected,
    stop: async (): Promise<void> => {
      stopping = true;
      const all = [...living.values()];
      for (const { child } of all) {
        child.kill('SIGCONT');
        child.kill('SIGTERM');
      }
      const harder = setTimeout(() => all.forEach(({ child }) => child.kill('SIGKILL')), 30_000);
      await Promise.all(all.map(({ ended }) => ended));
      clearTimeout(harder);
      streams.forEach((stream) => stream.end());
    },
  };
};

export type Fleet = ReturnType<typeof createFleet>;
