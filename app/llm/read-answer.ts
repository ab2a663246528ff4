import { createAssembly, type Assembled, type WireChunk } from './assemble.ts';
import { readEvents } from './event-stream.ts';
import { AttemptFailure, failureOfStatus } from './failure.ts';
import type { Watchdog } from './watchdog.ts';

const MAX_CHARACTERS = 2_000_000; // an answer that never ends must not fill the memory
const LINGER_MS = 1_000;
const DONE = '[DONE]';

type Reader = ReadableStreamDefaultReader<Uint8Array>;

const truncated = (what: string, type?: string): AttemptFailure => new AttemptFailure('truncated', what, { type });

const readPiece = async (reader: Reader, { over, signal }: Watchdog): ReturnType<Reader['read']> => {
  try {
    return await Promise.race([reader.read(), over]);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw truncated('the connection was cut within the answer', error instanceof Error ? error.name : undefined);
  }
};

async function* readText(reader: Reader, watchdog: Watchdog): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let characters = 0;
  for (let piece = await readPiece(reader, watchdog); !piece.done; piece = await readPiece(reader, watchdog)) {
    const text = decoder.decode(piece.value, { stream: true });
    characters += text.length;
    if (characters > MAX_CHARACTERS) throw new AttemptFailure('invalid', 'the answer is far too long');
    yield text;
  }
  yield decoder.decode();
}

const parse = (text: string): WireChunk | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

const unreadable = (): AttemptFailure => new AttemptFailure('invalid', 'the answer is not what the API promises');

// after 200 and the headers a failure can only be told inside the answer
const assertNoError = ({ error }: WireChunk): void => {
  if (error === undefined || error === null) return;
  const code = Number((error as { code?: unknown }).code);
  if (code >= 400 && code < 600) throw failureOfStatus(code);
  throw new AttemptFailure('unavailable', 'the model’s service reported an error within the answer');
};

const isBlank = (text: string): boolean => text.trim() === '';

/** Whether the stream has reached its end mark; an event that cannot be read is nonsense in the middle, and a cut at the very end. */
const addEvents = async (events: AsyncIterable<string>, add: (chunk: WireChunk) => void, watchdog: Watchdog): Promise<boolean> => {
  let isUnread = false;
  for await (const event of events) {
    if (isUnread) throw unreadable();
    if (isBlank(event)) continue;
    watchdog.progress();
    if (event.trim() === DONE) return true;
    const chunk = parse(event);
    if (chunk) add(chunk);
    else isUnread = true;
  }
  if (isUnread) throw truncated('the answer ends within an event');
  return false;
};

const readStream = async (pieces: AsyncIterable<string>, watchdog: Watchdog): Promise<Assembled> => {
  const assembly = createAssembly();
  const add = (chunk: WireChunk): void => {
    assertNoError(chunk);
    assembly.add(chunk);
  };
  const isDone = await addEvents(readEvents(pieces), add, watchdog);
  const result = assembly.result();
  if (!isDone && result.finishReason === undefined) throw truncated('the answer ends without its end');
  return result;
};

const readWhole = async (pieces: AsyncIterable<string>, watchdog: Watchdog): Promise<string> => {
  let text = '';
  for await (const piece of pieces) {
    if (!isBlank(piece)) watchdog.progress(); // DeepSeek sends empty lines while it is busy
    text += piece;
  }
  return text;
};

async function* onePiece(text: string): AsyncGenerator<string> {
  yield text;
}

const ofText = async (text: string, watchdog: Watchdog): Promise<Assembled> => {
  if (/^\s*(?:data|event|id|retry)?:/.test(text)) return readStream(onePiece(text), watchdog);
  const answer = parse(text);
  if (!answer) throw unreadable();
  assertNoError(answer);
  const assembly = createAssembly();
  assembly.add(answer);
  return assembly.result();
};

/** Leaves the connection to the pool when the server ends the answer soon after its last event, as they do. */
const letGo = async (reader: Reader): Promise<void> => {
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), LINGER_MS);
  timer.unref();
  try {
    while (!(await reader.read()).done);
  } catch {
    // cut after the end: nothing is missing
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Reads an answer, streamed or whole: some services answer a request for a stream with plain JSON, and a few name no type at all.
 * Throws AttemptFailure; an answer that stops short is a failure, never a short answer.
 */
export const readAnswer = async (response: Response, watchdog: Watchdog): Promise<Assembled> => {
  const reader = response.body?.getReader() as Reader | undefined;
  if (!reader) throw new AttemptFailure('invalid', 'the answer has no body');
  try {
    const pieces = readText(reader, watchdog);
    const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
    const answer = isStream ? await readStream(pieces, watchdog) : await ofText(await readWhole(pieces, watchdog), watchdog);
    void letGo(reader);
    return answer;
  } catch (error) {
    void reader.cancel().catch(() => undefined);
    throw error;
  }
};
