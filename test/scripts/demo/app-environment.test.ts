import assert from 'node:assert/strict';
import { loadConfig } from '../../../app/config.ts';
import { buildAppEnvironment } from '../../../scripts/demo/app-environment.ts';
import { readSettings } from '../../../scripts/demo/settings.ts';

type Environment = Record<string, string>;

const sandbox = {
  botToken: `42000001:${'s'.repeat(35)}`,
  botApiBaseUrl: 'http://127.0.0.1:3000/telegram',
  llmBaseUrl: 'http://127.0.0.1:3000/llm/v1',
  llmApiKey: 'sandbox-key',
  llmModel: 'scripted',
};

const build = (env: Environment, accessToken = 'token-of-the-page'): Record<string, string | undefined> => {
  const settings = readSettings({ argv: [], env, clone: '/src/valera', home: '/home/anna', isRoot: false });
  return buildAppEnvironment({ env, settings, sandbox, databaseUrl: 'postgresql://valera:x@127.0.0.1:5555/valera', accessToken });
};

const configure = (env: Environment) => loadConfig(build(env), { command: 'serve', version: '0.1.0' });

describe('environment of the app under npm start', () => {
  it('is a complete configuration when nothing is set', () => {
    const config = configure({});
    assert.equal(config.telegram.token, sandbox.botToken);
    assert.equal(config.telegram.apiBaseUrl, sandbox.botApiBaseUrl);
    assert.deepEqual([config.llm.baseUrl, config.llm.model], [sandbox.llmBaseUrl, 'scripted']);
    assert.equal(config.workshop.managerChatId, -1_001_000_000_001);
    assert.ok(config.telegram.delivery.mode === 'webhook');
    assert.equal(config.telegram.delivery.url, 'http://127.0.0.1:8080/telegram/webhook');
  });

  it('does not hide that polling is asked for', () => {
    assert.throws(() => configure({ TELEGRAM_MODE: 'polling' }), /TELEGRAM_MODE: polling is not built yet/);
  });

  it('follows the ports, and takes none of the names that only npm start reads', () => {
    const config = configure({ HTTP_PORT: '8090', ADMIN_PORT: '9500', SANDBOX_PORT: '3001', VALERA_DATA_DIR: '/tmp/x', VALERA_ROLE_FILE: '/none' });
    assert.deepEqual([config.http.port, config.http.adminPort], [8090, 9500]);
    assert.ok(config.telegram.delivery.mode === 'webhook');
    assert.equal(config.telegram.delivery.url, 'http://127.0.0.1:8090/telegram/webhook');
    assert.equal(config.release.roleFile, undefined);
  });

  it('keeps what a person gave for the parts that are real', () => {
    const token = `777777:${'r'.repeat(35)}`;
    const config = configure({
      TELEGRAM_BOT_TOKEN: token,
      MANAGER_CHAT_ID: '-100777',
      LLM_BASE_URL: 'https://llm.example.com',
      LLM_API_KEY: 'sk-real',
      LLM_MODEL: 'big',
      DATABASE_URL: 'postgresql://me:pw@db.example.com:5432/mine',
      WORKSHOP_DIR: '/etc/workshop',
    });
    assert.deepEqual([config.telegram.token, config.telegram.apiBaseUrl], [token, 'https://api.telegram.org']);
    assert.deepEqual([config.llm.baseUrl, config.llm.apiKey, config.llm.model], ['https://llm.example.com', 'sk-real', 'big']);
    assert.equal(config.database.url, 'postgresql://me:pw@db.example.com:5432/mine');
    assert.deepEqual([config.workshop.dir, config.workshop.managerChatId], ['/etc/workshop', -100_777]);
  });

  it('derives the same secrets at every start, others for another token, and never the token itself', () => {
    const [first, again, other] = [build({}), build({}), build({}, 'another-token')];
    for (const name of ['TELEGRAM_WEBHOOK_SECRET', 'LOG_PSEUDONYM_KEY']) {
      assert.equal(first[name], again[name]);
      assert.notEqual(first[name], other[name]);
    }
    assert.notEqual(first['TELEGRAM_WEBHOOK_SECRET'], first['LOG_PSEUDONYM_KEY']);
    assert.ok(!Object.values(first).includes('token-of-the-page'));
  });
});
