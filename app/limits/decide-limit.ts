import { COUNTED_TIMES, type Limits, type Usage } from './usage.ts';

export type LimitName = 'customer_messages' | 'customer_tokens' | 'instance_tokens' | 'instance_cost';

/**
 * `tell`: the customer has not been told yet, in this window or on this day. `isFlood`: so many messages that not even their photos are passed
 * on at once.
 */
export type LimitDecision = Readonly<{ kind: 'pass' }> | Readonly<{ kind: 'limited'; limit: LimitName; tell: boolean; isFlood: boolean; message: string }>;

const MICRO = 1_000_000;

// a person reads them, and no model is paid for; but one customer must not bury the group that all others need
const HANDED_OVER_TIMES = 2;

/** A used amount may reach its limit; 0 is no limit. */
const isOver = (used: number, limit: number): boolean => limit > 0 && used >= limit;

const ofMessages = ({ messages, toldMessages }: Usage, { customerMessages, customerWindowMs }: Limits, times: number): LimitDecision | undefined => {
  const limit = customerMessages * times;
  if (limit === 0 || messages <= limit) return undefined;
  const isFlood = messages > customerMessages * COUNTED_TIMES;
  return { kind: 'limited', limit: 'customer_messages', tell: !toldMessages, isFlood, message: `more than ${limit} messages within ${customerWindowMs} ms` };
};

const ofBudget = (
  { customerTokens, instanceTokens, instanceCostMicro, toldBudget }: Usage,
  { customerTokensPerDay, instanceTokensPerDay, instanceCostPerDay }: Limits,
): LimitDecision | undefined => {
  const limited = (limit: LimitName, message: string): LimitDecision => ({ kind: 'limited', limit, tell: !toldBudget, isFlood: false, message });
  if (isOver(customerTokens, customerTokensPerDay)) return limited('customer_tokens', `${customerTokens} tokens of this customer today`);
  if (isOver(instanceTokens, instanceTokensPerDay)) return limited('instance_tokens', `${instanceTokens} tokens of all customers today`);
  if (isOver(instanceCostMicro / MICRO, instanceCostPerDay)) return limited('instance_cost', `model calls for ${instanceCostMicro / MICRO} today`);
  return undefined;
};

/** Whether a turn is answered in full. The messages of the turn itself are among those counted; its tokens are not known yet. */
export const decideLimit = (usage: Usage, limits: Limits): LimitDecision => {
  const reached = usage.handedOver ? ofMessages(usage, limits, HANDED_OVER_TIMES) : (ofMessages(usage, limits, 1) ?? ofBudget(usage, limits));
  return reached ?? { kind: 'pass' };
};
