import assert from 'node:assert/strict';
import { LLMock } from '@copilotkit/aimock';
import { modelFor } from '../app/llm/support.ts';

// A model service by other hands: what it calls a stream, a cut and a flood must be understood as such.
describe('the model port against aimock', () => {
  const mock = new LLMock({ port: 0 });
  before(async () => {
    await mock.start();
  });
  after(async () => {
    await mock.stop();
  });

  const ask = async (text: string) => {
    const { ask: complete, calls } = modelFor({ env: { LLM_BASE_URL: `${mock.url}/v1` } });
    const answer = await complete({ messages: [{ role: 'user', content: text }] }).catch((error: unknown) => (error as { code: string }).code);
    return { answer, outcomes: calls.map(({ outcome }) => outcome) };
  };

  it('puts a text together that comes word by word, with its usage', async () => {
    const content = 'Здравствуйте! Покраска бампера — 14 000 ₽ 🚗.';
    mock.onMessage('привет', { content }, { streamingProfile: { ttft: 5, tps: 2_000 } });
    const { answer, outcomes } = await ask('привет');
    assert.ok(typeof answer === 'object');
    assert.equal(answer.text, content);
    assert.ok(answer.usage.outputTokens > 0);
    assert.deepEqual(outcomes, ['ok']);
  });

  it('puts two tool calls together whose arguments come in pieces', async () => {
    const toolCalls = [
      { name: 'find_prices', arguments: '{"service":"бампер покрасить и капот тоже"}' },
      { name: 'find_bookings', arguments: '{}' },
    ];
    mock.onMessage('цена', { toolCalls }, { chunkSize: 5 });
    const { answer } = await ask('цена');
    assert.ok(typeof answer === 'object');
    assert.deepEqual(
      answer.toolCalls.map(({ name, argumentsJson }) => ({ name, arguments: argumentsJson })),
      toolCalls,
    );
  });

  const LONG = 'Очень длинный ответ про покраску бампера и капота.';
  const faults: readonly { name: string; arrange: (text: string) => unknown; outcome: string }[] = [
    {
      name: 'a stream cut after two pieces',
      outcome: 'unavailable',
      arrange: (text) => mock.onMessage(text, { content: LONG }, { truncateAfterChunks: 2, chunkSize: 5 }),
    },
    { name: 'malformed JSON', outcome: 'invalid', arrange: (text) => mock.onMessage(text, { content: 'x' }, { chaos: { malformedRate: 1 } }) },
    { name: '429', outcome: 'limited', arrange: (text) => mock.onMessage(text, { content: 'x' }, { chaos: { rateLimitRate: 1 } }) },
    { name: '500', outcome: 'unavailable', arrange: (text) => mock.onMessage(text, { error: { message: 'boom', type: 'server_error' }, status: 500 }) },
  ];
  for (const [index, { name, arrange, outcome }] of faults.entries()) {
    it(`${name}: ${outcome}, and never half an answer`, async () => {
      arrange(`вопрос номер ${index}`);
      const { answer, outcomes } = await ask(`вопрос номер ${index}`);
      assert.equal(answer, outcome === 'invalid' ? 'MODEL_ANSWER_INVALID' : 'MODEL_UNAVAILABLE');
      assert.equal(outcomes[0], outcome);
    });
  }
});
