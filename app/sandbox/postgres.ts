import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename } from 'node:fs/promises';
import { createServer, Socket, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { AppError, messageOf } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import { findOwner, type Owner } from './data-dir.ts';
import { initCluster, installBinaries, type Cluster } from './postgres-files.ts';
import { stopLeftover } from './postgres-leftover.ts';

type StopMode = 'fast' | 'immediate';

export type EmbeddedPostgres = Readonly<{
  /** The database `valera` as its owner, on 127.0.0.1. */
  url: string;
  /** PostgreSQL's own version, for example 17.10. */
  version: string;
  pid: number;
  /** Resolves when the server has ended, for whatever reason. */
  exited: Promise<void>;
  /** Ends the server; `immediate` is its crash (recovery at the next start). Resolves when the process is gone. */
  stop: (mode?: StopMode) => Promise<void>;
}>;

export type EmbeddedPostgresOptions = Readonly<{
  /** Holds the binaries, the data and the password. The caller holds its lock. */
  dataDir: string;
  /** false: no fsync, for tests. Default true. */
  durable?: boolean;
  logger: Logger;
  maxConnections?: number;
  /** A fixed port, for a server that is started again under the same address. Default: any free one. */
  port?: number;
}>;

const READY_MS = 60_000;
const STOP_MS = 30_000;
const RETRY_MS = 15;
const PORT_ATTEMPTS = 5;
const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;
const NOT_READY = new Set(['ECONNREFUSED', '57P03']);
// Waits for the end of its standard input, which is the end of the process that started it, however that came; then a fast shutdown.
const WATCHDOG = 'read -r line; read -r pid < "$1/postmaster.pid" && [ "$pid" = "$2" ] && kill -INT "$pid"';

type Server = Readonly<{ child: ChildProcess; pid: number; port: number; exited: Promise<void> }>;

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
};

const settings = (port: number, { durable = true, maxConnections = 100 }: EmbeddedPostgresOptions): readonly string[] =>
  Object.entries({
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: maxConnections,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

const urlOf = ({ password }: Cluster, port: number, database: string): string => `postgres://valera:${password}@127.0.0.1:${port}/${database}`;

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

const launch = async (options: EmbeddedPostgresOptions, place: { binaries: string; cluster: Cluster; owner: Owner }): Promise<Server> => {
  const { cluster, binaries, owner } = place;
  const port = options.port ?? (await freePort());
  await rename(cluster.log, `${cluster.log}.1`).catch(() => undefined);
  const log = await open(cluster.log, 'w', 0o644);
  // Detached: a Ctrl-C of the terminal must reach the app, which drains first, and not its database.
  const child = spawn(join(binaries, 'bin', 'postgres'), ['-D', cluster.data, ...settings(port, options)], {
    ...owner,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
  });
  const { promise: exited, resolve } = Promise.withResolvers<undefined>();
  child.once('exit', () => resolve(undefined)).once('error', () => resolve(undefined));
  await once(child, 'spawn').finally(() => log.close());
  child.unref();
  return { child, pid: child.pid ?? 0, port, exited };
};

const watch = (data: string, { pid, exited }: Server, owner: Owner): void => {
  const dog = spawn('/bin/sh', ['-c', WATCHDOG, 'sh', data, String(pid)], { ...owner, cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  dog.on('error', () => undefined); // without it the next start stops what is left
  dog.stdin.on('error', () => undefined);
  dog.unref();
  if (dog.stdin instanceof Socket) dog.stdin.unref();
  void exited.then(() => dog.kill('SIGKILL'));
};

const lastLines = async (log: string): Promise<string> => (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-8).join('\n');

const tryDatabase = async (cluster: Cluster, port: number): Promise<'ready' | 'not yet'> => {
  const client = new pg.Client({ connectionString: urlOf(cluster, port, 'postgres'), connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query(`SELECT FROM pg_database WHERE datname = 'valera'`);
    if (rowCount === 0) await client.query('CREATE DATABASE valera');
    return 'ready';
  } catch (error) {
    if (NOT_READY.has(codeOf(error))) return 'not yet';
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
};

const waitReady = async (cluster: Cluster, { port, exited }: Server): Promise<'ready' | 'ended' | 'slow'> => {
  const deadline = performance.now() + READY_MS;
  const ended = exited.then(() => 'ended' as const);
  while (performance.now() < deadline) {
    const seen = await Promise.race([ended, tryDatabase(cluster, port)]);
    if (seen !== 'not yet') return seen;
    await delay(RETRY_MS);
  }
  return 'slow';
};

const stopServer = async ({ child, exited }: Server, mode: StopMode): Promise<void> => {
  child.kill(SIGNALS[mode]);
  const harder = setTimeout(() => child.kill('SIGQUIT'), STOP_MS);
  await exited;
  clearTimeout(harder);
};

const startServer = async (options: EmbeddedPostgresOptions, place: { binaries: string; cluster: Cluster; owner: Owner }): Promise<Server> => {
  const { cluster, owner } = place;
  for (let attempt = 1; ; attempt += 1) {
    const server = await launch(options, place);
    watch(cluster.data, server, owner);
    const state = await waitReady(cluster, server).catch(async (error: unknown) => {
      await stopServer(server, 'immediate');
      throw new AppError('DATABASE_UNAVAILABLE', `PostgreSQL started and refused us: ${messageOf(error)}`, { cause: error });
    });
    if (state === 'ready') return server;
    await stopServer(server, 'immediate');
    const lines = await lastLines(cluster.log);
    // Between our probe and its bind somebody else may take the port.
    if (lines.includes('Address already in use') && attempt < PORT_ATTEMPTS) continue;
    const what = state === 'slow' ? `was not ready after ${READY_MS / 1000} s` : 'ended at its start';
    throw new AppError(
      'DATABASE_UNAVAILABLE',
      `PostgreSQL ${what}. Its last lines (${cluster.log}):\n${lines}\nSet DATABASE_URL to a PostgreSQL 17 of your own, or clear the data: npm start -- --reset`,
    );
  }
};

/**
 * A PostgreSQL 17 of our own on 127.0.0.1 and a free port, ready for connections; it ends with this process, however that ends.
 * As root it runs as `nobody`. Whatever an earlier run left on the data folder is ended first.
 * @throws AppError CONFIG_INVALID (platform, closed folder) or DATABASE_UNAVAILABLE (with PostgreSQL's last lines)
 */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const owner = await findOwner();
  const binaries = await installBinaries(options.dataDir);
  const cluster = await initCluster({ dataDir: options.dataDir, binaries: binaries.folder, owner, durable: options.durable ?? true });
  await stopLeftover(cluster.data, options.logger);
  const server = await startServer(options, { binaries: binaries.folder, cluster, owner });
  const version = binaries.version.split('.').slice(0, 2).join('.');
  options.logger.info({ version, pid: server.pid, port: server.port }, 'PostgreSQL is ready');
  return { url: urlOf(cluster, server.port, 'valera'), version, pid: server.pid, exited: server.exited, stop: (mode = 'fast') => stopServer(server, mode) };
};
