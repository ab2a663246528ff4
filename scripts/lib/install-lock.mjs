import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const BEAT_MS = 1_000;
const SILENT_MS = 15_000; // no beat for so long: its holder died on another machine or in another container
const ORPHAN_MS = 120_000; // as long as an npm may go on whose starter was killed; after that its number belongs to somebody else
const POLL_MS = 200;

const describe = (pids) => JSON.stringify({ host: hostname(), pids });

const create = (path) => {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, describe([process.pid]));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
};

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const isStale = (path) => {
  try {
    const ageMs = Date.now() - statSync(path).mtimeMs;
    const { host, pids } = JSON.parse(readFileSync(path, 'utf8'));
    return host === hostname() ? !pids.some(isAlive) || ageMs > ORPHAN_MS : ageMs > SILENT_MS;
  } catch {
    return false; // just released, or just being written: look again
  }
};

const takeOver = (path) => {
  try {
    const grave = `${path}.${process.pid}`;
    renameSync(path, grave); // of several who saw the same dead holder one succeeds
    rmSync(grave, { force: true });
  } catch {
    // another was faster
  }
};

/**
 * Runs `work` while no other process of this clone installs; the lock of the dead is taken over. `onWait` is called once when it has to wait.
 * `work` gets a function that names the process doing the installing: killed alone, we would leave it at work, and the next one has to wait for it.
 */
export const withInstallLock = async (path, onWait, work) => {
  mkdirSync(dirname(path), { recursive: true });
  for (let told = false; !create(path);) {
    if (isStale(path)) {
      takeOver(path);
      continue;
    }
    if (!told) onWait();
    told = true;
    await delay(POLL_MS);
  }
  const beat = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(path, now, now);
    } catch {
      // the folder was cleared under us
    }
  }, BEAT_MS);
  try {
    return await work((pid) => writeFileSync(path, describe([process.pid, pid])));
  } finally {
    clearInterval(beat);
    rmSync(path, { force: true });
  }
};
