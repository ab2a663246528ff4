import assert from 'node:assert/strict';
import { systemClock as clock } from '../../../app/kit/clock.ts';
import { isAppError } from '../../../app/kit/errors.ts';
import { silentLogger as logger } from '../../../app/kit/logger.ts';
import { createOpenAiModel } from '../../../app/llm/openai.ts';
import { TOOL_SPECS } from '../../../app/llm/tools.ts';
import type { ModelRequest } from '../../../app/llm/port.ts';
import { createMetrics } from '../../../app/observability/metrics.ts';
import { testConfig } from '../../support/config.ts';
import { startModelServer } from '../../support/model-server.ts';

const caller = { turnId: '1:100#1', laneKey: '1:100', traceparent: undefined };

describe('the model behind an OpenAI-compatible server', () => {
  let server: Awaited<ReturnType<typeof startModelServer>>;
  before(async () => {
    server = await startModelServer(() => ({ text: 'ок' }));
  });
  after(() => server.stop());
  beforeEach(() => {
    server.requests.length = 0;
  });

  const metrics = createMetrics();
  const ask = (more: Partial<ModelRequest> = {}, overrides: Record<string, string | number> = {}) => {
    const { llm } = testConfig({ LLM_BASE_URL: server.baseUrl, ...overrides });
    const request = {
      caller,
      purpose: 'answer',
      messages: [{ role: 'user', content: 'привет' } as const],
      tools: TOOL_SPECS,
      signal: new AbortController().signal,
      deadlineMs: clock.monotonicMs() + llm.totalTimeoutMs,
      ...more,
    } as const;
    return createOpenAiModel({ options: llm, metrics, clock, logger }).complete(request);
  };

  it('sends messages and tools as the API has them, and reads text, calls and usage', async () => {
    server.answerWith(() => ({ call: [{ name: 'find_prices', args: { service: 'бампер' } }] }));
    const first = await ask();
    assert.deepEqual(first.toolCalls, [{ id: 'call_0', name: 'find_prices', argumentsJson: '{"service":"бампер"}' }]);
    assert.deepEqual(first.usage, { inputTokens: 10, outputTokens: 5 });
    server.answerWith(() => ({ text: 'готово' }));
    const second = await ask({
      messages: [
        { role: 'user', content: 'а' },
        { role: 'assistant', content: '', toolCalls: first.toolCalls },
        { role: 'tool', toolCallId: 'call_0', content: '{}' },
      ],
    });
    assert.equal(second.text, 'готово');
    const sent = server.requests[1]?.messages;
    assert.deepEqual(
      sent?.map(({ role }) => role),
      ['user', 'assistant', 'tool'],
    );
    assert.equal(sent[1]?.tool_calls?.[0]?.function.name, 'find_prices');
    assert.equal(sent[2]?.tool_call_id, 'call_0');
    assert.deepEqual(
      server.requests[0]?.tools.map((tool) => tool.function.name),
      TOOL_SPECS.map((tool) => tool.name),
    );
  });

  for (const status of [500, 503, 429, 408]) {
    it(`${status} is tried once more`, async () => {
      server.answerWith(() => (server.requests.length === 1 ? { status } : { text: 'со второго раза' }));
      assert.equal((await ask()).text, 'со второго раза');
    });
  }

  for (const status of [400, 401, 403, 404]) {
    it(`${status} is not: it would be the same again`, async () => {
      server.answerWith(() => ({ status }));
      await assert.rejects(ask(), (error) => isAppError(error, 'MODEL_UNAVAILABLE'));
      assert.equal(server.requests.length, 1);
    });
  }

  it('what a server says of a refused request is not logged: it may quote the customer', async () => {
    const lines: string[] = [];
    const write = (fields: Record<string, unknown>, message: string): void => void lines.push(JSON.stringify({ ...fields, message }));
    const listening = { ...logger, warn: write, error: write, info: write };
    server.answerWith(() => ({ status: 422, raw: { error: { message: 'invalid: input_value=Меня зовут Анна Петрова' } } }));
    const { llm } = testConfig({ LLM_BASE_URL: server.baseUrl });
    const model = createOpenAiModel({ options: llm, metrics, clock, logger: listening });
    const messages = [{ role: 'user', content: 'Меня зовут Анна Петрова' } as const];
    await assert.rejects(
      model.complete({ caller, purpose: 'answer', messages, tools: [], signal: new AbortController().signal, deadlineMs: clock.monotonicMs() + 5_000 }),
    );
    assert.ok(lines.length > 0 && !lines.join('\n').includes('Петрова'), lines.join('\n'));
  });

  it('two failures are the end', async () => {
    server.answerWith(() => ({ status: 500 }));
    await assert.rejects(ask(), (error) => isAppError(error, 'MODEL_UNAVAILABLE'));
    assert.equal(server.requests.length, 2);
  });

  it('silence ends with the attempt’s time-out, and the next attempt may succeed', async () => {
    server.answerWith(() => (server.requests.length === 1 ? { hang: true } : { text: 'теперь' }));
    assert.equal((await ask({}, { LLM_ATTEMPT_TIMEOUT_MS: 100, LLM_TOTAL_TIMEOUT_MS: 20_000 })).text, 'теперь');
  });

  it('the total time is kept', async () => {
    server.answerWith(() => ({ hang: true }));
    await assert.rejects(ask({}, { LLM_ATTEMPT_TIMEOUT_MS: 100, LLM_TOTAL_TIMEOUT_MS: 100 }), (error) => isAppError(error, 'MODEL_UNAVAILABLE'));
    assert.equal(server.requests.length, 1);
  });

  it('an abort of the caller ends it with the caller’s reason', async () => {
    const lost = new AbortController();
    server.answerWith(() => {
      lost.abort(new Error('lane lost'));
      return { hang: true };
    });
    await assert.rejects(ask({ signal: lost.signal }), /lane lost/);
  });

  it('an answer with neither text nor call is invalid, after one repeat', async () => {
    server.answerWith(() => ({ text: ' \n' }));
    await assert.rejects(ask(), (error) => isAppError(error, 'MODEL_ANSWER_INVALID'));
    assert.equal(server.requests.length, 2);
  });

  it('counts every attempt by its outcome', async () => {
    const text = await metrics.render();
    for (const outcome of ['ok', 'refused', 'unavailable', 'limited', 'timeout', 'aborted', 'invalid'])
      assert.match(text, new RegExp(`ai_requests_total\\{[^}]*outcome="${outcome}"[^}]*\\} [1-9]`));
  });
});
