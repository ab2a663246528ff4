import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderBeside, startCommand } from '../../../scripts/demo/way-out.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const PORTS = { page: 1, app: 2, admin: 3 };

describe('the command that a refused npm start proposes', () => {
  it('is whole, with --reset where it was asked for', () => {
    assert.equal(startCommand({ dataDir: '/data/b', ports: PORTS }), 'VALERA_DATA_DIR=/data/b SANDBOX_PORT=1 HTTP_PORT=2 ADMIN_PORT=3 npm start');
    assert.match(startCommand({ dataDir: '/data/b', ports: PORTS, reset: true }), / npm start -- --reset$/);
  });

  it('means the same folder to a shell, whatever its name', () => {
    for (const dataDir of ['/data/plain-1', '/data/my runs', "/data/it's", '/data/$HOME `x` "y" ü']) {
      const command = startCommand({ dataDir, ports: PORTS }).replace('npm start', `sh -c 'printf %s "$VALERA_DATA_DIR"'`);
      assert.equal(execFileSync('sh', ['-c', command]).toString(), dataDir);
    }
  });

  it('names a folder that is not there and can be made', async () => {
    const temp = await makeTempDir();
    const dataDir = join(temp.path, 'data');
    mkdirSync(`${dataDir}-2`);
    assert.equal(folderBeside(dataDir), `${dataDir}-3`);
    const elsewhere = folderBeside('/proc/1/nowhere/data');
    assert.ok(elsewhere.startsWith(tmpdir()) && !existsSync(elsewhere));
    await temp.remove();
  });
});
