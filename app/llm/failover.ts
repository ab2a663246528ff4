import type { Clock } from '../kit/clock.ts';
import { AppError } from '../kit/errors.ts';
import type { Logger } from '../kit/logger.ts';
import type { Breaker, Ticket } from './breaker.ts';
import { decideNext } from './decide-next.ts';
import { AttemptFailure } from './failure.ts';
import type { Ask } from './observe.ts';
import type { Model, ModelAnswer, ModelRequest } from './port.ts';

/** A provider in the order of preference. */
export type Member = Readonly<{ name: string; ask: Ask; breaker: Breaker }>;

type Deps = Readonly<{ members: readonly Member[]; clock: Clock; logger: Logger }>;
type Tried = Readonly<{ answer: ModelAnswer }> | Readonly<{ failure: AttemptFailure; tookMs: number }>;

const LONGEST_REST_MS = 60_000; // a quota that ends tomorrow is asked about every minute
const SHORTEST_REST_MS = 2_000;

const report = (ticket: Ticket, { outcome, facts }: AttemptFailure): void => {
  const restMs = outcome === 'limited' ? (facts.retryAfterMs ?? 0) : 0;
  if (outcome === 'aborted' || facts.innocent) ticket.forgotten();
  else if (restMs > SHORTEST_REST_MS) ticket.failed(Math.min(restMs, LONGEST_REST_MS));
  else ticket.failed();
};

/**
 * Asks the first provider, once more if that is worth it, then the next. A provider whose breaker is open is passed over, so that during
 * an outage nobody waits for it; its probe is one customer's call. When all are open it fails at once.
 */
export const createFailover = ({ members, clock, logger }: Deps): Model => {
  const attempt = async ({ name, ask, breaker }: Member, ticket: Ticket, request: ModelRequest): Promise<Tried> => {
    const startedMs = clock.monotonicMs();
    const before = breaker.state();
    try {
      const answer = await ask(request);
      ticket.succeeded();
      if (before !== 'closed') logger.info({ provider: name }, 'the provider answers again');
      return { answer };
    } catch (error) {
      if (!(error instanceof AttemptFailure)) {
        ticket.forgotten();
        throw error;
      }
      report(ticket, error);
      if (before === 'closed' && breaker.state() === 'open') logger.error({ provider: name }, 'the provider is left alone for a while: it keeps failing');
      return { failure: error, tookMs: clock.monotonicMs() - startedMs };
    }
  };

  const others = (member: Member): boolean => members.slice(members.indexOf(member) + 1).some(({ breaker }) => breaker.mayAdmit());

  /** The answer; or the last failure with whether the next provider may be tried; undefined when the breaker lets nobody through. */
  const tryMember = async (member: Member, request: ModelRequest) => {
    let last: Readonly<{ failure: AttemptFailure; goOn: boolean }> | undefined;
    for (let tries = 1; ; tries++) {
      const ticket = member.breaker.admit();
      if (!ticket) return last;
      const tried = await attempt(member, ticket, request);
      if ('answer' in tried) return tried;
      request.signal.throwIfAborted();
      const { failure, tookMs } = tried;
      const next = decideNext({ failure, tries, tookMs, leftMs: request.deadlineMs - clock.monotonicMs(), hasOther: others(member) });
      const { outcome, facts, message } = failure;
      logger.warn({ provider: member.name, attempt: tries, outcome, status: facts.status, type: facts.type, why: message, then: next }, 'model call failed');
      last = { failure, goOn: next.kind !== 'stop' };
      if (next.kind !== 'retry') return last;
      if (next.waitMs > 0) await clock.sleep(next.waitMs, request.signal);
      request.signal.throwIfAborted();
    }
  };

  const complete = async (request: ModelRequest): Promise<ModelAnswer> => {
    request.signal.throwIfAborted();
    if (request.deadlineMs <= clock.monotonicMs()) throw new AppError('MODEL_UNAVAILABLE', 'no time is left for another model call');
    let failure: AppError = new AppError('MODEL_UNAVAILABLE', 'every provider is left alone for a while after failures');
    for (const member of members) {
      const tried = await tryMember(member, request);
      if (tried && 'answer' in tried) return tried.answer;
      failure = tried?.failure ?? failure;
      if (tried && !tried.goOn) break;
    }
    throw failure;
  };

  return { complete };
};
