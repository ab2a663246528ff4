// `npm run verify`: everything that must hold before a commit, one line each. `-- --no-test` leaves the tests out.
import { spawn } from 'node:child_process';
import { ensureInstalled, environmentFor, findNode, ROOT, runEntry } from './lib/toolchain.mjs';

const GATES = [
  ['lint', ['run', '--silent', 'lint']],
  ['check', ['run', '--silent', 'check']],
  ['deps', ['run', '--silent', 'deps']],
  ['knip', ['run', '--silent', 'knip']],
  ['generate', ['run', '--silent', 'generate', '--', '--check']],
  ['test', ['run', '--silent', 'test']],
];

const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];

const run = (args, env) =>
  new Promise((resolve, reject) => {
    const [command, ...first] = npm;
    const child = spawn(command, [...first, ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: output.trim() }));
  });

await runEntry(async () => {
  await ensureInstalled('all', 'npm run verify');
  const env = environmentFor(findNode());
  let failed = 0;
  for (const [name, args] of GATES.filter(([gate]) => gate !== 'test' || !process.argv.includes('--no-test'))) {
    const startedAt = performance.now();
    const { code, output } = await run(args, env);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const result = name === 'test' ? `: ${output.split('\n').at(-1)}` : '';
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(8)} ${seconds.padStart(5)} s${result}`);
    if (code !== 0) console.log(output);
    failed += code === 0 ? 0 : 1;
  }
  return failed === 0 ? 0 : 1;
});
