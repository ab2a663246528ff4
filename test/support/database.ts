import { connectDatabase, type Database } from '../../app/db/connect.ts';
import { migrate } from '../../app/db/migrate.ts';
import { systemClock as clock } from '../../app/kit/clock.ts';
import { silentLogger as logger } from '../../app/kit/logger.ts';
import { createTestDatabase } from './postgres.ts';

export type MigratedDatabase = Readonly<{ url: string; db: Database; drop: () => Promise<void> }>;

const migrateTo = async (url: string): Promise<void> => {
  await migrate({ url, phase: 'all', lockTimeoutMs: 500, retryMs: 50, timeoutMs: 60_000, clock, logger });
};

export const openDatabase = (url: string, poolMax = 10): Database =>
  connectDatabase({
    url,
    applicationName: 'test',
    poolMax,
    statementTimeoutMs: 20_000,
    lockTimeoutMs: 20_000,
    idleInTransactionTimeoutMs: 60_000,
    connectTimeoutMs: 5_000,
    connectionLifetimeMs: 600_000,
  });

/** A database of its own at this release's schema, and a pool on it. */
export const createMigratedDatabase = async (): Promise<MigratedDatabase> => {
  const { url, drop } = await createTestDatabase({ key: 'migrated', prepare: migrateTo });
  const db = openDatabase(url);
  return {
    url,
    db,
    drop: async () => {
      await db.destroy();
      await drop();
    },
  };
};
