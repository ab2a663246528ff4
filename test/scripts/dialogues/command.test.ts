import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../../scripts/dialogues.ts', import.meta.url));
const run = (...args: readonly string[]) => {
  const env = { ...process.env, LLM_BASE_URL: 'http://127.0.0.1:1/v1', LLM_API_KEY: '', LLM_MODEL: '' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { env, encoding: 'utf8' });
  return { status, stdout, stderr };
};

describe('npm run dialogues', function () {
  this.timeout(60_000);
  const cases: readonly (readonly [args: readonly string[], status: number, out: RegExp, err: RegExp])[] = [
    [['--help'], 0, /--live/, /^$/],
    [['--list', '--only', 'cancel'], 0, /^cancel +cancel-clear .*\n(?:cancel .*\n)+$/, /^$/],
    [['--only', 'nobody'], 78, /^$/, /no conversation begins with nobody/],
    [['--live', '--only', 'company-foreigner'], 78, /^$/, /set LLM_API_KEY, LLM_MODEL/],
    [['--what'], 2, /^$/, /--what[^]*npm run dialogues/],
  ];
  for (const [args, status, out, err] of cases) {
    it(args.join(' '), () => {
      const answer = run(...args);
      assert.deepEqual([answer.status, out.test(answer.stdout), err.test(answer.stderr)], [status, true, true], JSON.stringify(answer));
    });
  }
});
