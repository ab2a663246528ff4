import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTempDir } from '../../support/temp-dir.ts';

type Lib = {
  installedLevel: (root: string) => 'none' | 'other' | 'run' | 'all';
  holdsDevelopment: (root: string) => boolean;
  stampInstalling: (root: string) => void;
  stampInstalled: (root: string, level: string) => void;
};
const path: string = '../../../scripts/lib/installed.mjs';
const { installedLevel, holdsDevelopment, stampInstalling, stampInstalled } = (await import(path)) as Lib;

const OTHER_ARCH = process.arch === 'x64' ? 'arm64' : 'x64';
const LOCK = {
  '': { optionalDependencies: { 'node-here': '24.0.0', 'node-elsewhere': '24.0.0' } },
  'node_modules/koa': { version: '3.0.0' },
  'node_modules/mocha': { version: '12.0.0', dev: true },
  'node_modules/node-here': { version: '24.0.0', optional: true, os: [process.platform], cpu: [process.arch] },
  'node_modules/node-elsewhere': { version: '24.0.0', optional: true, cpu: [OTHER_ARCH] },
  'node_modules/wasm': { version: '1.0.0', cpu: 'wasm32' },
  'node_modules/not-here': { version: '1.0.0', os: [`!${process.platform}`] },
  'node_modules/whim': { version: '1.0.0', optional: true },
};
const RUN = { 'node_modules/koa': { version: '3.0.0' }, 'node_modules/node-here': { version: '24.0.0' } };
const ALL = { ...RUN, 'node_modules/mocha': { version: '12.0.0', dev: true } };

describe('what is installed', () => {
  let temp: Awaited<ReturnType<typeof makeTempDir>>;
  const write = (file: string, packages: object): void => writeFileSync(join(temp.path, file), JSON.stringify({ packages }));
  const present = (packages: object): void => write('node_modules/.package-lock.json', packages);

  beforeEach(async () => {
    temp = await makeTempDir();
    mkdirSync(join(temp.path, 'node_modules'));
    write('package-lock.json', LOCK);
  });
  afterEach(() => temp.remove());

  it('is nothing in a fresh clone', () => {
    assert.equal(installedLevel(temp.path), 'none');
    assert.equal(holdsDevelopment(temp.path), false);
  });

  it('is recognised without a stamp of ours, as after npm ci by hand', () => {
    present(RUN);
    assert.deepEqual([installedLevel(temp.path), holdsDevelopment(temp.path)], ['run', false]);
    present(ALL);
    assert.deepEqual([installedLevel(temp.path), holdsDevelopment(temp.path)], ['all', true]);
  });

  it('is not enough when a version differs, a package is missing or this platform lacks its own', () => {
    present({ ...ALL, 'node_modules/koa': { version: '2.9.9' } });
    assert.equal(installedLevel(temp.path), 'other');
    present({ ...ALL, 'node_modules/node-here': undefined });
    assert.equal(installedLevel(temp.path), 'other');
  });

  it('counts as broken between the start and the end of an installation, whatever npm wrote before', () => {
    present(ALL);
    stampInstalling(temp.path);
    assert.equal(installedLevel(temp.path), 'other');
    stampInstalled(temp.path, 'all');
    assert.equal(installedLevel(temp.path), 'all');
  });

  it('trusts the stamp only for the lock and the tree it was written for', () => {
    present(RUN);
    stampInstalled(temp.path, 'all');
    assert.equal(installedLevel(temp.path), 'all');
    write('package-lock.json', { ...LOCK, 'node_modules/koa': { version: '3.1.0' } });
    assert.equal(installedLevel(temp.path), 'other');
    write('package-lock.json', LOCK);
    present({ 'node_modules/koa': { version: '3.0.0' } });
    assert.equal(installedLevel(temp.path), 'other');
  });

  it('names a lock that cannot be read', () => {
    writeFileSync(join(temp.path, 'package-lock.json'), readFileSync(join(temp.path, 'package-lock.json'), 'utf8').slice(0, 20));
    assert.throws(() => installedLevel(temp.path), /package-lock\.json is missing or broken/);
  });
});
