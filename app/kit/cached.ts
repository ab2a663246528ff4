import type { Clock } from './clock.ts';

/** `read`, asked at most once per `maxAgeMs` and once at a time, however many ask: what strangers can cause stays bounded. */
export const cached = <T>(read: () => Promise<T>, maxAgeMs: number, clock: Clock): (() => Promise<T>) => {
  let value: Promise<T> | undefined;
  let atMs = 0;
  return () => {
    if (value && clock.monotonicMs() - atMs < maxAgeMs) return value;
    atMs = clock.monotonicMs();
    value = read();
    value.catch(() => {
      value = undefined;
    });
    return value;
  };
};
