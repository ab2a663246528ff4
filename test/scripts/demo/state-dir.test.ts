import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLog, pickStateDir, readAccessToken } from '../../../scripts/demo/state-dir.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

describe('folder of the token and the log', () => {
  let temp: Awaited<ReturnType<typeof makeTempDir>>;
  beforeEach(async () => {
    temp = await makeTempDir();
  });
  afterEach(() => temp.remove());

  it('is the first that can be made and written', () => {
    writeFileSync(join(temp.path, 'a-file'), '');
    const good = join(temp.path, 'deep/good');
    assert.equal(pickStateDir([join(temp.path, 'a-file/inside'), good]), good);
    assert.throws(() => pickStateDir([join(temp.path, 'a-file/inside')]), /cannot|can be written/);
  });

  it('keeps one token, readable by its owner only, and replaces a broken one', () => {
    const file = join(temp.path, 'sandbox-token');
    const token = readAccessToken(temp.path);
    assert.match(token, /^[\w-]{32}$/);
    assert.equal(readAccessToken(temp.path), token);
    assert.equal(readFileSync(file, 'utf8').trim(), token);
    writeFileSync(file, 'x\n');
    chmodSync(file, 0o644);
    assert.match(readAccessToken(temp.path), /^[\w-]{32}$/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('holds a log that keeps its last lines and stays below its cap', () => {
    const file = join(temp.path, 'app.log');
    mkdirSync(temp.path, { recursive: true });
    const first = openLog(file, 100);
    for (let line = 1; line <= 50; line += 1) first.write(`line ${line}\n`);
    openLog(file, 100).write('after a restart\n');
    const [now, before] = [readFileSync(file, 'utf8'), readFileSync(`${file}.1`, 'utf8')];
    assert.match(now, /line 50\nafter a restart\n$/);
    assert.ok(now.length <= 120 && before.length <= 120);
  });
});
