import assert from 'node:assert/strict';
import { join } from 'node:path';
import { buildRule } from '../../monitoring/alert.ts';
import { ALERTS } from '../../monitoring/alerts.ts';
import { alertRules } from '../../scripts/generate/alert-rules.ts';
import { skipWithout } from '../support/tools.ts';
import { CASES } from './cases.ts';
import { readStories } from './healthy.ts';
import { checkRuleFile, findPromtool, testRules } from './promtool.ts';

const ROOT = join(import.meta.dirname, '../..');
const rules = ALERTS.map(buildRule);

describe('monitoring/alerts', () => {
  it('name each alert once, and each has cases', () => {
    assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
    assert.deepEqual(Object.keys(CASES).toSorted(), rules.map(({ alert }) => alert).toSorted());
  });

  it('say what is wrong in one line, and what it means', () => {
    for (const { name, summary, description } of ALERTS) {
      assert.match(summary, /^[A-Z].{10,110}[^.]$/, name);
      assert.match(description, /^[A-Z].{20,}\.$/, name);
    }
  });
});

describe('monitoring/alerts by promtool', function () {
  this.timeout(60_000);
  const promtool = findPromtool() ?? '';
  before(function () {
    skipWithout(this, 'promtool', promtool);
  });

  it('the generated file is valid', async () => {
    const { ok, output } = await checkRuleFile(promtool, join(ROOT, alertRules.path));
    assert.ok(ok, output);
    assert.match(output, new RegExp(`${rules.length} rules found`));
  });

  for (const rule of rules) {
    const cases = CASES[rule.alert];
    it(`${rule.alert} fires: ${cases?.fires.map(({ what }) => what).join('; ')}. Quiet: ${cases?.quiet.map(({ what }) => what).join('; ')}`, async () => {
      assert.ok(cases);
      const expectations = [...cases.fires.map((given) => ({ rule, given, fires: true })), ...cases.quiet.map((given) => ({ rule, given, fires: false }))];
      const { ok, output } = await testRules(promtool, expectations);
      assert.ok(ok, output);
    });
  }

  it('when nothing is wrong all are quiet: busy and quiet days, restarts, rollouts, strangers', async function () {
    this.timeout(180_000);
    const stories = await readStories();
    const { ok, output } = await testRules(
      promtool,
      stories.flatMap((given) => rules.map((rule) => ({ rule, given, fires: false as const }))),
    );
    assert.ok(ok, output);
  });

  it('a rule that never fires, or always, is found', async () => {
    const [rule] = rules;
    const [fires] = CASES[rule?.alert ?? '']?.fires ?? [];
    const [story] = await readStories();
    assert.ok(rule && fires && story);
    assert.equal((await testRules(promtool, [{ rule: { ...rule, expr: 'vector(1) > 2' }, given: fires, fires: true }])).ok, false);
    assert.equal((await testRules(promtool, [{ rule: { ...rule, expr: 'vector(1)' }, given: story, fires: false }])).ok, false);
  });
});
