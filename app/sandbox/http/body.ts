import type { IncomingMessage } from 'node:http';
import { HttpFault } from './fault.ts';

/** The whole body, at most `limitBytes`; more is refused with 413 as soon as it is known, and the rest is left unread. */
export const readBody = async (request: IncomingMessage, limitBytes: number): Promise<Buffer> => {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw new HttpFault(413, 'the body is too large');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) throw new HttpFault(413, 'the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** A JSON body; other content types are refused, because a foreign page's form could send those without asking the browser first. */
export const readJsonBody = async (request: IncomingMessage, limitBytes: number): Promise<unknown> => {
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) throw new HttpFault(415, 'send application/json');
  const body = await readBody(request, limitBytes);
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new HttpFault(400, 'the body is no JSON');
  }
};
