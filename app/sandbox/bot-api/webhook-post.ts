import { STATUS_CODES } from 'node:http';
import { messageOf } from '../../kit/errors.ts';

export type PostResult = Readonly<{ status: number | null; retryAfterMs: number; error: string }>;

const MAX_INT = 2 ** 31 - 1;

/** Seconds of a Retry-After header as milliseconds; 0 for anything that TDLib's to_integer_safe<int> does not read, dates among it. */
export const parseRetryAfterMs = (header: string | null): number => {
  if (header === null || !/^(?:0|[1-9]\d{0,9})$/.test(header)) return 0;
  const seconds = Number(header);
  return seconds <= MAX_INT ? seconds * 1_000 : 0;
};

const describeFailure = (error: unknown): string => {
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'Read timeout expired';
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  if (code === 'ECONNREFUSED') return 'Connection refused';
  return code ? `Connection failed: ${code}` : messageOf(error);
};

/** One delivery attempt. Never throws: no answer is `status: null` with Telegram's kind of wording in `error`. */
export const postUpdate = async (request: {
  url: string;
  secretToken: string | undefined;
  /** W3C trace context of the update, for those who watch what it leads to; the real Telegram sends none. */
  traceparent?: string | undefined;
  body: string;
  timeoutMs: number;
  signal: AbortSignal;
}): Promise<PostResult> => {
  const headers = {
    'content-type': 'application/json',
    ...(request.traceparent === undefined ? {} : { traceparent: request.traceparent }),
    ...(request.secretToken === undefined ? {} : { 'x-telegram-bot-api-secret-token': request.secretToken }),
  };
  try {
    const response = await fetch(request.url, {
      method: 'POST',
      headers,
      body: request.body,
      redirect: 'manual',
      signal: AbortSignal.any([request.signal, AbortSignal.timeout(request.timeoutMs)]),
    });
    await response.arrayBuffer();
    const wording = STATUS_CODES[response.status] ?? 'Unknown';
    return {
      status: response.status,
      retryAfterMs: response.ok ? 0 : parseRetryAfterMs(response.headers.get('retry-after')),
      error: response.ok ? '' : `Wrong response from the webhook: ${response.status} ${wording}`,
    };
  } catch (error) {
    return { status: null, retryAfterMs: 0, error: describeFailure(error) };
  }
};
