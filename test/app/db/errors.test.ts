import assert from 'node:assert/strict';
import { isDataRefused, translateDbError } from '../../../app/db/errors.ts';
import { isAppError } from '../../../app/kit/errors.ts';

const pgError = (code: string) => Object.assign(new Error('quotes «a customer»'), { code, severity: 'ERROR' });

describe('what a database error means', () => {
  for (const code of ['08006', '53300', '55P03', '57P01', '57014', '40001', '40P01']) {
    it(`SQLSTATE ${code}: try again`, () => assert.ok(isAppError(translateDbError(pgError(code)), 'DATABASE_UNAVAILABLE')));
  }
  for (const code of ['22P05', '22021', '22003', '23505', '54000']) {
    it(`SQLSTATE ${code}: the data is refused`, () => {
      assert.ok(isDataRefused(pgError(code)));
      assert.ok(isAppError(translateDbError(pgError(code)), 'DATABASE_REJECTED'));
    });
  }
  for (const code of ['42P01', '42703']) {
    it(`SQLSTATE ${code}: a defect, not bad data`, () => {
      assert.equal(isDataRefused(pgError(code)), false);
      assert.ok(isAppError(translateDbError(pgError(code)), 'DATABASE_REJECTED'));
    });
  }
  for (const message of ['Connection terminated unexpectedly', 'timeout expired', 'Client has encountered a connection error and is not queryable']) {
    it(`«${message}»: try again`, () => assert.ok(isAppError(translateDbError(new Error(message)), 'DATABASE_UNAVAILABLE')));
  }
  it('a connection that died under a statement: knex puts the statement in front', () =>
    assert.ok(isAppError(translateDbError(new Error('\nSELECT 1 - 2 FROM stored - Connection terminated unexpectedly')), 'DATABASE_UNAVAILABLE')));
  it('nothing of the statement is in the message', () => assert.ok(!translateDbError(pgError('23505')).message.includes('customer')));
  it('what is no database error stays what it is, however it reads', () => {
    for (const error of [new TypeError('x is not a function'), new Error('the user aborted a request'), Object.assign(new Error('x'), { code: 'ABCDE' })]) {
      assert.equal(translateDbError(error), error);
    }
  });
});
