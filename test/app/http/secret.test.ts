import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createSecretCheck } from '../../../app/http/secret.ts';

describe('http/secret', () => {
  const check = createSecretCheck(['current-secret', undefined, 'previous-secret']);

  it('accepts each valid secret and nothing else', () => {
    assert.equal(check('current-secret'), 'accepted');
    assert.equal(check('previous-secret'), 'accepted');
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (text) => {
        fc.pre(text !== 'current-secret' && text !== 'previous-secret');
        assert.equal(check(text), text === '' ? 'missing' : 'wrong');
      }),
    );
  });

  it('without a configured secret accepts nothing, the empty text included', () => {
    for (const none of [createSecretCheck([]), createSecretCheck([undefined, ''])]) {
      assert.equal(none(undefined), 'missing');
      assert.equal(none(''), 'missing');
      assert.equal(none('undefined'), 'wrong');
    }
  });
});
