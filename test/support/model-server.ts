import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Wire = { role: string; content: string | null; tool_calls?: { id: string; function: { name: string; arguments: string } }[]; tool_call_id?: string };
type ModelRequestBody = {
  model: string;
  messages: Wire[];
  tools: { function: { name: string } }[];
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
  max_tokens?: number;
  max_completion_tokens?: number;
};
export type Script = (request: ModelRequestBody, headers: IncomingHttpHeaders) => Promise<ScriptAnswer> | ScriptAnswer;

/**
 * text, call: a whole answer, as events when the request asks for a stream. status, raw: plain JSON whatever was asked for.
 * hang: the request is taken and never answered.
 * pieces: bytes written one after another as they are given; `end` says what follows the last one: the end of the answer, silence, or a cut connection.
 */
export type ScriptAnswer =
  | { text: string }
  | { call: { name: string; args: unknown }[] }
  | { status: number; raw?: unknown; headers?: Record<string, string> }
  | { raw: unknown }
  | { hang: true }
  | { pieces: readonly (string | Buffer)[]; end?: 'end' | 'stall' | 'cut'; type?: string | undefined };

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

export const completion = (message: object, finish: string | null = 'stop') => ({
  id: 'c',
  object: 'chat.completion',
  created: 0,
  model: 'test-model',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason: finish }],
  usage: USAGE,
});

/** One event of a stream. */
export const event = (value: unknown): string => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;

/** An event with a piece of an answer; `finish` closes the choice. */
export const chunk = (delta: object, finish: string | null = null): string =>
  event({ id: 'c', object: 'chat.completion.chunk', created: 0, model: 'test-model', choices: [{ index: 0, delta, finish_reason: finish }] });

export const DONE = event('[DONE]');
export const USAGE_EVENT = event({ id: 'c', object: 'chat.completion.chunk', created: 0, model: 'test-model', choices: [], usage: USAGE });

const callsOf = (call: { name: string; args: unknown }[]) =>
  call.map(({ name, args }, index) => ({
    id: `call_${index}`,
    type: 'function',
    function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
  }));

const HALF = /^[\s\S]{0,7}|[\s\S]{1,7}/g; // arguments come in pieces, as real services send them

const streamOf = (answer: { text: string } | { call: { name: string; args: unknown }[] }, { stream_options: options }: ModelRequestBody): string[] => {
  const end = [...(options?.include_usage ? [USAGE_EVENT] : []), DONE];
  if ('text' in answer)
    return [
      chunk({ role: 'assistant', content: '' }),
      ...(answer.text.match(/\s*\S+\s*|\s+/g) ?? []).map((content) => chunk({ content })),
      chunk({}, 'stop'),
      ...end,
    ];
  const calls = callsOf(answer.call).flatMap((call, index) => [
    chunk({ tool_calls: [{ index, ...call, function: { ...call.function, arguments: '' } }] }),
    ...(call.function.arguments.match(HALF) ?? []).map((piece) => chunk({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ]);
  return [chunk({ role: 'assistant', content: null }), ...calls, chunk({}, 'tool_calls'), ...end];
};

const jsonOf = (answer: ScriptAnswer): unknown => {
  if ('text' in answer) return completion({ content: answer.text });
  if ('call' in answer) return completion({ tool_calls: callsOf(answer.call) }, 'tool_calls');
  return 'raw' in answer ? answer.raw : { error: { message: 'scripted failure' } };
};

const writePieces = async (response: ServerResponse, { pieces, end = 'end', type = 'text/event-stream' }: Extract<ScriptAnswer, { pieces: unknown }>) => {
  response.writeHead(200, type === '' ? {} : { 'content-type': type });
  response.flushHeaders();
  for (const piece of pieces) await new Promise((resolve) => response.write(piece, resolve));
  if (end === 'cut') response.destroy();
  if (end === 'end') response.end();
};

const send = async (response: ServerResponse, answer: ScriptAnswer, request: ModelRequestBody): Promise<void> => {
  if ('hang' in answer) return;
  if ('pieces' in answer) return writePieces(response, answer);
  if (request.stream && ('text' in answer || 'call' in answer)) return writePieces(response, { pieces: streamOf(answer, request) });
  const headers = 'status' in answer ? answer.headers : {};
  response.writeHead('status' in answer ? answer.status : 200, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(jsonOf(answer)));
};

/** An OpenAI-compatible server on loopback whose answers a test writes; it remembers every request. Streams when it is asked to. */
export const startModelServer = async (script: Script) => {
  const requests: ModelRequestBody[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const control = { script };
  const open = new Set<ServerResponse>();
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    open.add(response);
    response.on('close', () => open.delete(response));
    const handle = async (): Promise<void> => {
      const body = JSON.parse(await read(request)) as ModelRequestBody;
      requests.push(body);
      headers.push(request.headers);
      await send(response, await control.script(body, request.headers), body);
    };
    handle().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    headers,
    /** Requests that are neither answered nor given up. */
    open: (): number => open.size,
    answerWith: (next: Script): void => {
      control.script = next;
    },
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export type ModelServer = Awaited<ReturnType<typeof startModelServer>>;
