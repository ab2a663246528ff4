import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ENV } from '../../../app/contract/env.ts';
import { editDistance, nearest } from '../../../app/contract/nearest.ts';

describe('contract/env: the table', () => {
  it('names its durations in milliseconds', () => {
    for (const [name, row] of Object.entries(ENV)) {
      if (row.kind.expects.startsWith('milliseconds') || row.kind.expects.includes('durations')) assert.match(name, /_MS$/);
    }
  });

  it('gives no secret a default', () => {
    for (const [name, row] of Object.entries(ENV)) if ('secret' in row) assert.ok(!('default' in row), name);
  });

  it('describes every variable in whole sentences', () => {
    for (const [name, row] of Object.entries(ENV)) assert.match(row.description, /\.$/, name);
  });
});

describe('contract/nearest', () => {
  it('counts insertions, deletions, replacements and swaps of neighbours', () => {
    assert.equal(editDistance('TOKEN', 'TOKEN'), 0);
    assert.equal(editDistance('TOKN', 'TOKEN'), 1);
    assert.equal(editDistance('TOEKN', 'TOKEN'), 1);
    assert.equal(editDistance('TAKENS', 'TOKEN'), 2);
    assert.equal(editDistance('', 'TOKEN'), 5);
  });

  it('is symmetric and zero only for equal texts', () => {
    const short = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(short, short, (a, b) => {
        assert.equal(editDistance(a, b), editDistance(b, a));
        assert.equal(editDistance(a, b) === 0, a === b);
      }),
    );
  });

  it('offers the closest name within two edits', () => {
    assert.equal(nearest('LOG_LEVLE', ['LOG_LEVEL', 'LLM_MODEL']), 'LOG_LEVEL');
    assert.equal(nearest('HTTP_PROXY', ['HTTP_PORT', 'HTTP_HOST']), undefined);
  });
});
