import type { IncomingMessage } from 'node:http';

export type Body = Readonly<{ status: 'complete'; body: Buffer }> | Readonly<{ status: 'too_large' }> | Readonly<{ status: 'aborted' }>;

// What a client may still send after its answer, before its connection is cut.
const LARGEST_REMAINDER_BYTES = 8 * 1024 * 1024;

/** Lets the rest of a refused body pass unread, so that the client gets to its answer instead of a reset; one that never ends is cut off. */
export const discardBody = (request: IncomingMessage): void => {
  let passed = 0;
  request.on('data', (chunk: Buffer) => {
    passed += chunk.length;
    if (passed > LARGEST_REMAINDER_BYTES) request.destroy();
  });
  request.on('error', () => undefined);
  request.resume();
};

/** Reads the bytes as they came, at most `limitBytes`; says "too_large" at the first byte more, with or without a Content-Length. Never rejects. */
export const readBody = (request: IncomingMessage, limitBytes: number): Promise<Body> => {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return Promise.resolve({ status: 'too_large' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (result: Body): void => {
      request.off('data', onData).off('end', onEnd).off('close', onAbort);
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limitBytes) settle({ status: 'too_large' });
      else chunks.push(chunk);
    };
    const onEnd = (): void => settle({ status: 'complete', body: Buffer.concat(chunks, size) });
    const onAbort = (): void => settle({ status: 'aborted' });
    request.on('data', onData).on('end', onEnd).on('close', onAbort);
    request.on('error', () => undefined); // a reset; 'close' follows, and an unheard error would end the process
  });
};
