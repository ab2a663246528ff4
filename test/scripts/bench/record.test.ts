import assert from 'node:assert/strict';
import { replaceSection } from '../../../scripts/bench/record.ts';

describe('sections of docs/benchmarks.md', () => {
  it('are appended once, then replaced, and leave the others alone', () => {
    const one = replaceSection('# Benchmarks\n', 'start-up', 'first');
    const two = replaceSection(one, 'webhook', 'second');
    const three = replaceSection(two, 'start-up', 'third');
    assert.equal(
      three,
      '# Benchmarks\n\n<!-- start-up: begin -->\n\nthird\n\n<!-- start-up: end -->\n\n<!-- webhook: begin -->\n\nsecond\n\n<!-- webhook: end -->\n',
    );
  });
});
