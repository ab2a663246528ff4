import assert from 'node:assert/strict';
import { AppError } from '../../../app/kit/errors.ts';
import { readSettings, UsageError, type Surroundings } from '../../../scripts/demo/settings.ts';

const ordinary: Surroundings = { argv: [], env: {}, clone: '/src/valera', home: '/home/anna', isRoot: false };

const problemsOf = (surroundings: Surroundings): string => {
  try {
    readSettings(surroundings);
  } catch (error) {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'CONFIG_INVALID');
    return error.message;
  }
  return '';
};

describe('settings of npm start', () => {
  it('take a stand-in for every part and the standard ports when nothing is said', () => {
    const settings = readSettings(ordinary);
    assert.deepEqual(settings.parts, { telegram: 'sandbox', model: 'scripted', database: 'embedded', workshop: 'example' });
    assert.deepEqual(settings.ports, { page: 3000, app: 8080, admin: 9464 });
    assert.equal(settings.workshopDir, '/src/valera/app/workshop/example');
    assert.equal(settings.reset, false);
  });

  it('keep the data of each clone apart: in the home of a person, under /var/lib for root', () => {
    const mine = readSettings(ordinary).dataDir;
    assert.match(mine, /^\/home\/anna\/\.local\/share\/valera\/[0-9a-f]{12}$/);
    assert.notEqual(readSettings({ ...ordinary, clone: '/src/other' }).dataDir, mine);
    assert.match(readSettings({ ...ordinary, env: { XDG_DATA_HOME: '/data' } }).dataDir, /^\/data\/valera\/[0-9a-f]{12}$/);
    assert.match(readSettings({ ...ordinary, isRoot: true, env: { XDG_DATA_HOME: '/root/x' } }).dataDir, /^\/var\/lib\/valera\/[0-9a-f]{12}$/);
    assert.equal(readSettings({ ...ordinary, isRoot: true, env: { VALERA_DATA_DIR: 'data' } }).dataDir, '/src/valera/data');
  });

  for (const [part, env] of [
    ['telegram', { TELEGRAM_BOT_TOKEN: 'x' }],
    ['telegram', { TELEGRAM_BOT_TOKEN_FILE: '/x' }],
    ['model', { LLM_BASE_URL: 'x', LLM_API_KEY: 'y' }],
    ['database', { DATABASE_URL: 'x' }],
    ['workshop', { WORKSHOP_DIR: '/x' }],
  ] as const) {
    it(`make only the ${part} real for ${Object.keys(env).join(' and ')}`, () => {
      const { parts } = readSettings({ ...ordinary, env });
      const real = Object.entries(parts).filter(([, kind]) => kind === 'real');
      assert.deepEqual(real, [[part, 'real']]);
    });
  }

  it('name every problem at once', () => {
    const message = problemsOf({ ...ordinary, env: { HTTP_PORT: '80800', ADMIN_PORT: '3000', LLM_API_KEY: 'sk-1', SANDBOX_PROT: '3001' } });
    assert.match(message, /SANDBOX_PROT: unknown; is SANDBOX_PORT meant\?/);
    assert.match(message, /HTTP_PORT: expected a port/);
    assert.match(message, /three different ports/);
    assert.match(message, /LLM_BASE_URL, LLM_API_KEY: expected both/);
  });

  it('name slips of what only npm start reads, and nothing else', () => {
    assert.equal(problemsOf({ ...ordinary, env: { VALERA_DATADIR: '/x' } }), 'VALERA_DATADIR: unknown; is VALERA_DATA_DIR meant?');
    assert.equal(problemsOf({ ...ordinary, env: { SANDBOX_PROT: '', SANDBOX_HOST: 'x', SANDBOX_TOKEN: 'x', VALERA_ROLE_FILE: '/x', HTTPS_PORT: '1' } }), '');
  });

  it('refuse a command line that nobody understands', () => {
    for (const argv of [['--rest'], ['reset'], ['--reset=yes']]) {
      assert.throws(
        () => readSettings({ ...ordinary, argv }),
        (error) => error instanceof UsageError && error.message.includes('npm start -- --help'),
      );
    }
  });

  it('read --reset and --help', () => {
    assert.equal(readSettings({ ...ordinary, argv: ['--reset'] }).reset, true);
    assert.equal(readSettings({ ...ordinary, argv: ['--help'] }).help, true);
  });
});
