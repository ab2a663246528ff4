import assert from 'node:assert/strict';
import type { ChatMessage } from '../../../app/llm/port.ts';
import { traitsOf } from '../../../app/llm/providers.ts';
import { toWire } from '../../../app/llm/wire.ts';

const wireFor = (baseUrl: string, messages: readonly ChatMessage[] = []) =>
  toWire({ messages, tools: [] }, { model: 'm', maxOutputTokens: 7, traits: traitsOf(baseUrl) });

describe('what each provider is sent', () => {
  const rows: [baseUrl: string, name: string, asksUsage: boolean, field: string][] = [
    ['https://api.deepseek.com', 'deepseek', true, 'max_tokens'],
    ['https://api.openai.com/v1', 'openai', true, 'max_completion_tokens'],
    ['https://eu.api.openai.com/v1', 'openai', true, 'max_completion_tokens'],
    ['https://api.mistral.ai/v1', 'mistral_ai', false, 'max_tokens'],
    ['https://openrouter.ai/api/v1', 'openrouter', false, 'max_tokens'],
    ['http://localhost:11434/v1', 'ollama', true, 'max_tokens'],
    ['http://ollama.internal:11434/v1', 'ollama', true, 'max_tokens'],
    ['http://127.0.0.1:3000/llm/v1', '127.0.0.1', true, 'max_tokens'],
    ['https://llm.example.com/v1', 'llm.example.com', false, 'max_tokens'],
    ['https://notapi.deepseek.com.example.org/v1', 'notapi.deepseek.com.example.org', false, 'max_tokens'],
  ];
  for (const [baseUrl, name, asksUsage, field] of rows) {
    it(baseUrl, () => {
      const wire = wireFor(baseUrl) as unknown as Record<string, unknown>;
      assert.equal(traitsOf(baseUrl).telemetryName, name);
      assert.deepEqual(wire['stream_options'], asksUsage ? { include_usage: true } : undefined);
      assert.deepEqual([wire['max_tokens'], wire['max_completion_tokens']], field === 'max_tokens' ? [7, undefined] : [undefined, 7]);
      assert.deepEqual([wire['stream'], 'tools' in wire], [true, false]);
    });
  }

  const dialogue = (id: string): ChatMessage[] => [
    { role: 'assistant', content: '', toolCalls: [{ id, name: 'find_prices', argumentsJson: '{}' }] },
    { role: 'tool', toolCallId: id, content: '{}' },
  ];
  const idsOf = (baseUrl: string, id: string): string[] =>
    wireFor(baseUrl, dialogue(id)).messages.flatMap((message) => {
      if (message.role === 'tool') return [message.tool_call_id];
      return message.role === 'assistant' ? (message.tool_calls ?? []).map((call) => call.id) : [];
    });

  it('an id of another provider fits Mistral, the same one in call and result', () => {
    const [call = '', result] = idsOf('https://api.mistral.ai/v1', 'call_00_9f8e7d6c5b4a');
    assert.match(call, /^[A-Za-z0-9]{9}$/);
    assert.equal(call, result);
    assert.deepEqual(idsOf('https://api.mistral.ai/v1', 'D681PevKs'), ['D681PevKs', 'D681PevKs']);
    assert.deepEqual(idsOf('https://api.deepseek.com', 'call_00_9f'), ['call_00_9f', 'call_00_9f']);
  });
});
