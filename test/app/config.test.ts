import assert from 'node:assert/strict';
import { type Config, describeDatabase, loadConfig, secretsOf } from '../../app/config.ts';
import { ENV } from '../../app/contract/env.ts';
import { AppError } from '../../app/kit/errors.ts';
import { TEST_ENVIRONMENT, testConfig } from '../support/config.ts';

type Environment = Record<string, string | undefined>;
const load = (env: Environment, readFile?: (path: string) => string): Config =>
  loadConfig(env, { command: 'serve', version: '1.2.3', ...(readFile ? { readFile } : {}) });

/** The lines after the title, or a failed test when loading succeeds. */
const problemsOf = (act: () => unknown): readonly string[] => {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'CONFIG_INVALID');
    assert.equal(error.exitCode, 78);
    return error.message
      .split('\n')
      .filter((line) => line.startsWith('  '))
      .map((line) => line.trim());
  }
  return assert.fail('accepted');
};
const problemsWith = (changes: Environment): readonly string[] => problemsOf(() => load({ ...TEST_ENVIRONMENT, ...changes }));

describe('config: a valid environment', () => {
  it('becomes one deeply frozen value with the design’s defaults', () => {
    const config = load({ ...TEST_ENVIRONMENT, HTTP_PORT: undefined });
    assert.equal(config.release.version, '1.2.3');
    assert.equal(config.http.port, 8080);
    assert.equal(config.http.bodyLimitBytes, 1_048_576);
    assert.equal(config.telegram.botId, 123_456_789);
    assert.deepEqual(config.outbox.unknownBackoffMs, [5_000, 30_000, 120_000, 600_000]);
    assert.equal(config.reaper.bodyRetentionMs, 604_800_000);
    assert.throws(() => ((config.outbox.unknownBackoffMs as number[])[0] = 1), TypeError);
    assert.throws(() => ((config.telegram.delivery as { mode: string }).mode = 'polling'), TypeError);
  });

  it('is webhook; the type keeps polling, never a mix of both', () => {
    const webhook = testConfig({ TELEGRAM_WEBHOOK_SECRET_PREVIOUS: 'previous-secret-0123', TELEGRAM_WEBHOOK_URL: 'https://bot.example.com/telegram/webhook' });
    assert.deepEqual(webhook.telegram.delivery, {
      mode: 'webhook',
      secret: TEST_ENVIRONMENT.TELEGRAM_WEBHOOK_SECRET,
      previousSecret: 'previous-secret-0123',
      url: 'https://bot.example.com/telegram/webhook',
    });
    const polling: Config['telegram']['delivery'] = { mode: 'polling', pollTimeoutMs: 25_000 };
    // @ts-expect-error a secret belongs to the webhook
    const mixed: Config['telegram']['delivery'] = { mode: 'polling', pollTimeoutMs: 25_000, secret: 'x' };
    assert.equal(polling.mode, mixed.mode);
  });

  it('treats an empty variable as not set', () => {
    assert.equal(testConfig({ MANAGER_CHAT_ID: '', LLM_MODEL: '' }).workshop.managerChatId, undefined);
    assert.equal(testConfig({ LLM_MODEL: '' }).llm.model, 'deepseek-chat');
  });

  it('has the pauses of the newer loops', () => {
    const { reaper, release, telegram, http } = testConfig({ REAPER_RETENTION_INTERVAL_MS: 11, PRESENCE_INTERVAL_MS: 12 });
    assert.deepEqual([reaper.retentionIntervalMs, release.presenceIntervalMs, telegram.webhookCheckMs, http.healthCacheMs], [11, 12, 60_000, 5_000]);
  });

  it('keeps base URLs without their last slash', () => {
    assert.equal(testConfig({ LLM_BASE_URL: 'http://127.0.0.1:3000/llm/v1/' }).llm.baseUrl, 'http://127.0.0.1:3000/llm/v1');
  });

  it('every default of the table is itself valid', () => {
    for (const [name, row] of Object.entries(ENV)) {
      if ('default' in row) assert.equal(row.kind.schema.safeParse(row.default).success, true, name);
    }
  });

  it('migrate needs the database and nothing else', () => {
    const config = loadConfig({ DATABASE_URL: 'postgresql://u:p@h/d', TELEGRAM_BOT_TOKEN: 'broken' }, { command: 'migrate', version: '1' });
    assert.equal(config.database.url, 'postgresql://u:p@h/d');
    assert.deepEqual([config.telegram.token, config.llm.apiKey, config.log.pseudonymKey], ['', '', '']);
    assert.match(problemsOf(() => loadConfig({}, { command: 'migrate', version: '1' })).join(), /^DATABASE_URL: expected postgresql:[^,]*, got nothing/);
  });
});

describe('config: problems', () => {
  it('are all reported at once, each with its variable and what is expected', () => {
    const problems = problemsOf(() => load({ LANE_LEASE_MS: 'soon', HTTP_PORT: '99999', LOG_LEVEL: 'loud' }));
    const names = problems.map((problem) => problem.split(':', 1)[0]);
    assert.deepEqual(
      names.toSorted(),
      [
        'DATABASE_URL',
        'HTTP_PORT',
        'LANE_LEASE_MS',
        'LLM_API_KEY',
        'LOG_LEVEL',
        'LOG_PSEUDONYM_KEY',
        'TELEGRAM_BOT_TOKEN',
        'TELEGRAM_WEBHOOK_SECRET',
        'WORKSHOP_DIR',
      ].toSorted(),
    );
    assert.ok(problems.includes('LOG_LEVEL: expected one of debug | info | warn | error, got "loud"'));
    assert.ok(problems.includes('HTTP_PORT: expected a port from 1 to 65535, or 0 for any free one, got "99999"'));
  });

  it('webhook mode without a secret does not start', () => {
    assert.match(problemsWith({ TELEGRAM_WEBHOOK_SECRET: undefined }).join(), /^TELEGRAM_WEBHOOK_SECRET: expected 16 to 256 characters/);
  });

  it('never show a secret, nor the password of a URL', () => {
    const planted = 'pl@nted-secret-value!';
    for (const [name, row] of Object.entries(ENV)) {
      if (!('secret' in row)) continue;
      assert.doesNotMatch(problemsWith({ [name]: `${planted} ${planted}` }).join(), /pl@nted/, name);
    }
    assert.doesNotMatch(problemsWith({ LLM_BASE_URL: `https://user:${planted}@llm.example.com/` }).join(), /nted-secret/);
  });

  const refused: Record<string, readonly string[]> = {
    DATABASE_URL: ['mysql://u:p@h/d', 'postgresql://h', 'h/d', 'postgresql://h /d'],
    TELEGRAM_BOT_TOKEN: ['123456789', 'abc:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', '123456789:short', `123456789:${'A'.repeat(35)}\n`],
    TELEGRAM_MODE: ['Webhook', 'both'],
    TELEGRAM_WEBHOOK_SECRET: ['short', `${'a'.repeat(20)} b`, 'a'.repeat(257), 'пароль-из-кириллицы'],
    TELEGRAM_WEBHOOK_URL: [
      'http://bot.example.com/telegram/webhook',
      'https://bot.example.com:8444/telegram/webhook',
      'bot.example.com/telegram/webhook',
      'https://u:p@bot.example.com/telegram/webhook',
      'https://bot.example.com/',
      'https://bot.example.com/webhook',
      'https://bot.example.com/telegram/webhook/more',
      'https://bot.example.com/?path=/telegram/webhook',
    ],
    TELEGRAM_API_BASE_URL: ['ftp://x', 'https://u@x', 'https://x/?a=1'],
    MANAGER_CHAT_ID: ['0', '1.5', '-99999999999999999', '@group', '1e3'],
    HTTP_PORT: ['-1', '65536', '80.5', '0x50', ' 80'],
    LANE_LEASE_MS: ['0', '-5', '1e3', '15s', '99999999999999'],
    SHUTDOWN_PRE_STOP_MS: ['-1', 'none'],
    OUTBOX_FLOOD_JITTER: ['1.5', '-0.1', '.1'],
    OUTBOX_UNKNOWN_BACKOFF_MS: ['5000,', '5000;30000', '0', '1,2,3,4,5,6,7,8,9,10,11'],
    HTTP_HOST: ['http://x', 'a b'],
    LLM_MODEL: ['two words', 'a'.repeat(201)],
  };
  for (const [name, values] of Object.entries(refused)) {
    it(`${name} refuses ${values.map((value) => JSON.stringify(value.slice(0, 30))).join(', ')}`, () => {
      for (const value of values)
        assert.ok(
          problemsWith({ [name]: value }).some((problem) => problem.startsWith(`${name}: expected `)),
          value,
        );
    });
  }

  it('name pairs of durations that only work in the other order', () => {
    assert.deepEqual(problemsWith({ LLM_TOTAL_TIMEOUT_MS: '5000' }), [
      'LLM_ATTEMPT_TIMEOUT_MS: expected at most LLM_TOTAL_TIMEOUT_MS (5000): one call is part of all calls, got 18000',
    ]);
  });

  it('name a lease that ends before its renewal and margin', () => {
    assert.deepEqual(problemsWith({ LANE_LEASE_RENEW_MS: '13000' }), [
      'LANE_LEASE_RENEW_MS: expected less than LANE_LEASE_MS − LANE_LEASE_MARGIN_MS (13000): a lease must be renewed before its worker gives up, got 13000',
    ]);
    assert.match(problemsWith({ OUTBOX_LEASE_RENEW_MS: '18000' }).join(), /^OUTBOX_LEASE_RENEW_MS: expected less than OUTBOX_LEASE_MS − LANE_LEASE_MARGIN_MS/);
    assert.match(problemsWith({ LANE_LEASE_MARGIN_MS: '20000' }).join('\n'), /^LANE_LEASE_RENEW_MS: .*\nOUTBOX_LEASE_RENEW_MS: /);
    assert.ok(testConfig({ LANE_LEASE_RENEW_MS: 12_999, OUTBOX_LEASE_RENEW_MS: 17_999 }));
  });

  it('refuse polling together with everything else that is wrong, whatever the command', () => {
    assert.deepEqual(problemsWith({ TELEGRAM_MODE: 'polling', LOG_LEVEL: 'loud' }), [
      'LOG_LEVEL: expected one of debug | info | warn | error, got "loud"',
      'TELEGRAM_MODE: polling is not built yet; use webhook',
    ]);
    const polling = { ...TEST_ENVIRONMENT, TELEGRAM_MODE: 'polling' };
    for (const command of ['serve', 'preflight', 'smoke'] as const)
      assert.equal(problemsOf(() => loadConfig(polling, { command, version: '1' })).length, 1, command);
    assert.ok(loadConfig(polling, { command: 'migrate', version: '1' }));
  });

  it('name one port for both listeners of one address', () => {
    const same = { HTTP_PORT: '8080', ADMIN_PORT: '8080' };
    assert.deepEqual(problemsWith(same), ['ADMIN_PORT: expected another port than HTTP_PORT (8080): both listeners would take the same address, got 8080']);
    for (const host of ['0.0.0.0', '::', 'localhost']) assert.match(problemsWith({ ...same, HTTP_HOST: host }).join(), /^ADMIN_PORT: /, host);
    assert.ok(testConfig({ ...same, HTTP_HOST: '10.0.0.7' }));
    assert.ok(testConfig({ HTTP_PORT: 0, ADMIN_PORT: 0 }));
  });

  it('name misspelt variables of ours and leave other people’s alone', () => {
    assert.deepEqual(problemsWith({ TELEGRAM_BOT_TOKEN_FIEL: '/x', LANE_LEASE_M: '1' }), [
      'TELEGRAM_BOT_TOKEN_FIEL: unknown; is TELEGRAM_BOT_TOKEN_FILE meant?',
      'LANE_LEASE_M: unknown; is LANE_LEASE_MS meant?',
    ]);
    const foreign = [
      'HTTP_PROXY',
      'VALERA_DATA_DIR',
      'VALERA_SERVICE_HOST',
      'VALERA_PORT',
      'DATABASE_NAME',
      'TELEGRAM_CONTRACT_TOKEN',
      'PATH',
      'LANG',
      'HTTPS_PROXY',
    ];
    assert.ok(load({ ...TEST_ENVIRONMENT, ...Object.fromEntries(foreign.map((name) => [name, 'x'])) }));
  });

  it('point from a missing variable to the misspelt one', () => {
    assert.match(problemsWith({ WORKSHOP_DIR: undefined, WORKSHOPDIR: '/content' }).join(), /^WORKSHOP_DIR: .* \(WORKSHOPDIR is set: is it meant\?\)$/);
  });
});

describe('config: secrets from files', () => {
  const files: Record<string, string> = { '/run/token': `${TEST_ENVIRONMENT.TELEGRAM_BOT_TOKEN}\n`, '/run/empty': '\n' };
  const readFile = (path: string): string => files[path] ?? assert.fail('ENOENT');
  const without = { ...TEST_ENVIRONMENT, TELEGRAM_BOT_TOKEN: undefined };

  it('are read, without their last newline', () => {
    assert.equal(load({ ...without, TELEGRAM_BOT_TOKEN_FILE: '/run/token' }, readFile).telegram.token, TEST_ENVIRONMENT.TELEGRAM_BOT_TOKEN);
  });

  it('are a problem when missing, empty, or given twice', () => {
    assert.deepEqual(
      problemsOf(() => load({ ...without, TELEGRAM_BOT_TOKEN_FILE: '/run/none' }, readFile)),
      ['TELEGRAM_BOT_TOKEN_FILE: expected a readable file (ENOENT)'],
    );
    assert.match(
      problemsOf(() => load({ ...without, TELEGRAM_BOT_TOKEN_FILE: '/run/empty' }, readFile)).join(),
      /^TELEGRAM_BOT_TOKEN_FILE: .* got an empty one$/,
    );
    assert.deepEqual(
      problemsOf(() => load({ ...TEST_ENVIRONMENT, TELEGRAM_BOT_TOKEN_FILE: '/run/token' }, readFile)),
      ['TELEGRAM_BOT_TOKEN: set both directly and by TELEGRAM_BOT_TOKEN_FILE; keep one'],
    );
  });

  it('secretsOf lists every secret of the table that is set', () => {
    const optional = { TELEGRAM_WEBHOOK_SECRET_PREVIOUS: 'previous-secret-0123', LLM_FALLBACK_API_KEY: 'second-llm-key' };
    const secrets = secretsOf(testConfig({ ...optional, LLM_FALLBACK_BASE_URL: 'https://llm.example.com', LLM_FALLBACK_MODEL: 'm' }));
    const expected = Object.entries(ENV).flatMap(([name, row]) => ('secret' in row ? [name] : []));
    assert.equal(secrets.length, expected.length);
    for (const name of expected) assert.ok(secrets.includes({ ...TEST_ENVIRONMENT, ...optional }[name] ?? ''), name);
  });
});

describe('config: describeDatabase', () => {
  it('says host, port and database', () => {
    assert.equal(describeDatabase('postgresql://anna:secret@db.example.com:6432/valera?sslmode=require'), 'db.example.com:6432/valera');
    assert.equal(describeDatabase('postgres://db/valera'), 'db:5432/valera');
    assert.equal(describeDatabase('postgresql://anna:secret@[::1]:5432/valera'), '[::1]:5432/valera');
    assert.equal(describeDatabase('postgresql:///valera?host=/run/postgresql&port=5433'), '/run/postgresql:5433/valera');
  });

  it('never says user or password, however the URL is broken', () => {
    const broken = [
      'anna:sec/ret@db/valera',
      'anna:12/secret@db/valera',
      'anna:12?secret@db/valera',
      'anna:12#secret@db/valera',
      'anna:sec#ret@db',
      'anna:secret@',
    ];
    for (const rest of broken)
      assert.equal(
        describeDatabase(`postgresql://${rest}`)
          .replace('cannot be read', '')
          .match(/anna|sec|ret|12/),
        null,
        rest,
      );
  });
});
