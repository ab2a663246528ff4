import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createBreaker, type Ticket } from '../../../app/llm/breaker.ts';

const given = () => {
  const time = { ms: 1_000 };
  const breaker = createBreaker({ failures: 3, coolDownMs: 100, monotonicMs: () => time.ms });
  const fail = (times: number): void => {
    for (let n = 0; n < times; n++) breaker.admit()?.failed();
  };
  return { time, breaker, fail };
};

describe('llm/breaker', () => {
  it('opens after failures in a row, and not before', () => {
    const { breaker, fail } = given();
    fail(2);
    assert.equal(breaker.state(), 'closed');
    breaker.admit()?.succeeded();
    fail(2);
    assert.equal(breaker.state(), 'closed', 'a success starts the count anew');
    fail(1);
    assert.equal(breaker.state(), 'open');
    assert.equal(breaker.admit(), undefined);
    assert.equal(breaker.mayAdmit(), false);
  });

  it('lets one probe through after the cool-down; its success closes it', () => {
    const { time, breaker, fail } = given();
    fail(3);
    time.ms += 99;
    assert.equal(breaker.admit(), undefined);
    time.ms += 1;
    assert.equal(breaker.mayAdmit(), true);
    const probe = breaker.admit();
    assert.ok(probe);
    assert.equal(breaker.state(), 'half-open');
    assert.equal(breaker.admit(), undefined, 'one probe at a time');
    assert.equal(breaker.mayAdmit(), false);
    probe.succeeded();
    assert.equal(breaker.state(), 'closed');
    assert.ok(breaker.admit());
  });

  it('a probe that fails opens it for another cool-down; one that tells nothing makes room for the next', () => {
    const { time, breaker, fail } = given();
    fail(3);
    time.ms += 100;
    breaker.admit()?.failed();
    assert.equal(breaker.state(), 'open');
    time.ms += 99;
    assert.equal(breaker.admit(), undefined);
    time.ms += 1;
    breaker.admit()?.forgotten();
    assert.ok(breaker.admit(), 'the next call is the probe');
  });

  it('late reports of calls from before it opened neither end the probe nor prolong the cool-down', () => {
    const { time, breaker, fail } = given();
    const [slow, other] = [breaker.admit(), breaker.admit()];
    fail(3);
    time.ms += 50;
    slow?.failed();
    time.ms += 50;
    const probe = breaker.admit();
    assert.ok(probe, 'the cool-down was not prolonged');
    other?.failed();
    assert.equal(breaker.state(), 'half-open', 'the probe goes on');
    assert.equal(breaker.admit(), undefined);
    probe.succeeded();
    assert.equal(breaker.state(), 'closed');
  });

  it('a time named by the service opens it at once and for that long', () => {
    const { time, breaker } = given();
    breaker.admit()?.failed(5_000);
    assert.equal(breaker.state(), 'open');
    time.ms += 4_999;
    assert.equal(breaker.admit(), undefined);
    time.ms += 1;
    assert.ok(breaker.admit());
  });

  it('whatever happens: never two probes at once, never shut for longer than the cool-down, and a success always ends in closed', () => {
    type Act = 'admit' | 'succeed' | 'fail' | 'forget' | 'wait';
    const act = fc.constantFrom<Act>('admit', 'succeed', 'fail', 'forget', 'wait');
    fc.assert(
      fc.property(fc.array(fc.tuple(act, fc.nat({ max: 120 })), { maxLength: 60 }), (acts) => {
        const { time, breaker } = given();
        const out: Ticket[] = [];
        let probes: Ticket[] = [];
        for (const [what, number] of acts) {
          if (what === 'wait') time.ms += number;
          else if (what === 'admit') {
            const ticket = breaker.admit();
            if (!ticket) continue;
            out.push(ticket);
            if (breaker.state() === 'half-open') probes.push(ticket);
            assert.ok(probes.length <= 1);
          } else {
            const [ticket] = out.splice(out.length === 0 ? 0 : number % out.length, 1);
            if (!ticket) continue;
            if (what === 'succeed') ticket.succeeded();
            if (what === 'fail') ticket.failed();
            if (what === 'forget') ticket.forgotten();
            if (what === 'succeed') assert.equal(breaker.state(), 'closed');
            probes = breaker.state() === 'half-open' ? probes.filter((probe) => probe !== ticket) : [];
          }
        }
        time.ms += 100;
        assert.ok(breaker.mayAdmit() || breaker.state() === 'half-open');
      }),
    );
  });
});
