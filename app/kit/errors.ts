/** Every code the app may report; the table is closed so that one place can decide what people and on-call see. */
const ERROR_CODES = {
  CONFIG_INVALID: { retryable: false, exitCode: 78 },
  WORKSHOP_INVALID: { retryable: false, exitCode: 78 },
  DATABASE_UNAVAILABLE: { retryable: true, exitCode: 75 },
  DATABASE_REJECTED: { retryable: false, exitCode: 70 },
  SCHEMA_UNFIT: { retryable: false, exitCode: 78 },
  MIGRATION_FAILED: { retryable: false, exitCode: 70 },
  FENCE_LOST: { retryable: true, exitCode: 70 },
  MODEL_UNAVAILABLE: { retryable: true, exitCode: 75 },
  MODEL_ANSWER_INVALID: { retryable: false, exitCode: 70 },
  TELEGRAM_UNAVAILABLE: { retryable: true, exitCode: 75 },
  TELEGRAM_REJECTED: { retryable: false, exitCode: 78 },
  PORT_BUSY: { retryable: false, exitCode: 69 },
  ALREADY_RUNNING: { retryable: false, exitCode: 69 },
  SMOKE_FAILED: { retryable: false, exitCode: 1 },
  STOPPED: { retryable: true, exitCode: 75 },
} as const satisfies Record<string, { retryable: boolean; exitCode: number }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The one error type of the app. Foreign errors are translated by the adapter that meets them and kept as `cause`. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }

  /** sysexits(3)-style code for a command that ends with this error: 75 = try again, 78 = a person must change something. */
  get exitCode(): number {
    return ERROR_CODES[this.code].exitCode;
  }
}

export const isAppError = (error: unknown, code?: ErrorCode): error is AppError => error instanceof AppError && (code === undefined || error.code === code);

/** A short text of any thrown value, for logs. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
