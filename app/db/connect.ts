import knex, { type Knex } from 'knex';
import pg from 'pg';

export type Database = Knex;
export type Transaction = Knex.Transaction;

export type PoolOptions = Readonly<{
  url: string;
  applicationName: string;
  poolMax: number;
  statementTimeoutMs: number;
  lockTimeoutMs: number;
  idleInTransactionTimeoutMs: number;
  connectTimeoutMs: number;
  connectionLifetimeMs: number;
}>;

// int8 arrives as text by default; every bigint of ours is an id that fits 2^53, and one that does not must not be rounded
const parseInt8 = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is beyond 2^53`);
  return value;
};

type TypeId = Parameters<typeof pg.types.getTypeParser>[0];

const parserOf = (oid: TypeId, format?: 'text' | 'binary'): unknown => {
  if (oid === pg.types.builtins.INT8) return parseInt8;
  return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
};

const types = { getTypeParser: parserOf };

const quiet = { warn: () => undefined, error: () => undefined, deprecate: () => undefined, debug: () => undefined };

type PooledConnection = { __knex__disposed?: string };

/** A pool of PostgreSQL connections with server-side time limits. The caller ends it with `destroy()`. */
export const connectDatabase = (options: PoolOptions): Database =>
  knex({
    client: 'pg',
    log: quiet,
    connection: {
      connectionString: options.url,
      application_name: options.applicationName,
      statement_timeout: options.statementTimeoutMs,
      query_timeout: options.statementTimeoutMs + 2_000, // a host that vanished answers nothing, not even its own time-out
      lock_timeout: options.lockTimeoutMs,
      idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs,
      connectionTimeoutMillis: options.connectTimeoutMs,
      keepAlive: true,
      types,
    } as Knex.PgConnectionConfig,
    pool: {
      min: 0,
      max: options.poolMax,
      propagateCreateError: true, // a dead database answers in connectTimeout, not after the whole acquire time-out
      afterCreate: (connection: PooledConnection, done: (error: Error | null, connection: PooledConnection) => void) => {
        const lifetimeMs = options.connectionLifetimeMs * (0.9 + Math.random() / 5);
        setTimeout(() => {
          connection.__knex__disposed = 'lifetime over'; // knex drops it at the next acquire, never under a query
        }, lifetimeMs).unref();
        done(null, connection);
      },
    },
    acquireConnectionTimeout: options.connectTimeoutMs,
  });

/** Rows of a raw statement; the caller states their shape, the statement must keep it. */
export const rowsOf = async <Row>(query: Knex.Raw): Promise<Row[]> => ((await query) as { rows: Row[] }).rows;
