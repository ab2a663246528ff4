export type BackoffOptions = Readonly<{ baseMs: number; capMs: number; random?: () => number }>;

/** Exponential back-off with full upper-half jitter: attempt 1 → base, doubling to the cap; the result lies in [½d, d]. Milliseconds. */
export const backoffMs = (attempt: number, { baseMs, capMs, random = Math.random }: BackoffOptions): number => {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.max(0, attempt - 1));
  return Math.round(ceiling * (0.5 + random() / 2));
};
