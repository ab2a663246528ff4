// `npm start`. Runs on any Node from 18 on: installs what is missing, then hands over to scripts/demo.ts under Node 24.
import { join } from 'node:path';
import { supervise } from './lib/supervise.mjs';
import { ensureInstalled, environmentFor, findNode, ROOT, runEntry } from './lib/toolchain.mjs';

await runEntry(async () => {
  await ensureInstalled('run', 'npm start');
  const node = findNode();
  return supervise({ command: node, args: [join(ROOT, 'scripts', 'demo.ts'), ...process.argv.slice(2)], cwd: ROOT, env: environmentFor(node) });
});
