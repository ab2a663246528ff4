import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What npm wrote at the end of its last complete installation. */
const RECORD = 'node_modules/.package-lock.json';
const STAMP = 'node_modules/.valera-install.json';

const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

const parse = (text) => {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
};

const hash = (text) => createHash('sha256').update(text).digest('hex');

const admits = (given, value) => {
  const list = [given ?? []].flat();
  return !list.includes(`!${value}`) && (list.includes(value) || list.every((item) => item.startsWith('!')));
};

const isNeeded = ({ path, entry, level, direct }) => {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  if (path === '' || entry.extraneous || !admits(entry.os, process.platform) || !admits(entry.cpu, process.arch)) return false;
  if (entry.optional) return direct.has(name); // npm may leave others out for reasons of its own
  return level === 'all' || !(entry.dev || entry.devOptional);
};

const holds = (locked, present, level) => {
  const direct = new Set(Object.keys(locked[''].optionalDependencies ?? {}));
  return Object.entries(locked).every(([path, entry]) => !isNeeded({ path, entry, level, direct }) || present[path]?.version === entry.version);
};

const levelByRecord = (locked, present) => {
  if (!present) return 'none';
  if (holds(locked, present, 'all')) return 'all';
  return holds(locked, present, 'run') ? 'run' : 'other';
};

const readTree = (root) => {
  const lockText = read(join(root, 'package-lock.json'));
  const lock = parse(lockText);
  if (!lock?.packages) throw new Error('package-lock.json is missing or broken. Restore it: git checkout package-lock.json');
  const recordText = read(join(root, RECORD));
  const key = hash([lockText, recordText, process.platform, process.arch].join('\n'));
  return { locked: lock.packages, present: parse(recordText)?.packages, stamp: parse(read(join(root, STAMP))), key };
};

const writeStamp = (root, stamp) => {
  mkdirSync(dirname(join(root, STAMP)), { recursive: true });
  writeFileSync(join(root, STAMP), `${JSON.stringify(stamp)}\n`);
};

/**
 * What of package-lock.json is in node_modules: 'none' (nothing whole), 'other' (another lock's, another platform's, or an interrupted installation), 'run' (what
 * `npm start` needs) or 'all'. An `npm ci` by hand counts too: its own record is compared where our stamp does not fit.
 */
export const installedLevel = (root) => {
  const { locked, present, stamp, key } = readTree(root);
  if (present && stamp?.installing) return 'other';
  if (present && stamp?.key === key) return stamp.level;
  return levelByRecord(locked, present);
};

/** True when the tree holds something of the development level: another command may be using it, so it must not be pruned. */
export const holdsDevelopment = (root) => Object.values(readTree(root).present ?? {}).some((entry) => entry.dev);

/** Until `stampInstalled` the tree counts as broken: npm's record, killed in the middle, describes a tree that is not there. */
export const stampInstalling = (root) => writeStamp(root, { installing: true });

export const stampInstalled = (root, level) => {
  const { key } = readTree(root);
  writeStamp(root, { level, key });
};
