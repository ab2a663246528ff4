import type { SoakResult } from './run.ts';

const SHOWN = 10;

const list = (title: string, items: readonly string[]): readonly string[] =>
  items.length === 0
    ? [`${title}: 0`]
    : [
        `${title}: ${items.length}`,
        ...items.slice(0, SHOWN).map((item) => `    ${item}`),
        ...(items.length > SHOWN ? [`    … and ${items.length - SHOWN} more`] : []),
      ];

const pairs = (record: Readonly<Record<string, number>>): string =>
  Object.entries(record)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';

/** The result as a person reads it in the terminal. */
export const describeResult = (result: SoakResult, invalid: readonly string[]): string => {
  const { verdict, interruptions, faultHits } = result;
  const outcome = verdict.ok ? (invalid.length === 0 ? 'PASSED' : 'INVALID') : 'FAILED';
  const withheld = verdict.excused.filter(({ why }) => why === 'withheld').length;
  return [
    '',
    `${outcome} in ${Math.round(result.seconds)} s, seed ${result.seed}`,
    `updates: ${result.writtenUpdates}, bookings: ${result.bookings}, SIGKILLs: ${result.kills}, answers lost on their way to Telegram: ${result.swallowed}`,
    `storm: ${pairs(interruptions)}`,
    `faults of Telegram: ${pairs(faultHits.telegram)}`,
    `faults of the model: ${pairs(faultHits.model)}`,
    ...list('LOST', verdict.lost),
    ...list('DOUBLED', verdict.doubled),
    ...list('OUT OF ORDER', verdict.outOfOrder),
    ...list('BOOKINGS', verdict.bookings),
    `lane repairs: ${verdict.laneRepairs}`,
    `left to a manager, the model having failed too often in a row: ${verdict.handedOver.length}`,
    `excused copies: ${verdict.excused.length} (answer withheld ${withheld}, interrupted ${verdict.excused.length - withheld})`,
    ...(result.unexpectedEnds.length > 0 ? list('processes that ended by themselves', result.unexpectedEnds) : []),
    ...(invalid.length > 0 ? list('the run does not count', invalid) : []),
    ...(result.kept === undefined ? [] : [`journal, logs and tables: ${result.kept}`]),
  ].join('\n');
};
