import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { stringify } from 'yaml';
import type { Rule } from '../../monitoring/alert.ts';
import { type Given, type Labels, WORKSHOP } from './given.ts';

const MINUTE = '1m';

export type Expectation = Readonly<{ rule: Rule; given: Given; fires: boolean }>;

/** promtool of the machine (PROMTOOL first), or undefined. */
export const findPromtool = (): string | undefined =>
  [process.env['PROMTOOL'] ?? '', ...(process.env['PATH'] ?? '').split(delimiter).map((dir) => join(dir, 'promtool'))].find(
    (path) => path !== '' && existsSync(path),
  );

const runTool = (promtool: string, args: readonly string[], cwd: string): Promise<{ ok: boolean; output: string }> =>
  new Promise((resolve) => {
    execFile(promtool, args, { cwd }, (error, stdout, stderr) => resolve({ ok: error === null, output: `${stdout}${stderr}` }));
  });

const inFolder = async <T>(work: (dir: string) => Promise<T>): Promise<T> => {
  const dir = await mkdtemp(join(tmpdir(), 'valera-promtool-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
};

const expected = ({ rule, given: { labels = WORKSHOP }, fires }: Expectation): readonly object[] =>
  fires ? [{ exp_labels: { ...labels, ...rule.labels } satisfies Labels, exp_annotations: rule.annotations }] : [];

/** One run of the clock for all that is asked of the same series. */
const testOf = (given: Given, expectations: readonly Expectation[]): object => ({
  interval: given.interval ?? MINUTE,
  input_series: given.series,
  alert_rule_test: expectations.map((one) => ({ eval_time: given.at, alertname: one.rule.alert, exp_alerts: expected(one) })),
});

/** Rules are evaluated as often as there are samples: three days by the minute would take seconds. */
const fileOf = (interval: string, expectations: readonly Expectation[]): object => ({
  rule_files: ['rules.yaml'],
  evaluation_interval: interval,
  tests: [...Map.groupBy(expectations, ({ given }) => given)].map(([given, group]) => testOf(given, group)),
});

/** `promtool check rules` on a file. */
export const checkRuleFile = (promtool: string, path: string) => runTool(promtool, ['check', 'rules', path], tmpdir());

/** `promtool test rules`: does each alert fire, or keep quiet, as expected? Only the rules that are asked for are loaded. */
export const testRules = (promtool: string, expectations: readonly Expectation[]) =>
  inFolder(async (dir) => {
    const rules = [...new Set(expectations.map(({ rule }) => rule))];
    await writeFile(join(dir, 'rules.yaml'), stringify({ groups: [{ name: 'tested', rules }] }, { aliasDuplicateObjects: false }));
    const files = [...Map.groupBy(expectations, ({ given }) => given.interval ?? MINUTE)];
    await Promise.all(
      files.map(([interval, group]) => writeFile(join(dir, `test-${interval}.yaml`), stringify(fileOf(interval, group), { aliasDuplicateObjects: false }))),
    );
    return runTool(promtool, ['test', 'rules', ...files.map(([interval]) => `test-${interval}.yaml`)], dir);
  });
