import assert from 'node:assert/strict';
import { isAppError } from '../../../app/kit/errors.ts';
import { silentLogger } from '../../../app/kit/logger.ts';
import { TOOL_SPECS } from '../../../app/llm/tools.ts';
import { chunk, completion, DONE, event, startModelServer, USAGE_EVENT, type ModelServer, type ScriptAnswer } from '../../support/model-server.ts';
import { until } from '../../support/until.ts';
import { modelFor } from './support.ts';

const invalid = (error: unknown): boolean => isAppError(error, 'MODEL_ANSWER_INVALID');
const unavailable = (error: unknown): boolean => isAppError(error, 'MODEL_UNAVAILABLE');

describe('one provider behind the OpenAI-compatible adapter', () => {
  let server: ModelServer;
  before(async () => {
    server = await startModelServer(() => ({ text: 'ок' }));
  });
  after(() => server.stop());
  beforeEach(() => {
    server.requests.length = 0;
    server.headers.length = 0;
  });

  const model = (env: Record<string, string | number> = {}) => modelFor({ env: { LLM_BASE_URL: server.baseUrl, ...env } });
  const answers = (...scripts: ScriptAnswer[]): void => server.answerWith(() => scripts[server.requests.length - 1] ?? scripts.at(-1) ?? { hang: true });

  it('sends messages and tools as the API has them, and reads text, calls and usage', async () => {
    const { ask } = model();
    answers({ call: [{ name: 'find_prices', args: { service: 'бампер' } }] });
    const first = await ask({ tools: TOOL_SPECS });
    assert.deepEqual(first.toolCalls, [{ id: 'call_0', name: 'find_prices', argumentsJson: '{"service":"бампер"}' }]);
    assert.deepEqual(first.usage, { inputTokens: 10, outputTokens: 5 });
    answers({ text: 'готово, всё в порядке' });
    const second = await ask({
      messages: [
        { role: 'user', content: 'а' },
        { role: 'assistant', content: '', toolCalls: first.toolCalls },
        { role: 'tool', toolCallId: 'call_0', content: '{}' },
      ],
    });
    assert.equal(second.text, 'готово, всё в порядке');
    assert.equal(second.model, 'test-model');
    const [request, next] = server.requests;
    assert.deepEqual([request?.stream, request?.stream_options], [true, { include_usage: true }]);
    assert.equal(request?.max_tokens, 1200);
    assert.deepEqual(
      request.tools.map((tool) => tool.function.name),
      TOOL_SPECS.map((tool) => tool.name),
    );
    assert.deepEqual(
      next?.messages.map(({ role }) => role),
      ['user', 'assistant', 'tool'],
    );
    assert.equal(next.messages[1]?.tool_calls?.[0]?.function.name, 'find_prices');
    assert.equal(next.messages[2]?.tool_call_id, 'call_0');
    assert.equal('tools' in next, false);
  });

  it('passes the trace of the update on, and none where none is known', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    answers({ text: 'ок' });
    const { ask } = model();
    await ask({ caller: { turnId: 't', laneKey: 'l', traceparent } });
    await ask();
    assert.deepEqual(
      server.headers.map((header) => header['traceparent']),
      [traceparent, undefined],
    );
  });

  const call = (more: object) => ({ tool_calls: [more] });
  const CALL = [{ id: 'x1', name: 'find_prices', argumentsJson: '{"service":"бампер"}' }];
  const shapes: [what: string, pieces: string[], type?: string][] = [
    [
      'arguments in pieces, the id in the first one alone',
      [
        chunk(call({ index: 0, id: 'x1', type: 'function', function: { name: 'find_prices', arguments: '' } })),
        chunk(call({ index: 0, function: { arguments: '{"service":' } })),
        chunk(call({ index: 0, function: { arguments: '"бампер"}' } })),
        chunk({}, 'tool_calls'),
        DONE,
      ],
    ],
    [
      'no index at all',
      [
        chunk(call({ id: 'x1', function: { name: 'find_prices', arguments: '{"service":' } })),
        chunk(call({ function: { arguments: '"бампер"}' } })),
        chunk({}, 'tool_calls'),
        DONE,
      ],
    ],
    [
      'id and name repeated in every piece',
      [
        chunk(call({ index: 0, id: 'x1', function: { name: 'find_prices', arguments: '{"service":' } })),
        chunk(call({ index: 0, id: 'x1', function: { name: 'find_prices', arguments: '"бампер"}' } })),
        chunk({}, 'tool_calls'),
        DONE,
      ],
    ],
    ['arguments as an object', [chunk(call({ index: 0, id: 'x1', function: { name: 'find_prices', arguments: { service: 'бампер' } } }), 'tool_calls'), DONE]],
    ['no [DONE] after the reason', [chunk(call({ index: 0, id: 'x1', function: { name: 'find_prices', arguments: '{"service":"бампер"}' } }), 'tool_calls')]],
    ['no reason, but [DONE]', [chunk(call({ index: 0, id: 'x1', function: { name: 'find_prices', arguments: '{"service":"бампер"}' } })), DONE]],
    [
      'keep-alives, CRLF and other fields between the events',
      [
        ': keep-alive\r\n\r\n',
        `event: message\r\nid: 7\r\n${chunk(call({ index: 0, id: 'x1', function: { name: 'find_prices', arguments: '{"service":"бампер"}' } }), 'stop').replaceAll('\n', '\r\n')}`,
        ': OPENROUTER PROCESSING\r\n\r\n',
        'data:[DONE]\r\n\r\n',
      ],
    ],
    [
      'events without a content type',
      [chunk(call({ index: 0, id: 'x1', function: { name: 'find_prices', arguments: '{"service":"бампер"}' } }), 'stop'), DONE],
      'text/plain',
    ],
    [
      'plain JSON although a stream was asked for',
      [
        '\n\n',
        JSON.stringify(completion({ tool_calls: [{ id: 'x1', type: 'function', function: { name: 'find_prices', arguments: '{"service":"бампер"}' } }] })),
      ],
      'application/json; charset=utf-8',
    ],
    [
      'plain JSON under the name of a stream’s type or none',
      [JSON.stringify(completion({ tool_calls: [{ id: 'x1', function: { name: 'find_prices', arguments: '{"service":"бампер"}' } }] }))],
      '',
    ],
  ];
  for (const [what, pieces, type] of shapes) {
    it(`understands ${what}`, async () => {
      answers({ pieces, type });
      assert.deepEqual((await model().ask()).toolCalls, CALL);
      assert.equal(server.requests.length, 1);
    });
  }

  it('an answer cut into single bytes is the same answer', async () => {
    const bytes = Buffer.from([chunk({ content: 'Покраска бампера ' }), chunk({ content: '— 14 000 ₽ 🚗' }), chunk({}, 'stop'), USAGE_EVENT, DONE].join(''));
    answers({ pieces: Array.from(bytes, (byte) => Buffer.of(byte)) });
    const { text, usage } = await model().ask();
    assert.equal(text, 'Покраска бампера — 14 000 ₽ 🚗');
    assert.deepEqual(usage, { inputTokens: 10, outputTokens: 5 });
  });

  it('several calls stay apart, also where each is numbered 0, and each has an id of its own', async () => {
    answers({
      pieces: [
        chunk(call({ index: 0, id: 'a', function: { name: 'find_prices', arguments: '{"service":"капот"}' } })),
        chunk(call({ index: 0, id: 'b', function: { name: 'find_prices', arguments: '{"service":' } })),
        chunk(call({ index: 0, function: { arguments: '"дверь"}' } })),
        chunk(call({ index: 7, function: { name: 'find_bookings', arguments: '' } })),
        chunk(call({ index: 8, id: 'a', function: { name: 'hand_over', arguments: '{}' } })),
        chunk({}, 'tool_calls'),
        DONE,
      ],
    });
    const { toolCalls } = await model().ask();
    assert.deepEqual(
      toolCalls.map(({ name, argumentsJson }) => `${name} ${argumentsJson}`),
      ['find_prices {"service":"капот"}', 'find_prices {"service":"дверь"}', 'find_bookings ', 'hand_over {}'],
    );
    assert.equal(new Set(toolCalls.map(({ id }) => id)).size, 4);
  });

  it('content in parts is text', async () => {
    answers({
      pieces: [
        chunk(
          {
            content: [
              { type: 'text', text: 'Добрый ' },
              { type: 'text', text: 'день' },
            ],
          },
          'stop',
        ),
        DONE,
      ],
    });
    assert.equal((await model().ask()).text, 'Добрый день');
  });

  const FAST = { LLM_FIRST_CHUNK_TIMEOUT_MS: 30, LLM_IDLE_TIMEOUT_MS: 30 };
  const HELLO = chunk({ content: 'Здравствуйте' });
  const failures: [what: string, script: ScriptAnswer, outcome: string, check: (error: unknown) => boolean][] = [
    ['silence before the headers', { hang: true }, 'timeout', unavailable],
    ['silence after the headers', { pieces: [], end: 'stall' }, 'timeout', unavailable],
    ['nothing but keep-alives', { pieces: [': keep-alive\n\n', ': keep-alive\n\n'], end: 'stall' }, 'timeout', unavailable],
    ['a stall after the first piece', { pieces: [HELLO], end: 'stall' }, 'timeout', unavailable],
    ['a stall within JSON', { pieces: ['{"choices":['], end: 'stall', type: 'application/json' }, 'timeout', unavailable],
    ['a cut before the first piece', { pieces: [], end: 'cut' }, 'truncated', invalid],
    ['a cut after a piece', { pieces: [HELLO], end: 'cut' }, 'truncated', invalid],
    ['a stream that ends without its end', { pieces: [HELLO] }, 'truncated', invalid],
    ['a stream that ends within an event', { pieces: [HELLO, 'data: {"choices":[{"delta":{"con'] }, 'truncated', invalid],
    ['JSON that stops short', { pieces: ['{"choices":[{"message":{"content":"Покр'], type: 'application/json' }, 'invalid', invalid],
    ['nonsense in the middle of a stream', { pieces: [HELLO, event('{"choices"'), chunk({}, 'stop'), DONE] }, 'invalid', invalid],
    ['nonsense instead of JSON', { pieces: ['<html>502</html>'], type: 'text/html' }, 'invalid', invalid],
    ['a JSON array', { raw: [1, 2] }, 'invalid', invalid],
    ['another object', { raw: { hello: 1 } }, 'invalid', invalid],
    ['neither text nor call', { text: ' \n' }, 'invalid', invalid],
    ['a call without a name', { pieces: [chunk(call({ index: 0, id: 'x', function: { arguments: '{}' } }), 'tool_calls'), DONE] }, 'invalid', invalid],
    ['an error within the stream', { pieces: [HELLO, event({ error: { message: 'overloaded', code: 502 } }), DONE] }, 'unavailable', unavailable],
    ['an error within 200', { raw: { error: { message: 'no', code: 'weird' } } }, 'unavailable', unavailable],
    ['500', { status: 500 }, 'unavailable', unavailable],
    ['503', { status: 503 }, 'unavailable', unavailable],
    ['408', { status: 408 }, 'unavailable', unavailable],
    ['409', { status: 409 }, 'unavailable', unavailable],
    ['429', { status: 429 }, 'limited', unavailable],
  ];
  for (const [what, script, outcome, check] of failures) {
    it(`${what}: ${outcome}, tried once more`, async () => {
      const stalls = outcome === 'timeout';
      const { ask, calls } = model(stalls ? FAST : {});
      if (!stalls) {
        answers(script, { text: 'со второго раза' });
        assert.equal((await ask()).text, 'со второго раза');
      }
      server.requests.length = 0;
      answers(script);
      await assert.rejects(ask(), check);
      assert.deepEqual(
        calls.map((one) => one.outcome),
        stalls ? [outcome, outcome] : [outcome, 'ok', outcome, outcome],
      );
      await until(async () => server.open() === 0); // nothing is left hanging at the other side
    });
  }

  for (const status of [400, 401, 402, 403, 404, 422]) {
    it(`${status} is not tried again: it would be the same`, async () => {
      answers({ status });
      const { ask, calls } = model();
      await assert.rejects(ask(), unavailable);
      assert.deepEqual(
        calls.map((one) => [one.outcome, one.status]),
        [['refused', status]],
      );
    });
  }

  it('a wait that the service asks for is kept when it is short, and not at all when it is long', async () => {
    answers({ status: 429, headers: { 'retry-after-ms': '20' } }, { text: 'теперь' });
    assert.equal((await model().ask()).text, 'теперь');
    server.requests.length = 0;
    answers({ status: 429, headers: { 'retry-after': '60' } }, { text: 'теперь' });
    await assert.rejects(model().ask(), unavailable);
    assert.equal(server.requests.length, 1);
  });

  it('a service that is left alone for a minute is not asked within it', async () => {
    answers({ status: 429, headers: { 'retry-after': '60' } }, { text: 'теперь' });
    const { ask, metrics } = model();
    await assert.rejects(ask(), unavailable);
    await assert.rejects(ask(), unavailable);
    assert.equal(server.requests.length, 1);
    assert.match(await metrics.render(), /ai_breaker_state\{[^}]*\} 2/);
  });

  describe('an answer at the token limit', () => {
    const cut = (...deltas: object[]): ScriptAnswer => ({ pieces: [...deltas.map((delta) => chunk(delta)), chunk({}, 'length'), DONE] });

    it('is used up to its last whole sentence', async () => {
      answers(cut({ content: 'Бампер — 14.000 ₽. Капот — 18.000 ₽.\nДверь — 12.0' }));
      assert.equal((await model().ask()).text, 'Бампер — 14.000 ₽. Капот — 18.000 ₽.');
    });

    for (const [what, script] of [
      ['without a whole sentence', cut({ content: 'Покраска бампера стоит 14.0' })],
      ['within a tool call', cut({ content: 'Сейчас.' }, call({ index: 0, id: 'x', function: { name: 'create_booking', arguments: '{"phone":"+7912' } }))],
    ] as const) {
      it(`${what} is a failure, and not repeated: it would be cut again`, async () => {
        answers(script);
        const { ask, calls } = model();
        await assert.rejects(ask(), invalid);
        assert.deepEqual(
          calls.map((one) => one.outcome),
          ['truncated'],
        );
      });
    }

    it('stopped by a content filter is a failure', async () => {
      answers({ pieces: [chunk({ content: 'Начало.' }), chunk({}, 'content_filter'), DONE] });
      await assert.rejects(model().ask(), unavailable);
      assert.equal(server.requests.length, 1);
    });
  });

  it('the time of one call is kept by an answer that drips', async () => {
    const drip = Array.from({ length: 200 }, () => HELLO);
    let dripping = true;
    server.answerWith(() => ({
      pieces: {
        *[Symbol.iterator]() {
          while (dripping) yield* drip;
        },
      } as unknown as string[],
    }));
    const { ask, calls } = model({ LLM_ATTEMPT_TIMEOUT_MS: 80, LLM_BREAKER_FAILURES: 1 });
    await assert.rejects(ask(), unavailable);
    dripping = false;
    assert.deepEqual(
      calls.map((one) => one.outcome),
      ['timeout'],
    );
  });

  it('a server that keeps the connection open after [DONE] keeps nobody waiting, and loses it', async () => {
    answers({ pieces: [chunk({ content: 'готово' }, 'stop'), DONE], end: 'stall' });
    const { ask } = model({ LLM_IDLE_TIMEOUT_MS: 86_400_000, LLM_ATTEMPT_TIMEOUT_MS: 86_400_000, LLM_TOTAL_TIMEOUT_MS: 86_400_000 });
    assert.equal((await ask()).text, 'готово');
    await until(async () => server.open() === 0);
  });

  it('the total time is kept, and counts against nobody', async () => {
    answers({ hang: true });
    const { ask, calls, metrics } = model({ LLM_BREAKER_FAILURES: 1 });
    await assert.rejects(ask({ totalMs: 50 }), unavailable);
    await assert.rejects(ask({ totalMs: 0 }), unavailable);
    assert.equal(server.requests.length, 1);
    assert.equal(calls[0]?.outcome, 'timeout');
    assert.match(await metrics.render(), /ai_breaker_state\{[^}]*\} 0/);
  });

  it('an abort of the caller ends it with the caller’s reason', async () => {
    const lost = new AbortController();
    server.answerWith(() => {
      lost.abort(new Error('lane lost'));
      return { hang: true };
    });
    const { ask, calls } = model();
    await assert.rejects(ask({ signal: lost.signal }), /lane lost/);
    assert.equal(calls[0]?.outcome, 'aborted');
    await assert.rejects(ask({ signal: lost.signal }), /lane lost/);
    assert.equal(server.requests.length, 1);
    await until(async () => server.open() === 0);
  });

  it('what a server says of a refused request is not logged: it may quote the customer', async () => {
    const lines: string[] = [];
    const write = (fields: Record<string, unknown>, message: string): void => void lines.push(JSON.stringify({ ...fields, message }));
    const logger = { ...silentLogger, warn: write, error: write, info: write };
    answers({ status: 422, raw: { error: { message: 'invalid: input_value=Меня зовут Анна Петрова' } } });
    const { ask } = modelFor({ env: { LLM_BASE_URL: server.baseUrl }, logger });
    await assert.rejects(ask({ messages: [{ role: 'user', content: 'Меня зовут Анна Петрова' }] }));
    assert.ok(lines.length > 0 && !lines.join('\n').includes('Петрова'), lines.join('\n'));
  });
});
