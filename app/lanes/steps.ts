import type { Database, Transaction } from '../db/connect.ts';
import { storableJson } from '../kit/text.ts';
import { inLane, type Lane } from './lane.ts';

/** Version of what `step.result` holds; counts as schema, since a takeover can be by another release. */
const STEP_FORMAT = 1;

/** The turn whose work it is: `id` as in the tables, `lane` as this process holds it. */
type Owner = Readonly<{ id: string; lane: Lane }>;

type Kind = 'model' | 'tool' | 'effect';
type Row = Readonly<{ step_no: number; call_index: number; kind: Kind; format: number; content_hash: string; result: unknown }>;

export type StepKey = Readonly<{ stepNo: number; callIndex: number; contentHash: string }>;

/** What a turn has stored: the model's answers (call_index 0), then what they called for. */
export type StoredStep = Readonly<Pick<Row, 'kind' | 'step_no' | 'call_index' | 'result'>>;

/** The work of a turn that is already on disk. */
export type Steps = Readonly<{
  /** Number of the first step; above 0 after `fork`. */
  base: () => number;
  /** The stored result under this key, or undefined; 'changed' when something else is stored there. */
  recall: (key: StepKey) => Readonly<{ kind: 'same'; result: unknown }> | Readonly<{ kind: 'changed' }> | undefined;
  /** Stores a result that had no effect outside (a model's answer, a look-up); go on with what it returns, which is what a takeover will see. */
  store: <T>(kind: 'model' | 'tool', key: StepKey, result: T) => Promise<T>;
  /** Does work and stores its result in one transaction: after a crash either both are there or neither. */
  effect: <T>(key: StepKey, work: (trx: Transaction) => Promise<T>) => Promise<T>;
  /** Everything stored for this turn, oldest first. */
  all: () => readonly StoredStep[];
  /** Results of all effects of this turn, oldest first; they stay true whatever the model says. */
  effects: () => readonly unknown[];
  /** Those of them that were made before the last fork: the model that goes on has not asked for them. */
  carried: () => readonly unknown[];
  /** Another release or content wrote what is stored: drops model and tool steps, keeps effects, numbers on after them. */
  fork: () => Promise<void>;
}>;

const toRow = (kind: Kind, { stepNo, callIndex, contentHash }: StepKey, result: unknown): Row => ({
  step_no: stepNo,
  call_index: callIndex,
  kind,
  format: STEP_FORMAT,
  content_hash: contentHash,
  result,
});

// An effect without the model's answer that asked for it: a fork dropped that answer. Read from the rows alone, since a fork can be followed by a crash.
const orphans = (rows: readonly Row[]): readonly Row[] =>
  rows.filter((row) => row.kind === 'effect' && !rows.some((other) => other.kind === 'model' && other.step_no === row.step_no));

const byPlace = (a: Row, b: Row): number => a.step_no - b.step_no || a.call_index - b.call_index;

/** Reads the stored steps of a turn and keeps them in step with the table. Every write is fenced. */
export const openSteps = async (db: Database, turn: Owner): Promise<Steps> => {
  let rows = (await db('step').where({ turn_id: turn.id }).orderBy(['step_no', 'call_index'])) as Row[];

  const insert = async (trx: Transaction, row: Row): Promise<void> => {
    await trx('step').insert({ ...row, turn_id: turn.id, result: JSON.stringify(row.result) });
  };

  return {
    base: () => Math.max(-1, ...orphans(rows).map((row) => row.step_no)) + 1,
    recall: ({ stepNo, callIndex, contentHash }) => {
      const row = rows.find((candidate) => candidate.step_no === stepNo && candidate.call_index === callIndex);
      if (!row) return undefined;
      return row.format === STEP_FORMAT && row.content_hash === contentHash ? { kind: 'same', result: row.result } : { kind: 'changed' };
    },
    store: async (kind, key, raw) => {
      const result = storableJson(raw);
      const row = toRow(kind, key, result);
      await inLane(db, turn.lane, (trx) => insert(trx, row));
      rows.push(row);
      return result;
    },
    effect: async (key, work) => {
      const result = await inLane(db, turn.lane, async (trx) => {
        const done = storableJson(await work(trx));
        await insert(trx, toRow('effect', key, done));
        return done;
      });
      rows.push(toRow('effect', key, result));
      return result;
    },
    all: () => rows.toSorted(byPlace).map(({ kind, step_no, call_index, result }) => ({ kind, step_no, call_index, result })),
    effects: () => rows.filter((row) => row.kind === 'effect').map((row) => row.result),
    carried: () => orphans(rows).map((row) => row.result),
    fork: async () => {
      await inLane(db, turn.lane, async (trx) => trx('step').where({ turn_id: turn.id }).whereNot({ kind: 'effect' }).delete());
      rows = rows.filter((row) => row.kind === 'effect');
    },
  };
};
