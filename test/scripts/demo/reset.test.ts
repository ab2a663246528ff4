import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '../../../app/kit/logger.ts';
import { startEmbeddedPostgres } from '../../../app/sandbox/postgres.ts';
import { resetData } from '../../../scripts/demo/reset.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

describe('npm start -- --reset', () => {
  it('clears what is ours, ends a server left on it, and leaves what is not', async () => {
    const temp = await makeTempDir();
    mkdirSync(join(temp.path, 'sandbox'));
    mkdirSync(join(temp.path, 'photos'));
    writeFileSync(join(temp.path, 'thesis.txt'), 'mine');
    const left = await startEmbeddedPostgres({ dataDir: temp.path, durable: false, logger: silentLogger });

    await resetData(temp.path, silentLogger);

    await left.exited;
    assert.deepEqual(
      readdirSync(temp.path).filter((name) => !name.startsWith('postgres-bin-')),
      ['photos', 'thesis.txt'],
    );
    await temp.remove();
  });
});
