import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Wire = { role: string; content: string | null; tool_calls?: { id: string; function: { name: string; arguments: string } }[]; tool_call_id?: string };
type ModelRequestBody = { model: string; messages: Wire[]; tools: { function: { name: string } }[] };
export type Script = (request: ModelRequestBody) => Promise<ScriptAnswer> | ScriptAnswer;
type ScriptAnswer = { text: string } | { call: { name: string; args: unknown }[] } | { status: number; raw?: unknown } | { raw: unknown } | { hang: true };

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

const completion = (message: object, finish: string) => ({
  id: 'c',
  object: 'chat.completion',
  created: 0,
  model: 'test-model',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason: finish }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
});

const bodyOf = (answer: ScriptAnswer): unknown => {
  if ('text' in answer) return completion({ content: answer.text }, 'stop');
  if ('call' in answer) {
    const calls = answer.call.map(({ name, args }, index) => ({
      id: `call_${index}`,
      type: 'function',
      function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
    }));
    return completion({ tool_calls: calls }, 'tool_calls');
  }
  return 'raw' in answer ? answer.raw : { error: { message: 'scripted failure' } };
};

/** An OpenAI-compatible server on loopback whose answers a test writes; it remembers every request. */
export const startModelServer = async (script: Script) => {
  const requests: ModelRequestBody[] = [];
  const control = { script };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const handle = async (): Promise<void> => {
      const body = JSON.parse(await read(request)) as ModelRequestBody;
      requests.push(body);
      const answer = await control.script(body);
      if ('hang' in answer) return;
      response.writeHead('status' in answer ? answer.status : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(bodyOf(answer)));
    };
    handle().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    answerWith: (next: Script): void => {
      control.script = next;
    },
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
