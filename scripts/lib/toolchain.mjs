import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { holdsDevelopment, installedLevel, stampInstalled, stampInstalling } from './installed.mjs';
import { withInstallLock } from './install-lock.mjs';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const OLDEST_NODE = [24, 12];
const SIZE = { run: 'about 350 MB', all: 'about 550 MB' };

/** An error for a person: printed without a stack. */
class PlainError extends Error {}

const isNewEnough = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
};

const hasGlibc = () => {
  process.report.excludeNetwork = true; // else the report looks up the host name of every open connection
  return Boolean(process.report.getReport().header.glibcVersionRuntime);
};

/** The Node 24 that came with the packages (Linux with glibc), else the one we run on if it is new enough. */
export const findNode = () => {
  const own = join(ROOT, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
  if (process.platform === 'linux' && existsSync(own) && hasGlibc()) return own;
  if (isNewEnough()) return process.execPath;
  const reason =
    process.platform === 'linux'
      ? 'the one that comes with the packages needs Linux with glibc on x64 or arm64'
      : `it comes with the packages on Linux only, this is ${process.platform}`;
  throw new PlainError(
    `Valera runs on Node ${OLDEST_NODE.join('.')} or newer, this is ${process.versions.node}; ${reason}.\nInstall Node 24 (https://nodejs.org) and start again.`,
  );
};

/** The environment in which `node` means that Node, for everything started below. */
export const environmentFor = (node) => ({ ...process.env, PATH: [dirname(node), join(ROOT, 'node_modules', '.bin'), process.env.PATH].join(delimiter) });

const npmCommand = () => {
  const cli = process.env.npm_execpath ?? '';
  return basename(cli) === 'npm-cli.js' && existsSync(cli) ? [process.execPath, [cli]] : ['npm', []];
};

const runNpm = (args, onStart) =>
  new Promise((resolve, reject) => {
    const [command, first] = npmCommand();
    const quiet = ['--loglevel=error', '--no-update-notifier', '--no-audit', '--no-fund', '--ignore-scripts'];
    const child = spawn(command, [...first, ...args, ...quiet], { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] });
    if (child.pid) onStart(child.pid);
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (chunk) => (complaint += chunk));
    child.on('error', (error) => reject(new PlainError(`npm could not be started: ${error.message}`)));
    child.on('close', (code, signal) =>
      code === 0
        ? resolve()
        : reject(
            new PlainError(
              `npm ${args[0]} failed (${signal ?? `exit code ${code}`}):\n${complaint.trim()}\nIs the package registry reachable? Start again: what is there already is kept.`,
            ),
          ),
    );
  });

const install = async (level, onStart) => {
  const args = ['--include=optional', level === 'run' ? '--omit=dev' : '--include=dev'];
  if (installedLevel(ROOT) === 'none') {
    await runNpm(['ci', ...args], onStart);
  } else {
    stampInstalling(ROOT);
    await runNpm(['install', '--no-save', ...args], onStart);
  }
  stampInstalled(ROOT, level);
};

const isSatisfied = (level) => ['all', level].includes(installedLevel(ROOT));

/**
 * Installs from the lockfile what `level` ('run' | 'all') lacks, and nothing when it is there. Never takes away what another command of this clone may be using;
 * one installation at a time.
 */
export const ensureInstalled = async (level, what) => {
  if (isSatisfied(level)) return;
  await withInstallLock(
    join(ROOT, '.valera', 'install.lock'),
    () => console.log('Another command of this clone is installing packages; waiting for it …'),
    async (onStart) => {
      if (isSatisfied(level)) return;
      const wanted = holdsDevelopment(ROOT) ? 'all' : level;
      const startedAt = Date.now();
      console.log(`Installing what ${what} needs (${SIZE[wanted]}, once) …`);
      await install(wanted, onStart);
      console.log(`Installed in ${Math.round((Date.now() - startedAt) / 1000)} s.`);
    },
  );
};

const notWritable = ({ path }) => `${path ?? ROOT} cannot be written by this user. Clone the repository into a folder of your own.`;
const NOT_OURS = { EACCES: notWritable, EPERM: notWritable, EROFS: notWritable };

/** Runs an entry: prints a PlainError as one, sets the exit code. */
export const runEntry = async (work) => {
  try {
    process.exitCode = await work();
  } catch (error) {
    console.error(error instanceof PlainError ? error.message : (NOT_OURS[error?.code]?.(error) ?? error));
    process.exitCode = 1;
  }
};
