import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { stringify } from 'yaml';
import type { Rule } from '../../monitoring/alert.ts';
import { type Given, type Labels, type Story, WORKSHOP } from './given.ts';

const MINUTE = '1m';

export type Expectation = Readonly<{ rule: Rule; given: Given; fires: boolean }> | Readonly<{ rule: Rule; given: Story; fires: false }>;

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

const expected = (one: Expectation): readonly object[] => {
  if (!one.fires) return [];
  const { labels = WORKSHOP } = one.given;
  return [{ exp_labels: { ...labels, ...one.rule.labels } satisfies Labels, exp_annotations: one.rule.annotations }];
};
const timesOf = ({ at }: Given | Story): readonly string[] => (typeof at === 'string' ? [at] : at);
const intervalOf = (given: Given | Story): string => ('interval' in given ? (given.interval ?? MINUTE) : MINUTE);
const everyOf = (given: Given | Story): string => ('every' in given ? given.every : intervalOf(given));

/** One run of the clock for all that is asked of the same series. */
const testOf = (given: Given | Story, expectations: readonly Expectation[]): object => ({
  name: given.what,
  interval: intervalOf(given),
  input_series: given.series,
  alert_rule_test: timesOf(given).flatMap((time) => expectations.map((one) => ({ eval_time: time, alertname: one.rule.alert, exp_alerts: expected(one) }))),
});

/** Rules are evaluated as often as there are samples: three days by the minute would take seconds. */
const fileOf = (interval: string, expectations: readonly Expectation[]): object => ({
  rule_files: ['rules.yaml'],
  evaluation_interval: interval,
  tests: [...Map.groupBy(expectations, ({ given }): Given | Story => given)].map(([given, group]) => testOf(given, group)),
});

/** `promtool check rules` on a file. */
export const checkRuleFile = (promtool: string, path: string) => runTool(promtool, ['check', 'rules', path], tmpdir());

/** `promtool test rules`: does each alert fire, or keep quiet, as expected? Only the rules that are asked for are loaded. */
export const testRules = (promtool: string, expectations: readonly Expectation[]) =>
  inFolder(async (dir) => {
    const rules = [...new Set(expectations.map(({ rule }) => rule))];
    await writeFile(join(dir, 'rules.yaml'), stringify({ groups: [{ name: 'tested', rules }] }, { aliasDuplicateObjects: false }));
    const files = [...Map.groupBy(expectations, ({ given }) => everyOf(given))];
    await Promise.all(
      files.map(([interval, group]) => writeFile(join(dir, `test-${interval}.yaml`), stringify(fileOf(interval, group), { aliasDuplicateObjects: false }))),
    );
    return runTool(promtool, ['test', 'rules', ...files.map(([interval]) => `test-${interval}.yaml`)], dir);
  });
