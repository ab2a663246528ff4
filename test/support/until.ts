import { setImmediate as nextTick } from 'node:timers/promises';

/** Resolves once `condition` holds: waits for a state of the world, not for a time. A state that never comes hangs the test, which names it. */
export const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await nextTick();
};
