import { openSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { findMutant, type Mutant } from './mutants.ts';

// Loaded into the app processes of a soak before the app: what a storm does to a process from inside, and the sabotage that proves the checker.
const { SOAK_CONTROL_DIR: control = '', SOAK_MUTANT: mutantName } = process.env;

/** The wall clock steps, as NTP steps it; the monotonic clock does not. */
const stepClock = (): void => {
  const RealDate = Date;
  let offsetMs = 0;
  const readOffset = (): void => {
    try {
      offsetMs = Number(readFileSync(join(control, 'clock-offset-ms'), 'utf8')) || 0;
    } catch {
      offsetMs = 0;
    }
  };
  setInterval(readOffset, 50).unref();
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: unknown[], newTarget) => Reflect.construct(target, args.length === 0 ? [RealDate.now() + offsetMs] : args, newTarget) as Date,
    get: (target, property) => (property === 'now' ? () => RealDate.now() + offsetMs : (Reflect.get(target, property) as unknown)),
  });
};

const ABORT = /ABORT-[a-z]+/;
const NEWEST_CHARACTERS = 20_000;

const isFirstTime = (marker: string): boolean => {
  try {
    openSync(join(control, marker), 'wx');
    return true;
  } catch {
    return false;
  }
};

/** A turn whose text asks for it ends its process without a word, once. */
const abortOnDemand = (): void => {
  const realFetch = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const [marker] = ABORT.exec(typeof init?.body === 'string' ? init.body.slice(-NEWEST_CHARACTERS) : '') ?? [];
    if (marker !== undefined && isFirstTime(marker)) process.abort();
    return realFetch(input, init);
  };
};

const sabotage = (name: string, { edits }: Mutant): void => {
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      for (const { file, from, to } of edits.filter((edit) => url.endsWith(edit.file))) {
        const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source);
        if (!source.includes(from)) throw new Error(`mutant ${name}: ${file} does not hold the text it changes; adapt scripts/soak/mutants.ts`);
        loaded.source = source.replaceAll(from, to);
      }
      return loaded;
    },
  });
};

stepClock();
abortOnDemand();
const mutant = mutantName === undefined ? undefined : findMutant(mutantName);
if (mutantName !== undefined && mutant) sabotage(mutantName, mutant);
