import { isAppError } from '../kit/errors.ts';
import type { EventDraft } from './events.ts';

type Failure = Readonly<{ errorClass: string; message: string }>;

type Parts = Readonly<{
  failure: Failure;
  /** Where it happened; from a closed set, so that it can be counted. */
  context: 'model' | 'turn' | 'dead_letter';
  telegramUserId: number | undefined;
  key: string;
  at: Date;
}>;

const LONGEST_MESSAGE = 300;
const NOT_OURS = 'not kept: a message that is not ours can quote a customer';

/**
 * A failure as analytics may keep it. Only an AppError's message is, redacted: it is written by us, while a database names the value
 * it refused and a model's server its request.
 */
export const failureOf = (error: unknown, redact: (text: string) => string): Failure => {
  if (isAppError(error)) return { errorClass: error.code, message: redact(error.message).slice(0, LONGEST_MESSAGE) };
  return { errorClass: error instanceof Error ? error.constructor.name : typeof error, message: NOT_OURS };
};

export const errorEvent = ({ failure, context, telegramUserId, key, at }: Parts): EventDraft => ({
  name: 'error_occurred',
  telegramUserId,
  key,
  properties: { error_class: failure.errorClass, error_message: failure.message, context, timestamp: at.toISOString() },
});
