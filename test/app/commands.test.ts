import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { schemaNeeds } from '../../app/db/migration.ts';
import { MIGRATIONS } from '../../app/db/migrations/index.ts';
import { createPlatform, type Platform } from '../support/platform.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { run } from '../support/process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A command as an engineer runs it; the event loop of the test stays free for sandbox and database. */
const command = async (args: readonly string[], env: Record<string, string>): Promise<{ code: number | null; output: string }> => {
  const running = run(['app/main.ts', ...args], env);
  await running.ended;
  return { code: running.child.exitCode, output: running.lines.join('\n') };
};

const json = (output: string): Record<string, unknown> =>
  JSON.parse(output.slice(output.indexOf('{\n'), output.lastIndexOf('\n}') + 2)) as Record<string, unknown>;

describe('commands', function () {
  this.timeout(30_000);
  let platform: Platform;
  let empty: TestDatabase;
  before(async () => {
    platform = await createPlatform();
    empty = await createTestDatabase();
  });
  after(async () => {
    await empty.drop();
    await platform.stop();
  });

  it('--help tells every command and exit code; an unknown word is wrong usage', () => {
    const help = spawnSync(process.execPath, ['app/main.ts', '--help'], { cwd: ROOT, encoding: 'utf8' });
    assert.equal(help.status, 0);
    for (const word of ['serve', 'migrate', 'preflight', 'smoke', '--phase', '--expect', '78']) assert.ok(help.stdout.includes(word), word);
    const wrong = spawnSync(process.execPath, ['app/main.ts', 'sevre'], { cwd: ROOT, encoding: 'utf8' });
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /unknown command: sevre/);
  });

  it('serve without configuration names every variable it misses and ends with 78', async () => {
    const { code, output } = await command(['serve'], {});
    assert.equal(code, 78);
    for (const name of ['DATABASE_URL', 'TELEGRAM_BOT_TOKEN', 'TELEGRAM_WEBHOOK_SECRET', 'LLM_API_KEY', 'WORKSHOP_DIR', 'LOG_PSEUDONYM_KEY']) {
      assert.ok(output.includes(name), `${name} in:\n${output}`);
    }
  });

  it('serve with broken content ends with 78 and says what is wrong where, before it listens', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'valera-test-content-'));
    await writeFile(join(dir, 'workshop.yaml'), 'name: [');
    const { code, output } = await command(['serve'], platform.environment({ WORKSHOP_DIR: dir }));
    assert.equal(code, 78);
    assert.match(output, /workshop\.yaml:\d+/);
    assert.match(output, /prices\.csv/);
    await rm(dir, { recursive: true });
  });

  it('migrate needs only the database, and runs twice', async () => {
    for (const phase of ['expand', 'all']) {
      const { code, output } = await command(['migrate', '--phase', phase], { DATABASE_URL: empty.url });
      assert.equal(code, 0, output);
      assert.deepEqual(json(output)['pending'], []);
    }
    assert.equal((await command(['migrate', '--phase', 'sideways'], { DATABASE_URL: empty.url })).code, 2);
  });

  it('migrate against no database says try again (75)', async () => {
    const { code, output } = await command(['migrate'], { DATABASE_URL: 'postgresql://valera:x@127.0.0.1:1/valera' });
    assert.equal(code, 75, output);
    assert.match(output, /DATABASE_UNAVAILABLE/);
  });

  it('preflight prints the facts and changes nothing', async () => {
    const { code, output } = await command(['preflight', '--replicas', '1'], platform.environment());
    const report = json(output);
    assert.equal(code, 0, output);
    const { target, min } = schemaNeeds(MIGRATIONS);
    assert.deepEqual(
      [report['ok'], report['current'], report['target'], report['min'], report['minReader'], report['pending']],
      [true, target, target, min, 1, []],
    );
    assert.match(String(report['server']), /^17\./);
  });

  it('preflight on a database that was never migrated lists what is pending', async () => {
    const fresh = await createTestDatabase();
    const { code, output } = await command(['preflight', '--replicas', '1'], platform.environment({ DATABASE_URL: fresh.url }));
    assert.equal(code, 0, output);
    assert.deepEqual(
      json(output)['pending'],
      MIGRATIONS.map(({ version, phase, minReader }) => ({ version, phase, minReader })),
    );
    await fresh.drop();
  });

  it('preflight refuses too many replicas, foreign tables and broken content (78), and asks to try again without a database (75)', async () => {
    const reasons = (output: string) => json(output)['checks'] as Record<string, { ok: boolean; reason: string }>;
    const many = await command(['preflight', '--replicas', '50'], platform.environment());
    assert.equal(many.code, 78);
    assert.match(reasons(many.output)['connections']?.reason ?? '', /connections needed/);

    const foreign = await createTestDatabase({ key: 'foreign', prepare: async (url) => {
      const pg = await import('pg');
      const client = new pg.default.Client({ connectionString: url });
      await client.connect();
      await client.query('CREATE TABLE orders (id int)');
      await client.end();
    } }); // prettier-ignore
    const occupied = await command(['preflight'], platform.environment({ DATABASE_URL: foreign.url }));
    assert.equal(occupied.code, 78);
    assert.match(reasons(occupied.output)['schema']?.reason ?? '', /DatabaseNotEmpty/);
    await foreign.drop();

    const broken = await command(['preflight', '--replicas', '1'], platform.environment({ WORKSHOP_DIR: '/nowhere' }));
    assert.equal(broken.code, 78);
    assert.equal(reasons(broken.output)['workshop']?.ok, false);

    const away = await command(['preflight'], platform.environment({ DATABASE_URL: 'postgresql://valera:x@127.0.0.1:1/valera' }));
    assert.equal(away.code, 75);
  });

  it('smoke speaks with the real engine and model, and leaves nothing in the database or with the customer', async () => {
    const rows = async (): Promise<number[]> =>
      Promise.all(
        ['inbox', 'lane', 'turn_input', 'step', 'message', 'outbox', 'booking', 'client', 'event'].map(async (table) => (await platform.db(table)).length),
      );
    const before = await rows();
    const book = 'Запишите меня на покраску капота, Лада Веста, Анна, +7 912 345-67-89, послезавтра в 10:00';
    const { code, output } = await command(
      ['smoke', '--say', '/start', '--say', 'Сколько стоит покрасить бампер на Весту?', '--say', book, '--expect', 'менеджер'],
      platform.environment(),
    );
    assert.equal(code, 0, output);
    const dialogue = json(output)['dialogue'] as { bot: string[] }[];
    assert.match(dialogue[1]?.bot.join() ?? '', /₽/);
    assert.deepEqual(await rows(), before);
  });

  it('smoke fails when the model is away or the answer is another one', async () => {
    const away = await command(['smoke'], platform.environment({ LLM_BASE_URL: 'http://127.0.0.1:1/v1' }));
    assert.equal(away.code, 1);
    assert.match(away.output, /the model did not answer/);
    const other = await command(['smoke', '--say', 'спасибо', '--expect', 'такого не скажет'], platform.environment());
    assert.equal(other.code, 1);
    assert.match(other.output, /does not match/);
  });
});
