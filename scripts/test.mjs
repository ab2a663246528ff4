// `npm test`, `npm run test:full`. Runs on any Node from 18 on: installs what is missing, then runs mocha under Node 24.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { supervise } from './lib/supervise.mjs';
import { ensureInstalled, environmentFor, findNode, ROOT, runEntry } from './lib/toolchain.mjs';

const LINGER_MS = 15_000;
const USAGE = `npm test [-- <files or mocha options>]    the tests of every change
npm run test:full [-- …]                 those that take long: kills, a real browser
Without files: all of test/, or of test/full/. Example: npm test -- test/app/kit/text.test.ts --grep surrogate`;

const isFull = (path) => path.startsWith(join('test', 'full') + sep);

const testFilesIn = (folder) =>
  readdirSync(join(ROOT, folder), { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => path.endsWith('.test.ts'))
    .sort();

const isPath = (argument) => !argument.startsWith('-') && existsSync(join(ROOT, argument));

/** A folder stands for the tests in it; without any path it is all of them, the long ones or the others. */
const chosen = (passedOn, full) => {
  const paths = passedOn.filter(isPath);
  if (paths.length === 0) return testFilesIn('test').filter((path) => isFull(path) === full);
  return paths.flatMap((path) => (statSync(join(ROOT, path)).isDirectory() ? testFilesIn(path) : [path]));
};

const mochaArguments = (options, files) => {
  const own = ['--extension', 'ts', '--require', './test/support/hooks.ts', '--reporter', './scripts/lib/mocha-reporter.cjs', '--timeout', '60000'];
  return [join(ROOT, 'node_modules', 'mocha', 'bin', 'mocha.js'), ...own, ...options, ...files];
};

const WHOLE = [join('test', 'scripts') + sep, join('test', 'monitoring') + sep];

/** Whole processes and tools, beside the rooms of the app: two halves of about the same length, for two cores. */
const inHalves = (files) => {
  const isWhole = (path) => dirname(path) === join('test', 'app') || WHOLE.some((folder) => path.startsWith(folder));
  return [files.filter((path) => !isWhole(path)), files.filter(isWhole)].filter((half) => half.length > 0);
};

/** Runs mocha; a run that does not end by itself after its last test has left something open, which is a failure of its own. */
const runMocha = async (args, onOutput) => {
  const node = findNode();
  let [counts, lingering, child, timer] = [undefined, false, undefined, undefined];
  const onMessage = (message) => {
    if (!message?.counts) return;
    counts = message.counts;
    timer = setTimeout(() => {
      lingering = true;
      child.kill('SIGKILL');
    }, LINGER_MS);
  };
  const code = await supervise({ command: node, args, cwd: ROOT, env: environmentFor(node), onMessage, onOutput, onStart: (started) => (child = started) });
  clearTimeout(timer);
  return { code, counts, lingering };
};

const summarise = (results) => {
  const total = { passed: 0, failed: 0, skipped: 0 };
  let worst = 0;
  for (const { code, counts, lingering } of results) {
    const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
    const broken = lingering || (code !== 0 && failed === 0) || (code === 0 && passed === 0) ? 1 : 0; // mocha itself ended badly, or ran nothing
    if (lingering) console.error('A test left a handle open: mocha was still alive after its last test and was killed.');
    total.passed += passed;
    total.failed += failed + broken;
    total.skipped += skipped;
    worst ||= code || broken;
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return worst;
};

await runEntry(async () => {
  const passedOn = process.argv.slice(2).filter((argument) => argument !== '--full');
  if (passedOn.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  await ensureInstalled('all', 'npm test');
  const full = process.argv.includes('--full');
  const options = passedOn.filter((argument) => !isPath(argument));
  const files = chosen(passedOn, full);
  const halves = full || passedOn.length > 0 || availableParallelism() < 2 ? [files] : inHalves(files);
  const later = [];
  const runs = halves.map((half, index) => runMocha(mochaArguments(options, half), index === 0 ? undefined : (chunk) => later.push(chunk)));
  const results = await Promise.all(runs);
  process.stdout.write(Buffer.concat(later));
  return summarise(results);
});
