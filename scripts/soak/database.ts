import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { silentLogger as logger } from '../../app/kit/logger.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../app/sandbox/postgres.ts';

const DISK_MB = 2_048;

/** A tmpfs of its own, so that the disk can be filled without filling the machine's; only root may mount one. */
const mountDisk = (dir: string): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=0755`, 'valera-soak', dir], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** The run's PostgreSQL: durable as in production, at one address however often it is stopped. */
export const startSoakDatabase = async (dir: string) => {
  const dataDir = join(dir, 'database');
  mkdirSync(dataDir, { recursive: true });
  const ownDisk = mountDisk(dataDir);
  chmodSync(dataDir, 0o711);
  const options = { dataDir, durable: true, logger, maxConnections: 150 };
  let server: EmbeddedPostgres = await startEmbeddedPostgres(options);
  const { url } = server;
  const port = Number(new URL(url).port);

  const again = async (): Promise<void> => {
    server = await startEmbeddedPostgres({ ...options, port });
  };

  /** One query on a connection of its own; throws while the database is away. */
  const query = async <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> => {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<T>(sql, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  };

  const ballast = join(dataDir, 'ballast');

  return {
    url,
    ownDisk,
    query,
    settings: async (): Promise<Record<string, string>> => {
      const rows = await query<{ name: string; setting: string }>(
        `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')`,
      );
      return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
    },
    /** Its crash: no checkpoint, recovery at the next start. */
    crash: async (): Promise<void> => {
      await server.stop('immediate');
      await again();
    },
    fillDisk: (): void => {
      const { bavail, bsize } = statfsSync(dataDir);
      const chunk = Buffer.alloc(Math.min(bavail * bsize, 1 << 20));
      for (;;) {
        try {
          writeFileSync(ballast, chunk, { flag: 'a' });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
          throw error;
        }
      }
    },
    freeDisk: async (): Promise<void> => {
      rmSync(ballast, { force: true });
      const alive = await query('SELECT 1').then(
        () => true,
        () => false,
      );
      if (alive) return;
      await server.stop('immediate'); // a full disk may have ended it
      await again();
    },
    stop: async (): Promise<void> => {
      await server.stop('fast');
      if (ownDisk) execFileSync('umount', [dataDir]);
    },
  };
};

export type SoakDatabase = Awaited<ReturnType<typeof startSoakDatabase>>;
