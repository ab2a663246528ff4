import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Update } from 'grammy/types';
import { silentLogger } from '../../../app/kit/logger.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../app/sandbox/server.ts';

export const ACCESS_TOKEN = 'access-token-of-a-test';
export const ANNA = 100_001;
export const BORIS = 100_002;
export const GROUP = -1_001_000_000_001;
const UNLIMITED = { privatePerSecond: Infinity, privateBurst: Infinity, groupPerMinute: Infinity, bulkPerSecond: Infinity };
const FAST = { retryBaseMs: 5, retryCapMs: 20, deliveryTimeoutMs: 5_000, setWebhookPauseMs: 0 };

export const makeDataDir = async (): Promise<string> => mkdtemp(join(tmpdir(), 'valera-sandbox-'));
export const removeDataDir = async (dataDir: string): Promise<void> => rm(dataDir, { recursive: true, force: true });

export const startTestSandbox = async (dataDir: string, options: Partial<SandboxOptions> = {}): Promise<Sandbox> =>
  startSandbox({
    host: '127.0.0.1',
    port: 0,
    dataDir,
    accessToken: ACCESS_TOKEN,
    parts: { telegram: 'sandbox', model: 'scripted', database: 'embedded', workshop: 'example' },
    workshopName: 'Пример-Авто',
    durations: FAST,
    limits: UNLIMITED,
    logger: silentLogger,
    ...options,
  });

export type Answer<Body = Record<string, unknown>> = Readonly<{ status: number; body: Body }>;

const readAnswer = async <Body>(response: Response): Promise<Answer<Body>> => ({ status: response.status, body: (await response.json()) as Body });

export type ApiBody = Readonly<{ ok: boolean; result?: unknown; error_code?: number; description?: string; parameters?: { retry_after?: number } }>;
export const callBot = async (
  { botApiBaseUrl, botToken }: Pick<Sandbox, 'botApiBaseUrl' | 'botToken'>,
  method: string,
  args: unknown = {},
): Promise<Answer<ApiBody>> =>
  readAnswer(
    await fetch(`${botApiBaseUrl}/bot${botToken}/${method}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(args) }),
  );

export const asScript = { authorization: `Bearer ${ACCESS_TOKEN}`, 'content-type': 'application/json' };
export const baseOf = ({ port }: Pick<Sandbox, 'port'>): string => `http://127.0.0.1:${port}`;

export type Written = Readonly<{ update_id: number; message_id: number }>;
export const write = async (sandbox: Pick<Sandbox, 'port'>, chatId: number, body: unknown): Promise<Answer<Written>> =>
  readAnswer(await fetch(`${baseOf(sandbox)}/sandbox/chats/${chatId}/messages`, { method: 'POST', headers: asScript, body: JSON.stringify(body) }));

export type Listed = Readonly<{
  message_id: number;
  text?: string;
  delivery: string | null;
  scripted: boolean;
  from: { id: number; is_bot: boolean };
  [field: string]: unknown;
}>;
export const list = async (sandbox: Pick<Sandbox, 'port'>, chatId: number, after = 0): Promise<readonly Listed[]> => {
  const response = await fetch(`${baseOf(sandbox)}/sandbox/chats/${chatId}/messages?after=${after}`, { headers: asScript });
  return ((await response.json()) as { messages: Listed[] }).messages;
};

/** Resolves when the condition holds; the test's own time-out is the limit. */
export const until = async (condition: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 3));
};

type Delivered = Readonly<{ update: Update; headers: IncomingHttpHeaders }>;
type Respond = (
  update: Update,
  attempt: number,
) => Promise<{ status: number; headers?: Record<string, string> }> | { status: number; headers?: Record<string, string> };

/** A webhook that remembers every request; `respond` decides the answer. */
export const startReceiver = async (respond: Respond = () => ({ status: 200 })) => {
  const requests: Delivered[] = [];
  const attempts = new Map<number, number>();
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const update = JSON.parse(Buffer.concat(chunks).toString()) as Update;
      const attempt = (attempts.get(update.update_id) ?? 0) + 1;
      attempts.set(update.update_id, attempt);
      requests.push({ update, headers: request.headers });
      const { status, headers = {} } = await respond(update, attempt);
      response.writeHead(status, headers).end();
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    requests,
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

/** PUT and GET of the fault switches. */
export type FaultsView = Readonly<{
  seed: number;
  telegram: readonly Readonly<{ fault: string; left: number | null; hits: number }>[];
  model: readonly Readonly<{ fault: string; left: number | null; hits: number }>[];
  totals: Readonly<{ telegram: Record<string, number>; model: Record<string, number> }>;
}>;
export const setFaults = async (sandbox: Pick<Sandbox, 'port'>, faults: unknown): Promise<Answer<FaultsView>> =>
  readAnswer(await fetch(`${baseOf(sandbox)}/sandbox/faults`, { method: 'PUT', headers: asScript, body: JSON.stringify(faults) }));
export const readFaults = async (sandbox: Pick<Sandbox, 'port'>): Promise<FaultsView> =>
  (await readAnswer<FaultsView>(await fetch(`${baseOf(sandbox)}/sandbox/faults`, { headers: asScript }))).body;

/** What a person does besides writing: `bot` blocks or unblocks it, `presses` presses a button. */
export const act = async (sandbox: Pick<Sandbox, 'port'>, path: string, body: unknown): Promise<Answer<{ update_id: number }>> =>
  readAnswer(await fetch(`${baseOf(sandbox)}/sandbox/chats/${path}`, { method: 'POST', headers: asScript, body: JSON.stringify(body) }));

/** The journal's lines of one kind. */
export const readJournal = async (dataDir: string, kind: string): Promise<readonly Record<string, unknown>[]> => {
  const lines = (await readFile(join(dataDir, 'sandbox/journal.jsonl'), 'utf8')).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter((entry) => entry['kind'] === kind);
};
