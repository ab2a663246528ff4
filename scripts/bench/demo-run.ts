import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export type Timing = Readonly<{ pageMs: number; answerMs: number }>;
export type RunOptions = Readonly<{ clone: string; dataDir: string; cacheDir: string | undefined }>;

const CUSTOMER = 100_001;
const QUESTION = 'Здравствуйте, сколько стоит покрасить бампер на Весту?';
const POLL_MS = 20;
const LIMIT_MS = 10 * 60_000;

type Listing = { messages: { from?: { is_bot?: boolean } }[] };

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
};

const pageOf = async (npm: ChildProcess): Promise<URL> => {
  const { promise, resolve, reject } = Promise.withResolvers<URL>();
  let output = '';
  const read = (chunk: Buffer): void => {
    output += chunk.toString();
    const url = /Open this page: (\S+)\n/.exec(output)?.[1];
    if (url) resolve(new URL(url));
  };
  npm.stdout?.on('data', read);
  npm.stderr?.on('data', read);
  npm.once('close', () => reject(new Error(`npm start ended:\n${output}`)));
  return promise;
};

const answersOf = async (page: URL, body?: object): Promise<number> => {
  const headers = { authorization: `Bearer ${page.searchParams.get('token') ?? ''}`, 'content-type': 'application/json' };
  const url = `${page.origin}/sandbox/chats/${CUSTOMER}/messages`;
  const response = await fetch(url, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return body ? 0 : ((await response.json()) as Listing).messages.filter(({ from }) => from?.is_bot).length;
};

const untilAnswered = async (page: URL): Promise<void> => {
  const before = await answersOf(page);
  await answersOf(page, { text: QUESTION });
  const deadline = performance.now() + LIMIT_MS;
  while ((await answersOf(page)) <= before) {
    if (performance.now() > deadline) throw new Error('no answer came');
    await delay(POLL_MS);
  }
};

/** Runs `npm start` as a person would, asks one question, stops it with a Ctrl-C; milliseconds from the command to the page and to the answer. */
export const timeStart = async ({ clone, dataDir, cacheDir }: RunOptions): Promise<Timing> => {
  const [page, app, admin] = [await freePort(), await freePort(), await freePort()];
  const env = {
    ...process.env,
    VALERA_DATA_DIR: dataDir,
    SANDBOX_PORT: String(page),
    HTTP_PORT: String(app),
    ADMIN_PORT: String(admin),
    ...(cacheDir ? { npm_config_cache: cacheDir } : {}),
  };
  const startedAt = performance.now();
  const npm = spawn('npm', ['start'], { cwd: clone, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(npm, 'close');
  try {
    const url = await pageOf(npm);
    const pageMs = performance.now() - startedAt;
    await untilAnswered(url);
    return { pageMs, answerMs: performance.now() - startedAt };
  } finally {
    if (npm.pid !== undefined && npm.exitCode === null) process.kill(-npm.pid, 'SIGINT'); // to the group, as a terminal does: npm alone ignores it
    await closed;
  }
};
