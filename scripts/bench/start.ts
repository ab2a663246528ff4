import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { timeStart, type Timing } from './demo-run.ts';
import { describeRun, recordSection } from './record.ts';

// `npm run bench:start`: how long a person waits, from a fresh clone of HEAD and at the next start.

const ROOT = join(import.meta.dirname, '../..');
const SECOND_STARTS = 5;
const USAGE = `npm run bench:start [-- --cold]   measures and writes docs/benchmarks.md
--cold   with an empty npm cache, as on a new machine`;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const median = (values: readonly number[]): number => [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;

const present = (first: Timing, later: readonly Timing[], cold: boolean): string => {
  const pages = later.map(({ pageMs }) => pageMs);
  return [
    '## Start-up',
    '',
    '| from the command `npm start` to | the page is there | the first answer |',
    '|---|---|---|',
    `| in a fresh clone, ${cold ? 'empty' : 'warm'} npm cache | ${seconds(first.pageMs)} | ${seconds(first.answerMs)} |`,
    `| at a later start, median of ${later.length} | ${seconds(median(pages))} (worst ${seconds(Math.max(...pages))}) | ${seconds(median(later.map(({ answerMs }) => answerMs)))} |`,
    '',
    describeRun(cold ? 'npm run bench:start -- --cold' : 'npm run bench:start', new Date()),
  ].join('\n');
};

const { values } = parseArgs({ options: { cold: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } });

if (values.help) {
  console.log(USAGE);
} else {
  const temp = mkdtempSync(join(tmpdir(), 'valera-bench-'));
  chmodSync(temp, 0o711); // as root PostgreSQL runs as nobody
  try {
    const clone = join(temp, 'clone');
    execFileSync('git', ['clone', '--quiet', ROOT, clone]);
    const run = { clone, dataDir: join(temp, 'data'), cacheDir: values.cold ? join(temp, 'cache') : undefined };
    const first = await timeStart(run);
    const later: Timing[] = [];
    for (let count = 0; count < SECOND_STARTS; count += 1) later.push(await timeStart(run));
    const text = present(first, later, values.cold);
    recordSection('start-up', text);
    console.log(text);
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}
