import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, closeSync, constants, fstatSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const LOG_BYTES = 5 * 1024 * 1024;

const isUsable = (folder: string): boolean => {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const file of ['sandbox-token', 'app.log']) accessIfThere(join(folder, file));
    return true;
  } catch {
    return false;
  }
};

const accessIfThere = (file: string): void => {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
};

/** Where the token and the log go: the first of these folders that this user may write. */
export const pickStateDir = (candidates: readonly string[]): string => {
  const found = candidates.find(isUsable);
  if (found === undefined) throw new Error(`None of these folders can be written: ${candidates.join(', ')}`);
  return found;
};

/** The token of the page and of the script API, made at the first start; a file that only this user reads. */
export const readAccessToken = (stateDir: string): string => {
  const file = join(stateDir, 'sandbox-token');
  try {
    const token = readFileSync(file, 'utf8').trim();
    if (/^[\w-]{20,}$/.test(token)) return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const token = randomBytes(24).toString('base64url');
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  chmodSync(file, 0o600); // the mode above is for new files only
  return token;
};

/** A log of at most twice `capBytes`: the full file becomes `<file>.1`. Written at once, so that the last line before a crash is there. */
export const openLog = (file: string, capBytes = LOG_BYTES): Readonly<{ write: (line: string) => void }> => {
  const open = (): number => openSync(file, 'a', 0o600);
  let log = open();
  let size = fstatSync(log).size;
  return {
    write: (line) => {
      if (size > capBytes) {
        closeSync(log);
        renameSync(file, `${file}.1`);
        log = open();
        size = 0;
      }
      size += writeSync(log, line);
    },
  };
};
