import assert from 'node:assert/strict';
import { decideLimit } from '../../../app/limits/decide-limit.ts';
import type { Limits, Usage } from '../../../app/limits/usage.ts';

const LIMITS: Limits = { customerMessages: 10, customerWindowMs: 60_000, customerTokensPerDay: 1_000, instanceTokensPerDay: 5_000, instanceCostPerDay: 2.5 };
const NONE: Usage = {
  messages: 0,
  toldMessages: false,
  customerTokens: 0,
  instanceTokens: 0,
  instanceCostMicro: 0,
  toldBudget: false,
  handedOver: false,
};
const OFF: Limits = { customerMessages: 0, customerWindowMs: 60_000, customerTokensPerDay: 0, instanceTokensPerDay: 0, instanceCostPerDay: 0 };
const MUCH: Usage = { ...NONE, messages: 1e6, customerTokens: 1e9, instanceTokens: 1e9, instanceCostMicro: 1e12 };

describe('limits/decide-limit', () => {
  const rows: [what: string, usage: Partial<Usage>, expected: string][] = [
    ['nothing used', {}, 'pass'],
    ['exactly as many messages as allowed', { messages: 10 }, 'pass'],
    ['one message more', { messages: 11 }, 'customer_messages, told'],
    ['one message more, already told', { messages: 11, toldMessages: true }, 'customer_messages'],
    ['one token less than allowed', { customerTokens: 999 }, 'pass'],
    ['all tokens of a customer', { customerTokens: 1_000 }, 'customer_tokens, told'],
    ['the same, already told', { customerTokens: 1_000, toldBudget: true }, 'customer_tokens'],
    ['all tokens of the instance', { instanceTokens: 5_000 }, 'instance_tokens, told'],
    ['a cost below the limit', { instanceCostMicro: 2_499_999 }, 'pass'],
    ['the whole cost', { instanceCostMicro: 2_500_000 }, 'instance_cost, told'],
    ['too many messages and no tokens left: the flood is what is told', { messages: 11, customerTokens: 1_000 }, 'customer_messages, told'],
    ['any tokens and money while a person answers', { ...MUCH, messages: 0, handedOver: true }, 'pass'],
    ['twice the messages while a person answers', { messages: 20, handedOver: true }, 'pass'],
    ['still more of them', { messages: 21, handedOver: true }, 'customer_messages, told'],
    ['three times the messages', { messages: 30 }, 'customer_messages, told'],
    ['still more of them', { messages: 31 }, 'customer_messages, told, flood'],
  ];
  for (const [what, usage, expected] of rows) {
    it(`${what}: ${expected}`, () => {
      const decision = decideLimit({ ...NONE, ...usage }, LIMITS);
      assert.equal(decision.kind === 'pass' ? 'pass' : `${decision.limit}${decision.tell ? ', told' : ''}${decision.isFlood ? ', flood' : ''}`, expected);
    });
  }

  it('0 switches each one off', () => assert.equal(decideLimit(MUCH, OFF).kind, 'pass'));
});
