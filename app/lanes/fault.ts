import { isStatementTimeout } from '../db/errors.ts';
import { isAppError } from '../kit/errors.ts';

/** Neither a stop nor a database outage is the batch's fault; a statement that always takes too long may be. */
export const isNobodysFault = (error: unknown): boolean =>
  isAppError(error, 'STOPPED') || isAppError(error, 'FENCE_LOST') || (isAppError(error, 'DATABASE_UNAVAILABLE') && !isStatementTimeout(error.cause));
