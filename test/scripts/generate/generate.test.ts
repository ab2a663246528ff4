import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../app/config.ts';
import { ENV } from '../../../app/contract/env.ts';
import { CATALOG } from '../../../monitoring/catalog.ts';
import { configurationReference } from '../../../scripts/generate/configuration-reference.ts';
import { envTemplate } from '../../../scripts/generate/env-template.ts';
import { metricsReference } from '../../../scripts/generate/metrics-reference.ts';
import { writeOrCheck } from '../../../scripts/generate/write-or-check.ts';
import { TEST_ENVIRONMENT } from '../../support/config.ts';

describe('scripts/generate: files', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'valera-generate-'));
    await writeFile(join(root, 'package.json'), '{}');
  });
  afterEach(() => rm(root, { recursive: true }));

  it('are written once; --check finds drift and missing files and writes nothing', async () => {
    const files = [
      { path: 'docs/one.md', build: () => '* a' },
      { path: 'two.template', build: async () => 'A=1\n' },
    ];
    assert.deepEqual(await writeOrCheck(files, { root, check: true }), ['docs/one.md', 'two.template']);
    await assert.rejects(readFile(join(root, 'two.template')), { code: 'ENOENT' });

    assert.deepEqual(await writeOrCheck(files, { root, check: false }), ['docs/one.md', 'two.template']);
    assert.deepEqual(await writeOrCheck(files, { root, check: true }), []);
    assert.equal(await readFile(join(root, 'docs/one.md'), 'utf8'), '- a\n');

    await writeFile(join(root, 'two.template'), 'A=2\n');
    assert.deepEqual(await writeOrCheck(files, { root, check: true }), ['two.template']);
    assert.equal(await readFile(join(root, 'two.template'), 'utf8'), 'A=2\n');
  });
});

describe('scripts/generate: the environment template', () => {
  it('has every variable once, and filled in it is a valid environment', async () => {
    const lines = (await envTemplate.build()).split('\n');
    const pairs = lines.flatMap((line) => {
      const [, commented, name, value] = /^(# )?([A-Z_]+)=(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [{ commented: commented !== undefined, name, value }];
    });
    assert.deepEqual(pairs.map(({ name }) => name).toSorted(), Object.keys(ENV).toSorted());
    const required: Record<string, string> = TEST_ENVIRONMENT;
    const env = Object.fromEntries(pairs.map(({ name, value }) => [name, value === '' ? required[name] : value]));
    assert.equal(loadConfig(env, { command: 'serve', version: '1' }).http.port, 8080);
    assert.deepEqual(
      pairs.filter(({ commented }) => !commented).map(({ name }) => name),
      Object.entries(ENV).flatMap(([name, row]) => ('requiredWhen' in row ? [name] : [])),
    );
  });
});

describe('scripts/generate: references', () => {
  it('list every variable and every metric', async () => {
    const configuration = await configurationReference.build();
    for (const name of Object.keys(ENV)) assert.ok(configuration.includes(`| \`${name}\``), name);
    const metrics = await metricsReference.build();
    for (const { name } of CATALOG) assert.ok(metrics.includes(`| \`${name}\` |`), name);
  });
});
