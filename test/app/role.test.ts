import assert from 'node:assert/strict';
import { decideRole, type RoleState } from '../../app/role.ts';

describe('the role a revision has', () => {
  const standby: RoleState = { role: 'standby', epoch: 2 };
  const cases: [what: string, now: RoleState, file: { epoch: number; active: string | null; draining: string[] }, expected: RoleState][] = [
    ['named active', standby, { epoch: 3, active: 'r1', draining: [] }, { role: 'active', epoch: 3 }],
    ['named draining', standby, { epoch: 3, active: 'r2', draining: ['r1'] }, { role: 'draining', epoch: 3 }],
    ['not named', { role: 'active', epoch: 2 }, { epoch: 3, active: 'r2', draining: [] }, { role: 'standby', epoch: 3 }],
    ['nobody is active', { role: 'active', epoch: 2 }, { epoch: 3, active: null, draining: [] }, { role: 'standby', epoch: 3 }],
    ['an older epoch', { role: 'active', epoch: 5 }, { epoch: 4, active: 'r2', draining: ['r1'] }, { role: 'active', epoch: 5 }],
    ['the same epoch again', standby, { epoch: 2, active: 'r1', draining: [] }, { role: 'active', epoch: 2 }],
  ];
  for (const [what, now, file, expected] of cases) it(what, () => assert.deepEqual(decideRole(now, file, 'r1'), expected));

  it('a process without a revision is never active under a file', () => {
    assert.equal(decideRole(standby, { epoch: 3, active: 'r1', draining: [] }, undefined).role, 'standby');
  });
});
