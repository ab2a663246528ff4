import { AppError, type ErrorCode } from '../kit/errors.ts';
import type { ModelAnswer } from './port.ts';

/** How one attempt at a provider ended when it gave no usable answer. */
export type FailureOutcome = 'invalid' | 'truncated' | 'limited' | 'refused' | 'unavailable' | 'timeout' | 'aborted';

type FailureFacts = Readonly<{
  status?: number | undefined;
  /** What the provider asked to wait before it is asked again. */
  retryAfterMs?: number | undefined;
  /** The provider is well, this request or the time left for it was not: says nothing about the next request. */
  innocent?: boolean;
  usage?: ModelAnswer['usage'] | undefined;
  /** Type of the error behind it, never its message: a server may quote the request, and with it the customer. */
  type?: string | undefined;
}>;

const CODES: Readonly<Record<FailureOutcome, ErrorCode>> = {
  invalid: 'MODEL_ANSWER_INVALID',
  truncated: 'MODEL_ANSWER_INVALID',
  limited: 'MODEL_UNAVAILABLE',
  refused: 'MODEL_UNAVAILABLE',
  unavailable: 'MODEL_UNAVAILABLE',
  timeout: 'MODEL_UNAVAILABLE',
  aborted: 'MODEL_UNAVAILABLE',
};

/** A failed attempt, as the port reports it when it was the last one. The message is ours alone and can be logged. */
export class AttemptFailure extends AppError {
  readonly outcome: FailureOutcome;
  readonly facts: FailureFacts;

  constructor(outcome: FailureOutcome, message: string, facts: FailureFacts = {}) {
    super(CODES[outcome], message);
    this.outcome = outcome;
    this.facts = facts;
  }
}

const typeOf = (error: unknown): string => (error instanceof Error ? error.constructor.name : typeof error);

type HttpError = Readonly<{ status?: unknown; headers?: unknown }>;

const headerOf = ({ headers }: HttpError, name: string): string | undefined => (headers instanceof Headers ? (headers.get(name) ?? undefined) : undefined);

/** Retry-After in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3), or OpenAI's own retry-after-ms. */
const retryAfterOf = (error: HttpError, now: Date): number | undefined => {
  const exact = Number(headerOf(error, 'retry-after-ms') ?? Number.NaN);
  if (exact >= 0) return exact;
  const text = headerOf(error, 'retry-after');
  if (text === undefined) return undefined;
  const waitMs = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now.getTime();
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : undefined;
};

// What is wrong with one request, not with the service: its size, or what it says.
const REQUEST_FAULTS = [400, 413, 422];
const TRANSIENT_REFUSALS = [408, 409];

const outcomeOf = (status: number): FailureOutcome => {
  if (status === 429) return 'limited';
  return status >= 500 || TRANSIENT_REFUSALS.includes(status) ? 'unavailable' : 'refused';
};

/** A failure from a status code alone, wherever the provider wrote it. */
export const failureOfStatus = (status: number, more: FailureFacts = {}): AttemptFailure =>
  new AttemptFailure(outcomeOf(status), `the model’s service answered ${status}`, { status, innocent: REQUEST_FAULTS.includes(status), ...more });

/** Translates what the SDK or the connection threw. */
export const toFailure = (error: unknown, now: Date): AttemptFailure => {
  if (error instanceof AttemptFailure) return error;
  const http = (error ?? {}) as HttpError;
  const type = typeOf(error);
  if (typeof http.status === 'number') return failureOfStatus(http.status, { retryAfterMs: retryAfterOf(http, now), type });
  return new AttemptFailure('unavailable', 'the model’s service was not reached', { type });
};
