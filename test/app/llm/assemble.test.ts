import assert from 'node:assert/strict';
import { createAssembly } from '../../../app/llm/assemble.ts';

const callsOf = (...calls: readonly object[]): string[] => {
  const assembly = createAssembly();
  for (const call of calls) assembly.add({ choices: [{ delta: { tool_calls: [call] } }] });
  return assembly.result().toolCalls.map(({ name, argumentsJson }) => `${name} ${argumentsJson}`);
};
const piece = (args: unknown, name?: string, more: object = {}): object => ({ index: 0, id: '', function: { name, arguments: args }, ...more });

describe('tool calls that a server numbers 0 and gives no id', () => {
  for (const more of [{}, { index: undefined }, { id: null }, { id: undefined }]) {
    it(`two whole ones stay apart (${JSON.stringify(more)})`, () => {
      const calls = [piece('{"service":"бампер"}', 'find_prices', more), piece('{"service":"дверь"}', 'find_prices', more)];
      assert.deepEqual(callsOf(...calls), ['find_prices {"service":"бампер"}', 'find_prices {"service":"дверь"}']);
    });
  }

  it('another name begins another call, whatever the first one has', () => {
    assert.deepEqual(callsOf(piece('', 'find_bookings'), piece('{"service":', 'find_prices'), piece('"дверь"}')), [
      'find_bookings ',
      'find_prices {"service":"дверь"}',
    ]);
  });

  it('a name that is repeated in every piece begins nothing', () => {
    assert.deepEqual(callsOf(piece('{"service":', 'find_prices'), piece('"дверь"}', 'find_prices'), piece('', 'find_prices')), [
      'find_prices {"service":"дверь"}',
    ]);
  });

  it('in an answer that is no stream they stay apart too', () => {
    const assembly = createAssembly();
    const tool_calls = [piece({ service: 'бампер' }, 'find_prices', { index: undefined }), piece({ service: 'дверь' }, 'find_prices', { index: undefined })];
    assembly.add({ choices: [{ message: { tool_calls }, finish_reason: 'tool_calls' }] });
    assert.equal(assembly.result().toolCalls.length, 2);
  });
});

describe('what a model thinks', () => {
  for (const thoughts of [
    { reasoning_content: 'Клиент просит скидку.' },
    { reasoning: 'Клиент просит скидку.' },
    { content: [{ type: 'thinking', text: 'Клиент просит скидку.' }] },
    { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Клиент просит скидку.' }] }] },
  ]) {
    it(`is never text: ${JSON.stringify(thoughts)}`, () => {
      const assembly = createAssembly();
      assembly.add({ choices: [{ delta: thoughts }] });
      assembly.add({ choices: [{ delta: { content: 'Здравствуйте!' } }] });
      assert.equal(assembly.result().text, 'Здравствуйте!');
    });
  }
});
