import { stopTestPostgres } from './postgres.ts';

/** A run whose `npm test` was killed must not go on unseen. */
export const mochaGlobalSetup = (): void => {
  process.once('disconnect', () => process.exit(1));
  process.channel?.unref(); // the listener alone would keep the run open
};

/** mocha calls it once at the end of a run, passed or failed. A killed run needs no call: the server ends with its parent. */
export const mochaGlobalTeardown = stopTestPostgres;
