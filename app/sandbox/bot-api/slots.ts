/** At most `limit()` holders at a time, first come first served. `limit` may change between calls. */
export const createSlots = (limit: () => number) => {
  const waiting: (() => void)[] = [];
  let held = 0;
  return {
    run: async <T>(action: () => Promise<T>): Promise<T> => {
      while (held >= limit()) await new Promise<void>((resolve) => waiting.push(resolve));
      held += 1;
      try {
        return await action();
      } finally {
        held -= 1;
        waiting.shift()?.();
      }
    },
  };
};
