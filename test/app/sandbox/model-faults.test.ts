import assert from 'node:assert/strict';
import type { Sandbox } from '../../../app/sandbox/server.ts';
import { makeDataDir, readFaults, removeDataDir, setFaults, startTestSandbox } from './support.ts';

const TOOLS = ['find_prices', 'create_booking'].map((name) => ({ type: 'function', function: { name } }));

describe('sandbox: faults of the model', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  beforeEach(async () => {
    dataDir = await makeDataDir();
    sandbox = await startTestSandbox(dataDir);
  });
  afterEach(async () => {
    await sandbox.stop();
    await removeDataDir(dataDir);
  });

  const ask = async (more: object = {}, signal: AbortSignal | null = null): Promise<Response> =>
    fetch(`${sandbox.llmBaseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.llmApiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'scripted', tools: TOOLS, messages: [{ role: 'user', content: 'Сколько стоит покраска бампера на Весту?' }], ...more }),
      signal,
    });
  type Said = { choices: [{ message: { content: string | null; tool_calls?: { function: { name: string; arguments: string } }[] } }] };
  const said = async (): Promise<Said['choices'][0]['message']> => ((await (await ask()).json()) as Said).choices[0].message;
  const strike = async (fault: object): Promise<void> => {
    assert.equal((await setFaults(sandbox, { model: [{ count: 1, ...fault }] })).status, 200);
  };
  /** What arrives until nothing more does. */
  const readUntilQuiet = async (response: Response): Promise<{ text: string; end: 'end' | 'error' | 'quiet' }> => {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    assert.ok(reader);
    let text = '';
    for (;;) {
      const quiet = new Promise<'quiet'>((resolve) => setTimeout(() => resolve('quiet'), 200));
      const next = await Promise.race([reader.read().catch(() => 'error' as const), quiet]);
      if (next === 'quiet' || next === 'error') return { text, end: next };
      if (next.done) return { text, end: 'end' };
      text += next.value;
    }
  };

  it('refuses with 429 and with 5xx in the form of a provider', async () => {
    await strike({ fault: 'flood', retry_after: 33 });
    const flood = await ask();
    assert.deepEqual([flood.status, flood.headers.get('retry-after')], [429, '33']);
    await strike({ fault: 'server_error', status: 503 });
    const failed = await ask();
    assert.equal(failed.status, 503);
    assert.equal(((await failed.json()) as { error: { type: string } }).error.type, 'server_error');
    assert.equal((await ask()).status, 200);
    assert.deepEqual((await readFaults(sandbox)).totals.model, { flood: 1, server_error: 1 });
  });

  it('says garbage that no reader takes', async () => {
    await strike({ fault: 'garbage' });
    const plain = await ask();
    await assert.rejects(plain.json(), SyntaxError);
    await strike({ fault: 'garbage' });
    const line = (await (await ask({ stream: true })).text()).split('\n')[0] ?? '';
    assert.throws(() => void JSON.parse(line.replace('data: ', '')), SyntaxError);
  });

  it('calls a tool nobody has, and a real one with wrong arguments', async () => {
    await strike({ fault: 'unknown_tool' });
    assert.equal((await said()).tool_calls?.[0]?.function.name, 'order_spare_parts');
    await strike({ fault: 'wrong_arguments' });
    const call = (await said()).tool_calls?.[0]?.function;
    assert.deepEqual([call?.name, JSON.parse(call?.arguments ?? '')], ['find_prices', { service: 7, car: ['?'] }]);
    const honest = (await said()).tool_calls?.[0]?.function;
    assert.match(honest?.arguments ?? '', /бампер/);
  });

  it('invents a price', async () => {
    await strike({ fault: 'invented_price' });
    assert.match((await said()).content ?? '', /7 777 ₽/);
  });

  it('stalls before the first byte, stalls in the middle, and is cut off in the middle', async () => {
    await strike({ fault: 'stall_before_first_byte' });
    await assert.rejects(ask({ stream: true }, AbortSignal.timeout(100)), { name: 'TimeoutError' });
    await strike({ fault: 'stall_mid_stream' });
    const stalled = await readUntilQuiet(await ask({ stream: true }));
    assert.deepEqual([stalled.end, stalled.text.startsWith('data: {'), stalled.text.includes('[DONE]')], ['quiet', true, false]);
    await strike({ fault: 'cut_mid_stream' });
    const torn = await readUntilQuiet(await ask({ stream: true }));
    assert.deepEqual([torn.end, torn.text.includes('[DONE]')], ['error', false]);
  });

  it('is slow by so many milliseconds', async () => {
    await strike({ fault: 'slow', delay_ms: 300 });
    const startedMs = performance.now();
    assert.equal((await ask()).status, 200);
    assert.ok(performance.now() - startedMs >= 295);
  });
});
