import { mkdtemp, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase } from '../../app/db/connect.ts';
import { migrate } from '../../app/db/migrate.ts';
import { describeSchema } from '../../app/db/schema-dump.ts';
import { systemClock as clock } from '../../app/kit/clock.ts';
import { silentLogger as logger } from '../../app/kit/logger.ts';
import { startEmbeddedPostgres } from '../../app/sandbox/postgres.ts';
import type { Generated } from './generated.ts';

const times = { statementTimeoutMs: 30_000, lockTimeoutMs: 1_000, idleInTransactionTimeoutMs: 30_000, connectTimeoutMs: 5_000, connectionLifetimeMs: 600_000 };

const dumpOf = async (url: string): Promise<string> => {
  await migrate({ url, phase: 'all', lockTimeoutMs: 500, retryMs: 100, timeoutMs: 60_000, clock, logger });
  const db = connectDatabase({ url, applicationName: 'valera-generate', poolMax: 1, ...times });
  try {
    return await describeSchema(db);
  } finally {
    await db.destroy();
  }
};

/** The schema that the migrations make on a fresh PostgreSQL 17. */
export const schemaDump: Generated = {
  path: 'app/db/schema.sql',
  build: async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'valera-generate-'));
    await chmod(dataDir, 0o711); // as root PostgreSQL runs as nobody
    const server = await startEmbeddedPostgres({ dataDir, durable: false, logger });
    try {
      return await dumpOf(server.url);
    } finally {
      await server.stop('immediate');
      await rm(dataDir, { recursive: true, force: true });
    }
  },
};
