import { AttemptFailure } from './failure.ts';

export type CallLimits = Readonly<{
  /** Until the first piece of the answer. */
  firstChunkMs: number;
  /** Between two pieces. */
  idleMs: number;
  /** For the whole call. */
  attemptMs: number;
  /** What is left of the answer's time. */
  leftMs: number;
}>;

export type Watchdog = Readonly<{
  /** Aborts with an AttemptFailure when a limit is over, or when the caller gives up. */
  signal: AbortSignal;
  /** Rejects with the same when it does; never resolves. What hangs in spite of the signal is left behind by racing with it. */
  over: Promise<never>;
  /** A piece of the answer has come. A keep-alive is none: DeepSeek sends those for minutes while nothing happens. */
  progress: () => void;
  /** Stops all timers; the signal stays as it is. */
  end: () => void;
}>;

const after = (ms: number, work: () => void): (() => void) => {
  const timer = setTimeout(work, Math.max(0, Math.ceil(ms)));
  return () => {
    clearTimeout(timer);
  };
};

/** Watches one call: the SDK's own time-out ends with the headers, so a stream that stalls after them would hang for ever. */
export const createWatchdog = (caller: AbortSignal, { firstChunkMs, idleMs, attemptMs, leftMs }: CallLimits): Watchdog => {
  const controller = new AbortController();
  const fail = (failure: AttemptFailure): void => controller.abort(failure);
  const late = (what: string): void => fail(new AttemptFailure('timeout', what));
  const giveUp = (): void => fail(new AttemptFailure('aborted', 'the caller gave the call up', { innocent: true }));

  let stopSilence = after(firstChunkMs, () => late('no answer began in time'));
  const stopAttempt = after(attemptMs, () => late('the answer took too long'));
  // a short rest of the time may be too little for the best of providers
  const stopTotal = after(leftMs, () => fail(new AttemptFailure('timeout', 'the time for the whole answer is over', { innocent: leftMs < firstChunkMs })));
  if (caller.aborted) giveUp();
  else caller.addEventListener('abort', giveUp, { once: true });

  const over = new Promise<never>((_resolve, reject) => {
    const report = (): void => reject(controller.signal.reason as AttemptFailure);
    if (controller.signal.aborted) report();
    else controller.signal.addEventListener('abort', report, { once: true });
  });
  over.catch(() => undefined); // a call that ends in time races with nothing

  return {
    signal: controller.signal,
    over,
    progress: () => {
      stopSilence();
      stopSilence = after(idleMs, () => late('the answer stalled'));
    },
    end: () => {
      for (const stop of [stopSilence, stopAttempt, stopTotal]) stop();
      caller.removeEventListener('abort', giveUp);
    },
  };
};
