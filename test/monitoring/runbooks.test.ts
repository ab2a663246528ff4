import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ADMIN_PATHS, PORTS, PUBLIC_PATHS } from '../../app/contract/endpoints.ts';
import { sha256Hex } from '../../app/kit/ids.ts';
import { ALERTS } from '../../monitoring/alerts.ts';
import { CATALOG } from '../../monitoring/catalog.ts';
import { createMigratedDatabase, type MigratedDatabase } from '../support/database.ts';
import { blocksOf, checkRunbooks } from './check-runbooks.ts';

const DIR = join(import.meta.dirname, '../../docs/runbooks');
const alerts = ALERTS.map(({ name }) => name);
const readAll = async (): Promise<Map<string, string>> => {
  const names = (await readdir(DIR)).filter((name) => name.endsWith('.md'));
  return new Map(await Promise.all(names.map(async (name) => [name.replace(/\.md$/, ''), await readFile(join(DIR, name), 'utf8')] as const)));
};

describe('docs/runbooks', function () {
  this.timeout(60_000);
  let runbooks: Map<string, string>;
  let database: MigratedDatabase;
  before(async () => {
    runbooks = await readAll();
    database = await createMigratedDatabase();
  });
  after(() => database.drop());

  it('there is one per alert, with meaning, impact, diagnosis and mitigation', () => {
    assert.deepEqual(checkRunbooks(alerts, runbooks), []);
  });

  it('a missing, left-over or incomplete one is found', () => {
    const [name, text] = [...runbooks][0] ?? ['', ''];
    const without = new Map(runbooks);
    without.delete(name);
    assert.match(checkRunbooks(alerts, without).join(), new RegExp(`${name} has no runbook`));
    assert.match(checkRunbooks(alerts, new Map([...runbooks, ['ValeraGone', text]])).join(), /ValeraGone is no alert/);
    assert.match(checkRunbooks(alerts, new Map([...runbooks, [name, text.replace('## Impact', '## Effect')]])).join(), /headings are/);
    assert.match(
      checkRunbooks(alerts, new Map([...runbooks, [name, text.replace(/## Mitigation[\s\S]*/, '## Mitigation\n')]])).join(),
      /Mitigation says nothing/,
    );
  });

  it('every query runs against the schema of this release', async () => {
    const queries = [...runbooks].flatMap(([name, text]) => blocksOf(text, 'sql').map((sql) => ({ name, sql })));
    assert.ok(queries.length > 10);
    for (const { name, sql } of queries) {
      for (const statement of sql.split(';').filter((part) => part.trim() !== '')) {
        await assert.doesNotReject(
          database.db.transaction(async (trx) => {
            await trx.raw(statement);
          }),
          `${name}: ${statement}`,
        );
      }
    }
  });

  it('every variable that a command uses is set by docs/monitoring.md, and its runbook points there', async () => {
    const guide = await readFile(join(DIR, '../monitoring.md'), 'utf8');
    const exported = new Set([...guide.matchAll(/^export (\w+)=/gm)].map(([, name]) => name));
    const using = [...runbooks].filter(([, text]) => /\$\{?[A-Z]/.test(blocksOf(text, 'sh').join('\n')));
    assert.ok(using.length >= 3);
    for (const [name, text] of using) {
      assert.ok(text.includes('../monitoring.md#before-a-runbook'), name);
      for (const [, variable] of blocksOf(text, 'sh')
        .join('\n')
        .matchAll(/\$\{?([A-Z_]+)/g))
        assert.ok(exported.has(variable ?? ''), `${name}: ${variable}`);
    }
    assert.match(guide, /^### Before a runbook$/m);
  });

  it('the hash of the webhook secret is the one that is stored, and of nothing there is none', () => {
    const command = blocksOf(runbooks.get('ValeraWebhookRefused') ?? '', 'sh').find((block) => block.includes('sha256sum')) ?? '';
    const run = (secret: string) => spawnSync('sh', ['-c', command], { env: { ...process.env, TELEGRAM_WEBHOOK_SECRET: secret }, encoding: 'utf8' });
    assert.equal(run('a-secret').stdout.trim(), sha256Hex('a-secret').slice(0, 12));
    assert.equal(run('').stdout, '');
    assert.match(run('').stderr, /TELEGRAM_WEBHOOK_SECRET: is not set/);
  });

  it('every address and every metric that a command names exists', () => {
    const paths: Readonly<Record<string, readonly string[]>> = { [PORTS.admin]: Object.values(ADMIN_PATHS), [PORTS.public]: Object.values(PUBLIC_PATHS) };
    for (const [name, text] of runbooks) {
      const commands = blocksOf(text, 'sh').join('\n');
      for (const [, port = '', path = ''] of commands.matchAll(/127\.0\.0\.1:(\d+)(\/[a-z/]*)/g))
        assert.ok(paths[port]?.includes(path), `${name}: ${port}${path}`);
      for (const [, prefixes = ''] of commands.matchAll(/grep -E '\^\(?([a-z_|]+)\)?'/g)) {
        for (const prefix of prefixes.split('|'))
          assert.ok(
            CATALOG.some((row) => row.name.startsWith(prefix.replace(/_(?:sum|count)$/, ''))),
            `${name}: ${prefix}`,
          );
      }
    }
  });
});
