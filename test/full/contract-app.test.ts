import assert from 'node:assert/strict';
import { findAiogram, startWitness, type Witness } from '../contract/aiogram/witness.ts';
import { ANNA, createPlatform, type Platform } from '../support/platform.ts';
import type { Running } from '../support/process.ts';
import { skipWithout } from '../support/tools.ts';

type Recorded = Readonly<{ method: string; arguments: Readonly<Record<string, unknown>> }>;

describe('contract: every request of the running app', () => {
  let witness: Witness | undefined;
  let platform: Platform | undefined;
  let app: Running | undefined;
  before(async function () {
    this.timeout(240_000);
    const python = await findAiogram();
    skipWithout(this, 'aiogram (python3 with venv and pip)', python);
    if (python) witness = await startWitness(python);
    platform = await createPlatform();
    app = await platform.startApp();
  });
  after(async () => {
    await app?.end('SIGTERM');
    await platform?.stop();
    await witness?.stop();
  });

  const fetchCalls = async (pageUrl: string): Promise<readonly Recorded[]> => {
    const url = new URL(pageUrl);
    const headers = { authorization: `Bearer ${url.searchParams.get('token') ?? ''}` };
    return ((await (await fetch(`${url.origin}/sandbox/calls`, { headers })).json()) as { calls: Recorded[] }).calls;
  };

  it('is valid to another client: greeting, price, booking with its notice, reset', async () => {
    assert.ok(platform && witness);
    const { ask, pageUrl } = platform;
    await ask(ANNA, '/start');
    await ask(ANNA, 'Сколько стоит покраска бампера на Весту?');
    await ask(ANNA, 'Запишите меня, Анна, 8 912 345-67-89, завтра в 12');
    await ask(ANNA, '/reset');
    const calls = await fetchCalls(pageUrl);
    const methods = new Set(calls.map(({ method }) => method));
    for (const method of ['getMe', 'setWebhook', 'sendMessage']) assert.ok(methods.has(method), `${method} was never called`);
    const { ofRequest } = witness;
    const problems = await Promise.all(calls.map(async (call) => ofRequest(call.method, call.arguments)));
    assert.deepEqual(problems.flat(), []);
  });
});
