import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';

const NEWLINE = 0x0a;
const OWNER_ONLY = 0o600;

/** The complete lines of the file; a line torn by a kill is cut off, or the next append would continue it and both would be lost. */
const readWholeLines = (file: string): string[] => {
  if (!existsSync(file)) return [];
  const bytes = readFileSync(file);
  const end = bytes.lastIndexOf(NEWLINE) + 1;
  if (end < bytes.length) truncateSync(file, end);
  return bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
};

const writeAll = (descriptor: number, bytes: Buffer): void => {
  for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
};

/** All of the bytes or none: half a line left by a full disk would swallow the next one. */
const writeWhole = (descriptor: number, bytes: Buffer): void => {
  const sizeBefore = fstatSync(descriptor).size;
  try {
    writeAll(descriptor, bytes);
  } catch (error) {
    ftruncateSync(descriptor, sizeBefore);
    throw error;
  }
};

/** The file becomes this one line; a kill leaves the old one or the new one, never a mixture. */
const replaceWith = (file: string, line: unknown): void => {
  const fresh = `${file}.new`;
  const descriptor = openSync(fresh, 'w', OWNER_ONLY);
  try {
    writeAll(descriptor, Buffer.from(`${JSON.stringify(line)}\n`));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(fresh, file);
};

export type Journal<Entry> = Readonly<{ append: (entry: Entry) => void; close: () => void }>;

export type JournalOptions<Entry> = Readonly<{
  file: string;
  /** Called for every old entry first, then for each appended one after it is written. */
  apply: (entry: Entry) => void;
  /** A longer file is replaced at start-up by the one entry that `summarise` makes of it. */
  compactAboveBytes: number;
  summarise: () => Entry;
  logger: Logger;
}>;

/**
 * Append-only JSON lines: what the sandbox shows or answers is in the file before.
 * Written, not fsynced: it outlives a kill of the process, not of the machine.
 */
export const openJournal = <Entry>({ file, apply, compactAboveBytes, summarise, logger }: JournalOptions<Entry>): Journal<Entry> => {
  mkdirSync(dirname(file), { recursive: true });
  for (const [index, line] of readWholeLines(file).entries()) {
    try {
      apply(JSON.parse(line) as Entry);
    } catch (error) {
      logger.warn({ file, line: index + 1, error: messageOf(error) }, 'a line of the sandbox journal is unreadable and skipped');
    }
  }
  const bytesBefore = existsSync(file) ? statSync(file).size : 0;
  if (bytesBefore > compactAboveBytes) {
    replaceWith(file, summarise());
    logger.info({ file, bytesBefore, bytes: statSync(file).size }, 'the sandbox journal was compacted');
  }
  const descriptor = openSync(file, 'a', OWNER_ONLY);
  return {
    append: (entry) => {
      const bytes = Buffer.from(`${JSON.stringify(entry)}\n`);
      writeWhole(descriptor, bytes);
      apply(entry);
    },
    close: () => closeSync(descriptor),
  };
};
