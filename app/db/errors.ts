import { AppError, messageOf } from '../kit/errors.ts';

// 25006: read only after a failover; 25P03: the session idled in a transaction; 28, 3D: credentials or database being changed; 58: the server's own disk
const UNAVAILABLE_CLASSES = new Set(['08', '28', '3D', '40', '53', '55', '57', '58']);
const UNAVAILABLE_STATES = new Set(['25006', '25P03']);
const STATEMENT_TIMEOUT = '57014';
const POISON_CLASSES = new Set(['22', '23', '54']);
const NETWORK_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT', 'EHOSTUNREACH', 'ENETUNREACH']);
// pg and knex report these without any code
const CODELESS =
  /^(Connection terminated|timeout expired$|Client (has encountered a connection error|was closed)|Unable to acquire a connection|Query read timeout|aborted$)/;
const POOL_TIMEOUT = 'KnexTimeoutError';

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
};

/** A pg error has a severity beside its SQLSTATE; five capital letters alone may be anybody's code. */
const sqlStateOf = (error: unknown): string | undefined => {
  const code = codeOf(error);
  return /^[0-9A-Z]{5}$/.test(code) && (error as { severity?: unknown }).severity !== undefined ? code : undefined;
};

/** The data itself is refused (classes 22 data exception, 23 integrity, 54 limits): trying again cannot help. */
export const isDataRefused = (error: unknown): boolean => POISON_CLASSES.has(sqlStateOf(error)?.slice(0, 2) ?? '');

/** A statement took longer than its time-out: the server is there, and this statement may be too slow for ever. */
export const isStatementTimeout = (error: unknown): boolean => sqlStateOf(error) === STATEMENT_TIMEOUT;

const isRetryable = (state: string): boolean => UNAVAILABLE_STATES.has(state) || UNAVAILABLE_CLASSES.has(state.slice(0, 2));

// knex puts the statement in front: «SELECT … - Connection terminated unexpectedly»
const ownWords = (message: string): string => message.split(' - ').at(-1) ?? message;

const isUnreachable = (error: unknown): boolean =>
  NETWORK_CODES.has(codeOf(error)) || (error instanceof Error && (error.name === POOL_TIMEOUT || CODELESS.test(ownWords(error.message))));

/**
 * Translates what pg and knex throw: DATABASE_UNAVAILABLE can be tried again, DATABASE_REJECTED is a defect or bad data.
 * An error of anything else comes back as it is. A statement's own message can quote a customer: only its SQLSTATE leaves this place.
 */
export const translateDbError = (error: unknown): Error => {
  if (error instanceof AppError) return error;
  const state = sqlStateOf(error);
  if (state !== undefined && !isRetryable(state)) return new AppError('DATABASE_REJECTED', `database refused a statement (${state})`, { cause: error });
  if (state !== undefined || isUnreachable(error))
    return new AppError('DATABASE_UNAVAILABLE', `database unavailable (${state ?? (codeOf(error) || 'no connection')})`, { cause: error });
  return error instanceof Error ? error : new Error(messageOf(error));
};

/** Runs `work`, translating what it throws. */
export const translating = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw translateDbError(error);
  }
};
