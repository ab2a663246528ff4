type State = Readonly<{ kind: 'closed'; failures: number }> | Readonly<{ kind: 'open'; untilMs: number }> | Readonly<{ kind: 'probing'; probe: object }>;

export type BreakerOptions = Readonly<{
  /** Failures in a row that open it. */
  failures: number;
  /** How long nothing is asked before one probe may go. */
  coolDownMs: number;
  monotonicMs: () => number;
}>;

/** 'half-open' while the one probe is under way. */
export type BreakerState = 'closed' | 'half-open' | 'open';

/** The right to make one call. Its holder reports exactly once. */
export type Ticket = Readonly<{
  succeeded: () => void;
  /** `openForMs`: the service has named the time itself, so it is left alone at once and for that long. */
  failed: (openForMs?: number) => void;
  /** The call says nothing about the service. */
  forgotten: () => void;
}>;

/**
 * Keeps calls away from a service that does not work. Closed: every call goes. Open: none, until the cool-down is over; then one call goes
 * as a probe and the others still do not. The probe's success closes it, its failure opens it for another cool-down. Late reports of calls
 * that went before it opened neither end the probe nor prolong the cool-down.
 */
export const createBreaker = ({ failures: limit, coolDownMs, monotonicMs }: BreakerOptions) => {
  let state: State = { kind: 'closed', failures: 0 };

  const open = (forMs: number): void => {
    state = { kind: 'open', untilMs: monotonicMs() + forMs };
  };

  const countFailure = (failures: number): void => {
    if (failures >= limit) open(coolDownMs);
    else state = { kind: 'closed', failures };
  };

  const ticket = (): Ticket => {
    const self: Ticket = {
      succeeded: () => {
        state = { kind: 'closed', failures: 0 }; // also when it is late: the service answers
      },
      failed: (openForMs) => {
        if (openForMs !== undefined) open(openForMs);
        else if (state.kind === 'closed') countFailure(state.failures + 1);
        else if (state.kind === 'probing' && state.probe === self) open(coolDownMs);
      },
      forgotten: () => {
        if (state.kind === 'probing' && state.probe === self) open(0); // the next call may be the probe
      },
    };
    return self;
  };

  const isRested = (): boolean => state.kind === 'open' && monotonicMs() >= state.untilMs;

  return {
    state: (): BreakerState => (state.kind === 'probing' ? 'half-open' : state.kind),
    /** Whether `admit` would let a call go now. */
    mayAdmit: (): boolean => state.kind === 'closed' || isRested(),
    /** The right to make a call now, or undefined. After a cool-down the first one is the probe. */
    admit: (): Ticket | undefined => {
      if (state.kind === 'closed') return ticket();
      if (!isRested()) return undefined;
      const probe = ticket();
      state = { kind: 'probing', probe };
      return probe;
    },
  };
};

export type Breaker = ReturnType<typeof createBreaker>;
