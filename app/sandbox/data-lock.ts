import { once } from 'node:events';
import { readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../kit/errors.ts';
import { sha256Hex } from '../kit/ids.ts';
import { makeDataDir } from './data-dir.ts';

export type DataLock = Readonly<{
  /** Tells a second start where the page is. The URL carries the page's token, so it goes into a file that only this user reads. */
  announce: (pageUrl: string) => Promise<void>;
  /** From now on a second start waits for the end of this one instead of giving up. */
  stopping: () => void;
  release: () => Promise<void>;
}>;

const ANSWER_MS = 2_000;
const NOTICE_MS = 1_500; // a run whose terminal was killed needs a moment to notice
const POLL_MS = 100;

type Holder = { pid?: number | undefined; stopping?: boolean };
type State = { stopping: boolean };

/** Linux: an abstract name, which the kernel frees when its holder dies. Elsewhere a socket file, which a dead holder leaves behind. */
const addressOf = (folder: string): Readonly<{ path: string; abstract: boolean }> =>
  process.platform === 'linux' ? { path: `\0valera-${sha256Hex(folder)}`, abstract: true } : { path: join(folder, 'lock'), abstract: false };

const listen = async (path: string, state: State): Promise<Server | undefined> => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(`${JSON.stringify({ pid: process.pid, stopping: state.stopping } satisfies Holder)}\n`);
  });
  server.listen(path);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
  server.unref();
  return server;
};

/** What the holder says; undefined when nobody listens there. A holder that is too busy to speak still holds. */
const askHolder = async (path: string): Promise<Holder | undefined> => {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    const [line] = (await once(socket, 'data', { signal: AbortSignal.timeout(ANSWER_MS) })) as [Buffer];
    return JSON.parse(line.toString()) as Holder;
  } catch (error) {
    return ['ECONNREFUSED', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '') ? undefined : {};
  } finally {
    socket.destroy();
  }
};

const alreadyRunning = async (folder: string, { pid }: Holder): Promise<AppError> => {
  const running = (await readFile(join(folder, 'running.json'), 'utf8').then(JSON.parse, () => ({}))) as { pid?: number; pageUrl?: string };
  const where = pid !== undefined && running.pid === pid && running.pageUrl ? ` at ${running.pageUrl}` : '';
  const who = pid === undefined ? '' : ` (process ${pid})`;
  return new AppError(
    'ALREADY_RUNNING',
    `Valera is already running${where}${who}. Stop it with Ctrl-C in its terminal, or start this one apart: VALERA_DATA_DIR=<another folder>`,
  );
};

type Waiting = Readonly<{
  /** Called once when the holder turns out to be stopping. */ onWait?: () => void;
  /** How long a holder may take to notice that it must stop. */ noticeMs?: number;
}>;

/** The listening lock, or who holds it. */
const tryLock = async (folder: string, state: State): Promise<{ server: Server } | { holder: Holder | undefined }> => {
  const { path, abstract } = addressOf(folder);
  const server = await listen(path, state);
  if (server) return { server };
  const holder = await askHolder(path);
  if (!holder && !abstract) await rm(path, { force: true }); // the file of a dead holder
  return { holder };
};

const onceOnly = (action: () => void): (() => void) => {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
};

const acquire = async (folder: string, state: State, { onWait = () => undefined, noticeMs = NOTICE_MS }: Waiting): Promise<Server> => {
  const deadlineMs = performance.now() + noticeMs;
  const tell = onceOnly(onWait);
  for (;;) {
    const found = await tryLock(folder, state);
    if ('server' in found) return found.server;
    const { holder } = found;
    if (holder?.stopping) tell();
    else if (holder && performance.now() >= deadlineMs) throw await alreadyRunning(folder, holder);
    await delay(POLL_MS);
  }
};

/**
 * Makes this process the only one on `dataDir` (created if absent) until release or death; held within one network namespace. Waits for a holder that is stopping.
 * @throws AppError ALREADY_RUNNING, naming the holder and its page
 */
export const lockDataDir = async (dataDir: string, waiting: Waiting = {}): Promise<DataLock> => {
  await makeDataDir(dataDir);
  const folder = await realpath(dataDir);
  const state: State = { stopping: false };
  const held = await acquire(folder, state, waiting);
  const file = join(folder, 'running.json');
  await rm(file, { force: true });
  return {
    announce: async (pageUrl) => {
      await writeFile(file, JSON.stringify({ pid: process.pid, pageUrl }), { mode: 0o600 });
    },
    stopping: () => {
      state.stopping = true;
    },
    release: async () => {
      await rm(file, { force: true });
      held.close();
      await once(held, 'close');
    },
  };
};
