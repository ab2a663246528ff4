import type { Config } from './config.ts';
import { connectDatabase, type Database } from './db/connect.ts';

export type Databases = Readonly<{ web: Database; worker: Database; close: () => Promise<void> }>;

/** Two pools: a storm of turns must not keep the webhook waiting for a connection. */
export const connectDatabases = ({ database }: Config): Databases => {
  const common = {
    url: database.url,
    lockTimeoutMs: database.lockTimeoutMs,
    idleInTransactionTimeoutMs: database.idleInTransactionTimeoutMs,
    connectTimeoutMs: database.connectTimeoutMs,
    connectionLifetimeMs: database.connectionLifetimeMs,
  };
  const web = connectDatabase({ ...common, applicationName: 'valera-web', poolMax: database.webPoolMax, statementTimeoutMs: database.webStatementTimeoutMs });
  const worker = connectDatabase({
    ...common,
    applicationName: 'valera-worker',
    poolMax: database.workerPoolMax,
    statementTimeoutMs: database.workerStatementTimeoutMs,
  });
  return {
    web,
    worker,
    close: async () => {
      await Promise.all([web.destroy(), worker.destroy()]);
    },
  };
};
