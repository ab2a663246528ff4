import { STATUS_CODES } from 'node:http';
import { messageOf } from '../../kit/errors.ts';

export type PostResult = Readonly<{ status: number | null; retryAfterMs: number | undefined; error: string }>;

const MAX_RETRY_AFTER_S = 3_600;

/** Seconds of a Retry-After header as milliseconds; anything but a whole number in 0…3600 is ignored, as Telegram does. */
export const parseRetryAfterMs = (header: string | null): number | undefined => {
  if (header === null || !/^\d{1,4}$/.test(header.trim())) return undefined;
  const seconds = Number(header);
  return seconds <= MAX_RETRY_AFTER_S ? seconds * 1_000 : undefined;
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
  body: string;
  timeoutMs: number;
  signal: AbortSignal;
}): Promise<PostResult> => {
  const headers = {
    'content-type': 'application/json',
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
      retryAfterMs: response.ok ? undefined : parseRetryAfterMs(response.headers.get('retry-after')),
      error: response.ok ? '' : `Wrong response from the webhook: ${response.status} ${wording}`,
    };
  } catch (error) {
    return { status: null, retryAfterMs: undefined, error: describeFailure(error) };
  }
};
