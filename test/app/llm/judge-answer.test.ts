import assert from 'node:assert/strict';
import type { Assembled } from '../../../app/llm/assemble.ts';
import { AttemptFailure } from '../../../app/llm/failure.ts';
import { judgeAnswer } from '../../../app/llm/judge-answer.ts';

const CALL = { id: 'c', name: 'find_bookings', argumentsJson: '' };
const assembled = (text: string, more: Partial<Assembled> = {}): Assembled => ({
  text,
  toolCalls: [],
  usage: { inputTokens: 1, outputTokens: 1 },
  model: 'm',
  finishReason: 'stop',
  ...more,
});
const judge = (text: string, more: Partial<Assembled> = {}, mayBeSilent = false) => judgeAnswer(assembled(text, more), { mayBeSilent });
const failed =
  (outcome: string, innocent: boolean) =>
  (error: unknown): boolean =>
    error instanceof AttemptFailure && error.outcome === outcome && (error.facts.innocent ?? false) === innocent;

describe('thoughts that a server leaves in the text', () => {
  for (const [written, said] of [
    ['<think>\nЦен нет.\n</think>\n\nЗдравствуйте!', 'Здравствуйте!'],
    ['\n<think></think>Здравствуйте!', 'Здравствуйте!'],
    ['<THINKING>а < б > в</THINKING> Здравствуйте!', 'Здравствуйте!'],
    ['<think>раз</think><think>два</think>Здравствуйте!', 'Здравствуйте!'],
    ['Цен нет, 5 500 не назову.\n</think>\n\nЗдравствуйте!', 'Здравствуйте!'], // the first tag is in the template
    ['Здравствуйте! Бампер <b>14 000</b> ₽', 'Здравствуйте! Бампер <b>14 000</b> ₽'],
    ['  Отступ остаётся', '  Отступ остаётся'],
  ] as const) {
    it(`${JSON.stringify(written)} says ${JSON.stringify(said)}`, () => assert.equal(judge(written).text, said));
  }

  it('a block without its end is a cut answer', () => {
    assert.throws(() => judge('<think>Цен нет, надо'), failed('truncated', false));
    assert.throws(() => judge('<think>Цен нет. Надо.', { finishReason: 'length' }), failed('truncated', true));
    assert.throws(() => judge('<think>Цен нет.</think>Бампер', { finishReason: 'length' }), failed('truncated', true));
  });

  it('nothing but thoughts is an empty answer', () => assert.throws(() => judge('<think>Цен нет.</think>\n'), failed('invalid', false)));

  it('whole calls count, whatever became of the thoughts before them', () => {
    for (const text of ['<think>Надо посмотреть.</think>', '<think>Надо посмотреть.']) {
      assert.deepEqual(judge(text, { toolCalls: [CALL], finishReason: 'tool_calls' }), { text: '', toolCalls: [CALL] });
    }
  });
});

describe('an answer of nothing', () => {
  it('is a failure, except after results of tools', () => {
    assert.throws(() => judge(' \n'), failed('invalid', false));
    assert.deepEqual(judge(' \n', {}, true), { text: ' \n', toolCalls: [] });
    assert.equal(judge('<think>Уже всё сказано.</think>', {}, true).text, '');
  });
});
