import type { Limits, Usage } from './usage.ts';

export type LimitName = 'customer_messages' | 'customer_tokens' | 'instance_tokens' | 'instance_cost';

/** `tell`: the customer has not been told yet, in this window or on this day. */
export type LimitDecision = Readonly<{ kind: 'pass' }> | Readonly<{ kind: 'limited'; limit: LimitName; tell: boolean; message: string }>;

const MICRO = 1_000_000;

/** A used amount may reach its limit; 0 is no limit. */
const isOver = (used: number, limit: number): boolean => limit > 0 && used >= limit;

const limited = (limit: LimitName, tell: boolean, message: string): LimitDecision => ({ kind: 'limited', limit, tell, message });

/** Whether a turn is answered in full. The messages of the turn itself are among those counted; its tokens are not known yet. */
export const decideLimit = (usage: Usage, limits: Limits): LimitDecision => {
  const { messages, toldMessages, customerTokens, instanceTokens, instanceCostMicro, toldBudget } = usage;
  if (usage.handedOver) return { kind: 'pass' };
  if (limits.customerMessages > 0 && messages > limits.customerMessages) {
    return limited('customer_messages', !toldMessages, `more than ${limits.customerMessages} messages within ${limits.customerWindowMs} ms`);
  }
  if (isOver(customerTokens, limits.customerTokensPerDay)) return limited('customer_tokens', !toldBudget, `${customerTokens} tokens of this customer today`);
  if (isOver(instanceTokens, limits.instanceTokensPerDay)) return limited('instance_tokens', !toldBudget, `${instanceTokens} tokens of all customers today`);
  if (isOver(instanceCostMicro / MICRO, limits.instanceCostPerDay)) {
    return limited('instance_cost', !toldBudget, `model calls for ${instanceCostMicro / MICRO} today`);
  }
  return { kind: 'pass' };
};
