import type { AttemptFailure, FailureOutcome } from './failure.ts';

const MIN_LEFT_MS = 1_000; // no model answers in less
const SHORT_WAIT_MS = 2_000;
const QUICK_MS = 2_000;

type Facts = Readonly<{
  failure: AttemptFailure;
  /** Attempts at this provider, the failed one included. */
  tries: number;
  tookMs: number;
  leftMs: number;
  /** Another provider would take the call now. */
  hasOther: boolean;
}>;

export type Next = Readonly<{ kind: 'retry'; waitMs: number }> | Readonly<{ kind: 'next' | 'stop'; reason: string }>;

const MAY_PASS: readonly FailureOutcome[] = ['unavailable', 'timeout', 'truncated', 'invalid'];

const isWorthRepeating = ({ outcome, facts }: AttemptFailure): boolean => {
  if (outcome === 'limited') return (facts.retryAfterMs ?? 0) <= SHORT_WAIT_MS;
  if (outcome === 'truncated') return !facts.innocent; // a token limit cuts again at the same place
  return MAY_PASS.includes(outcome);
};

// a repeat at a slow provider would use up the time in which another one answers
const wouldStarveOther = ({ failure, tookMs, hasOther }: Facts): boolean => hasOther && (failure.outcome === 'timeout' || tookMs > QUICK_MS);

const next = (reason: string): Next => ({ kind: 'next', reason });

/** What follows a failed attempt: the same provider once more, the next one, or the end because no time is left. */
export const decideNext = (facts: Facts): Next => {
  const waitMs = facts.failure.outcome === 'limited' ? (facts.failure.facts.retryAfterMs ?? 0) : 0;
  if (facts.leftMs <= MIN_LEFT_MS) return { kind: 'stop', reason: 'no time is left' };
  if (facts.tries > 1) return next('it failed twice');
  if (!isWorthRepeating(facts.failure)) return next('it would fail again');
  if (wouldStarveOther(facts)) return next('the time is better spent on the next provider');
  if (facts.leftMs - waitMs <= MIN_LEFT_MS) return next('the wait would use up the time');
  return { kind: 'retry', waitMs };
};
