import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';

const SAME_KEYPRESS_MS = 500; // npm passes a terminal's Ctrl-C on, which came to us already
const WATCH_MS = 250;
const PATIENCE = 3;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const statOf = (pid) => {
  try {
    const [, command, rest] = /\((.*)\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { command, parent: Number(rest?.split(' ')[1]) };
  } catch {
    return {};
  }
};

/** The processes between us and the npm that started us; when one of them dies nobody is left to press Ctrl-C. */
const ancestors = () => {
  if (!process.env.npm_lifecycle_event) return [];
  const shell = statOf(process.ppid);
  return ['sh', 'dash', 'bash'].includes(basename(shell.command ?? '')) ? [process.ppid, shell.parent] : [process.ppid];
};

const areAlive = ([parent, grandparent]) => process.ppid === parent && (grandparent === undefined || statOf(parent).parent === grandparent);

const createForwarder = (child) => {
  let [last, at, count] = ['', 0, 0];
  return (signal) => {
    const now = performance.now();
    if (signal === last && now - at < SAME_KEYPRESS_MS) return;
    [last, at, count] = [signal, now, count + 1];
    child.kill(count >= PATIENCE ? 'SIGKILL' : signal);
  };
};

/**
 * Runs a command in a session of its own, so that a Ctrl-C reaches it once, from us; resolves with its exit code (128 + n after signal n).
 * The child has an IPC channel: its 'disconnect' tells it of our death. `onMessage` gets what it sends; `onOutput` what it prints, which is shown
 * as it comes when nobody wants it.
 */
export const supervise = ({ command, args, cwd, env, onMessage, onOutput, onStart }) =>
  new Promise((resolve, reject) => {
    const output = onOutput ? 'pipe' : 'inherit';
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', output, output, 'ipc'] });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', onOutput);
    const forward = createForwarder(child);
    const family = ancestors();
    const watch = setInterval(() => {
      if (family.length > 0 && !areAlive(family)) {
        family.length = 0;
        forward('SIGTERM');
      }
    }, WATCH_MS);
    for (const signal of SIGNALS) process.on(signal, forward);
    if (onMessage) child.on('message', onMessage);
    onStart?.(child);
    child.on('error', reject);
    child.on(onOutput ? 'close' : 'exit', (code, signal) => {
      clearInterval(watch);
      for (const name of SIGNALS) process.off(name, forward);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
