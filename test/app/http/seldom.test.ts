import assert from 'node:assert/strict';
import { createSeldom } from '../../../app/http/seldom.ts';
import { type Logger, silentLogger } from '../../../app/kit/logger.ts';

describe('http/seldom', () => {
  it('logs the first of a kind at once, then one a minute with the number left out', () => {
    let nowMs = 0;
    const lines: unknown[] = [];
    const logger: Logger = { ...silentLogger, warn: (fields, message) => void lines.push([message, fields]) };
    const seldom = createSeldom({ logger, clock: { now: () => new Date(0), monotonicMs: () => nowMs, sleep: async () => undefined } });
    const hit = (key: string): void => seldom({ level: 'warn', key, fields: { key }, message: 'refused' });

    hit('a');
    hit('b');
    nowMs = 59_999;
    for (let count = 0; count < 1_000; count += 1) hit('a');
    nowMs = 60_000;
    hit('a');
    nowMs = 200_000;
    hit('a');

    assert.deepEqual(lines, [
      ['refused', { key: 'a' }],
      ['refused', { key: 'b' }],
      ['refused', { key: 'a', left_out: 1_000 }],
      ['refused', { key: 'a' }],
    ]);
  });
});
