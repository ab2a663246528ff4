import { MODEL_FAULTS, TELEGRAM_FAULTS } from './faults.ts';
import type { SoakResult } from './run.ts';
import { FLOORS } from './settings.ts';

// once per group, whatever the rate: the app remembers the new id
const ONCE = new Set(['migrate_group']);

const kindsOf = (faults: readonly Readonly<{ fault: string }>[]): readonly string[] => [...new Set(faults.map(({ fault }) => fault))];

type Service = Readonly<{ name: string; kinds: readonly string[]; hits: Readonly<Record<string, number>> }>;

const missingHits = ({ name, kinds, hits }: Service, floor: number): readonly string[] =>
  kinds.flatMap((kind) => {
    const needed = ONCE.has(kind) ? 1 : floor;
    return (hits[kind] ?? 0) >= needed ? [] : [`fault ${kind} of ${name}: ${hits[kind] ?? 0} hits, ${needed} needed`];
  });

/** Why a run does not count, however good its verdict: it has not been through the storm, or not on a durable database. */
export const findInvalid = ({ settings, interruptions, kills, faultHits, databaseSettings, drained }: SoakResult): readonly string[] => {
  if (settings.name === 'mutant') return [];
  const floor = FLOORS[settings.name];
  return [
    ...Object.entries(floor.interruptions).flatMap(([kind, needed]) => {
      const had = interruptions[kind as keyof typeof interruptions] ?? 0;
      return had >= needed ? [] : [`${kind}: ${had} times, ${needed} needed`];
    }),
    ...(kills >= floor.kills ? [] : [`SIGKILL: ${kills} times, ${floor.kills} needed`]),
    ...missingHits({ name: 'Telegram', kinds: kindsOf(TELEGRAM_FAULTS), hits: faultHits.telegram }, floor.hitsPerFault),
    ...missingHits({ name: 'the model', kinds: kindsOf(MODEL_FAULTS), hits: faultHits.model }, floor.hitsPerFault),
    ...['fsync', 'synchronous_commit'].filter((name) => databaseSettings[name] !== 'on').map((name) => `${name} was not on`),
    ...(drained ? [] : ['not drained in time']),
  ];
};
