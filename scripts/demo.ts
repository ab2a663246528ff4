import { readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError, isAppError } from '../app/kit/errors.ts';
import { readSettings, UsageError, USAGE } from './demo/settings.ts';
import { createStopper, LOCK } from './demo/stopper.ts';

// What `npm start` runs under Node 24: the whole product in one process, with a stand-in for every part that is not real.

const clone = realpathSync(dirname(import.meta.dirname));

const LONGEST_STOP_MS = 60_000;

const say = (line: string): void => {
  console.log(line);
};

/** An error of ours is a text for a person; any other is a fault whose stack is wanted. */
const explain = (error: unknown): number => {
  if (isAppError(error, 'STOPPED')) return 0;
  if (error instanceof UsageError) {
    console.error(error.message);
    return 2;
  }
  if (!(error instanceof AppError)) {
    console.error(error);
    return 70;
  }
  console.error(error.message);
  return error.exitCode;
};

const main = async (): Promise<number> => {
  const { env } = process;
  const settings = readSettings({ argv: process.argv.slice(2), env, clone, home: homedir(), isRoot: process.getuid?.() === 0 });
  if (settings.help) {
    say(USAGE);
    return 0;
  }
  const { version } = JSON.parse(readFileSync(join(clone, 'package.json'), 'utf8')) as { version: string };
  const stopper = createStopper({ say, process });
  const fail = (error: unknown): void => {
    process.exitCode = explain(error);
    stopper.request('a fault');
  };
  process.on('uncaughtException', fail).on('unhandledRejection', fail);
  try {
    const { startEverything } = await import('./demo/run.ts'); // late: the help and a mistake in the settings need none of it
    await startEverything({ settings, env, clone, version, stopper, say });
    const reason = await stopper.requested;
    setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref(); // a part that hangs must not hold the lock for ever
    if (reason === 'PostgreSQL ended') {
      console.error('PostgreSQL ended by itself, so everything stops. Start again; the data is kept.');
      return 70;
    }
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return explain(error); // before the parts are stopped: the reason comes first
  } finally {
    const stopped = await stopper.stopAll();
    if (stopped.some((name) => name !== LOCK)) say('Stopped.');
  }
};

// The terminal may be gone before we are (SIGHUP): then there is nobody to tell, and that is no reason to leave things running.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.exit(await main().catch(explain));
