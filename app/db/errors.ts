import { AppError, messageOf } from '../kit/errors.ts';

const UNAVAILABLE_CLASSES = new Set(['08', '53', '55', '57', '40']);
const POISON_CLASSES = new Set(['22', '23', '54']);
const NETWORK_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT', 'EHOSTUNREACH', 'ENETUNREACH']);
const POOL_TIMEOUT = 'KnexTimeoutError';

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
};

const isSqlState = (code: string): boolean => /^[0-9A-Z]{5}$/.test(code) && !NETWORK_CODES.has(code);

/** The data itself is refused (classes 22 data exception, 23 integrity, 54 limits): trying again cannot help. */
export const isDataRefused = (error: unknown): boolean => isSqlState(codeOf(error)) && POISON_CLASSES.has(codeOf(error).slice(0, 2));

const isUnavailable = (error: unknown): boolean => {
  const code = codeOf(error);
  if (isSqlState(code)) return UNAVAILABLE_CLASSES.has(code.slice(0, 2));
  if (NETWORK_CODES.has(code)) return true;
  if (error instanceof Error && error.name === POOL_TIMEOUT) return true;
  // pg reports a connection that died under a query, and one that never came up, without any code
  return /connection terminated|terminating connection|timeout expired|connection error|client has encountered|not queryable|aborted/i.test(messageOf(error));
};

/** Translates what pg and knex throw: DATABASE_UNAVAILABLE can be tried again, DATABASE_REJECTED is a defect or bad data. */
export const translateDbError = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  // the message of a refused statement can hold customer text: only its SQLSTATE leaves this place
  const what = codeOf(error) || (error instanceof Error ? error.name : 'unknown');
  return isUnavailable(error)
    ? new AppError('DATABASE_UNAVAILABLE', `database unavailable (${what})`, { cause: error })
    : new AppError('DATABASE_REJECTED', `database refused a statement (${what})`, { cause: error });
};

/** Runs `work`, translating what it throws. */
export const translating = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw translateDbError(error);
  }
};
