import { closeSync, existsSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';

const NEWLINE = 0x0a;

/** The complete lines of the file; a line torn by a kill is cut off, or the next append would continue it and both would be lost. */
const readWholeLines = (file: string): string[] => {
  if (!existsSync(file)) return [];
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  if (end < bytes.length) truncateSync(file, end);
  return bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
};

/** All of the bytes or none: half a line left by a full disk would swallow the next one. */
const writeWhole = (descriptor: number, bytes: Buffer): void => {
  const sizeBefore = fstatSync(descriptor).size;
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
  } catch (error) {
    ftruncateSync(descriptor, sizeBefore);
    throw error;
  }
};

export type Journal<Entry> = Readonly<{ append: (entry: Entry) => void; close: () => void }>;

/**
 * Append-only JSON lines. `apply` is called for every old entry first, then for each appended one after it is written:
 * what the sandbox shows or answers is in the file before. Written, not fsynced: it outlives a kill of the process, not of the machine.
 */
export const openJournal = <Entry>({ file, apply, logger }: { file: string; apply: (entry: Entry) => void; logger: Logger }): Journal<Entry> => {
  mkdirSync(dirname(file), { recursive: true });
  for (const [index, line] of readWholeLines(file).entries()) {
    try {
      apply(JSON.parse(line) as Entry);
    } catch (error) {
      logger.warn({ file, line: index + 1, error: messageOf(error) }, 'a line of the sandbox journal is unreadable and skipped');
    }
  }
  const descriptor = openSync(file, 'a', 0o600);
  return {
    append: (entry) => {
      const bytes = Buffer.from(`${JSON.stringify(entry)}\n`);
      writeWhole(descriptor, bytes);
      apply(entry);
    },
    close: () => closeSync(descriptor),
  };
};
