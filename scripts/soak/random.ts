import { createRandom } from '../../app/sandbox/faults/random.ts';

/** Draws that only the seed decides, so that a run can be repeated. */
export type Draw = Readonly<{
  /** In [0, 1). */
  unit: () => number;
  /** A whole number from `from` to `to`, both included. */
  whole: (from: number, to: number) => number;
  chance: (probability: number) => boolean;
  pick: <T>(items: readonly T[]) => T;
  /** Another series of its own, so that one part of the run does not shift the draws of another. */
  fork: (name: string) => Draw;
}>;

// FNV-1a
const hash = (text: string): number => Buffer.from(text).reduce((value, byte) => Math.imul(value ^ byte, 16_777_619) >>> 0, 2_166_136_261);

export const createDraw = (seed: number): Draw => {
  const unit = createRandom(seed);
  const whole = (from: number, to: number): number => from + Math.floor(unit() * (to - from + 1));
  return {
    unit,
    whole,
    chance: (probability) => unit() < probability,
    pick: (items) => {
      const item = items[whole(0, items.length - 1)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
    fork: (name) => createDraw(seed ^ hash(name)),
  };
};
