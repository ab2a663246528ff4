import assert from 'node:assert/strict';
import fc from 'fast-check';
import OpenAI from 'openai';
import { decide } from '../../../../app/sandbox/model/decide.ts';
import { createModelApi } from '../../../../app/sandbox/model/model-api.ts';
import { chatRequest } from '../../../../app/sandbox/model/request.ts';
import { systemClock } from '../../../../app/kit/clock.ts';
import type { Sandbox } from '../../../../app/sandbox/server.ts';
import { makeDataDir, removeDataDir, startTestSandbox } from '../support.ts';
import { SYSTEM } from './talk.ts';

const TOOLS: OpenAI.ChatCompletionTool[] = ['find_prices', 'create_booking'].map((name) => ({
  type: 'function',
  function: { name, parameters: { type: 'object' } },
}));
const question: OpenAI.ChatCompletionMessageParam[] = [
  { role: 'system', content: SYSTEM },
  { role: 'user', content: 'Сколько стоит покрасить бампер и крыло на Весту?' },
];

describe('scripted model: the API', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let client: OpenAI;
  before(async () => {
    dataDir = await makeDataDir();
    sandbox = await startTestSandbox(dataDir);
    client = new OpenAI({ baseURL: sandbox.llmBaseUrl, apiKey: sandbox.llmApiKey, maxRetries: 0 });
  });
  after(async () => {
    await sandbox.stop();
    await removeDataDir(dataDir);
  });

  it('answers the client of the real providers with calls, ids and usage', async () => {
    const completion = await client.chat.completions.create({ model: sandbox.llmModel, messages: question, tools: TOOLS });
    const [choice] = completion.choices;
    assert.equal(choice?.finish_reason, 'tool_calls');
    const ids = choice.message.tool_calls?.map(({ id }) => id) ?? [];
    assert.equal(new Set(ids).size, 2);
    assert.equal(completion.usage?.total_tokens, (completion.usage?.prompt_tokens ?? 0) + (completion.usage?.completion_tokens ?? 0));
    assert.equal((await client.models.list()).data[0]?.id, 'scripted');
  });

  it('streams the same answer in pieces, calls included', async () => {
    const stream = client.chat.completions.stream({ model: 'scripted', messages: question, tools: TOOLS, stream_options: { include_usage: true } });
    const calls = (await stream.finalMessage()).tool_calls ?? [];
    assert.deepEqual(
      calls.map((call) => call.type === 'function' && call.function.arguments),
      ['{"service":"покрасить бампер","car":"Лада Веста"}', '{"service":"покрасить крыло","car":"Лада Веста"}'],
    );
    assert.ok((await stream.totalUsage()).total_tokens > 0);
    const greeting: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Привет' }];
    const plain = await client.chat.completions.create({ model: 'scripted', messages: greeting });
    const streamed = client.chat.completions.stream({ model: 'scripted', messages: greeting });
    assert.equal(await streamed.finalContent(), plain.choices[0]?.message.content);
  });

  it('refuses a wrong key, an unknown model and a broken order of tool messages', async () => {
    const stranger = new OpenAI({ baseURL: sandbox.llmBaseUrl, apiKey: 'sk-wrong', maxRetries: 0 });
    await assert.rejects(stranger.chat.completions.create({ model: 'scripted', messages: question }), { status: 401 });
    await assert.rejects(client.chat.completions.create({ model: 'gpt-5', messages: question }), { status: 404 });
    await assert.rejects(client.chat.completions.create({ model: 'scripted', messages: [] }), { status: 400 });
    const call = { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'find_prices', arguments: '{}' } }] } as const;
    const result = { role: 'tool', tool_call_id: 'a', content: '{}' } as const;
    for (const messages of [
      [result],
      [call],
      [call, { role: 'user', content: 'x' }, result],
      [call, result, result],
    ] as OpenAI.ChatCompletionMessageParam[][]) {
      await assert.rejects(client.chat.completions.create({ model: 'scripted', messages }), { status: 400 });
    }
  });

  it('never fails and never repeats itself differently, whatever is said', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc
        .array(
          fc.constantFrom(
            'запишите',
            'завтра',
            'в 10',
            'Веста',
            'бампер',
            'сколько стоит',
            'да',
            'нет',
            '89123456789',
            'Иван',
            '?',
            '\n',
            'второй',
            '30 ноября',
            'спасибо',
            '№ 7',
          ),
          { maxLength: 12 },
        )
        .map((parts) => parts.join(' ')),
    );
    const turn = fc.oneof(
      text.map((content) => ({ role: 'user', content })),
      text.map((content) => ({ role: 'assistant', content })),
      fc
        .constantFrom('Какое время вам подойдёт?\n- пн, 30 ноября, 9:00', 'Как к вам обращаться?', 'Записать вас на осмотр?')
        .map((content) => ({ role: 'assistant', content })),
    );
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 10 }), (messages) => {
        const request = chatRequest.parse({ model: 'scripted', messages, tools: TOOLS });
        const decision = decide(request);
        assert.deepEqual(decide(request), decision);
        assert.ok(decision.kind === 'call' ? decision.calls.length > 0 : decision.text.trim() !== '' && decision.text.length < 4_096);
      }),
      { numRuns: 300 },
    );
  });

  it('answers any JSON with a refusal or a completion', () => {
    const model = createModelApi({ clock: systemClock });
    fc.assert(
      fc.property(fc.jsonValue(), (body) => assert.equal(model.complete(body).status, 400)),
      { numRuns: 100 },
    );
  });
});
