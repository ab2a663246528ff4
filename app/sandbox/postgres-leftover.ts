import { readFile, readdir, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../kit/logger.ts';

const FAST_MS = 20_000;
const IMMEDIATE_MS = 5_000;
const POLL_MS = 20;

/** Every PostgreSQL process has its data folder as working directory: a pid file alone may name a stranger that got the number. */
const processesIn = async (data: string): Promise<readonly number[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const folders = await Promise.all(pids.map(async (pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_pid, index) => folders[index] === data);
};

const gone = async (data: string, patienceMs: number): Promise<boolean> => {
  const deadline = performance.now() + patienceMs;
  while ((await processesIn(data)).length > 0) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
};

const signal = (pids: readonly number[], name: NodeJS.Signals): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // ended in the meantime
    }
  }
};

/**
 * Ends what an earlier run left on this data folder (a kill -9 leaves the server or some of its processes) and removes its pid file,
 * which would stop the next server when its number belongs to another process by now. The caller holds the lock of the data folder.
 */
export const stopLeftover = async (dataFolder: string, logger: Logger): Promise<void> => {
  const data = await realpath(dataFolder);
  const left = await processesIn(data);
  if (left.length > 0) {
    const pidFile = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
    const server = Number(pidFile.split('\n')[0]);
    logger.info({ pids: left }, 'stopping the PostgreSQL that an earlier run left');
    if (left.includes(server)) signal([server], 'SIGINT');
    if (!(await gone(data, left.includes(server) ? FAST_MS : IMMEDIATE_MS))) signal(await processesIn(data), 'SIGKILL');
    await gone(data, IMMEDIATE_MS);
  }
  await rm(join(data, 'postmaster.pid'), { force: true });
};
