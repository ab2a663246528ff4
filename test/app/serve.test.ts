import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schemaNeeds } from '../../app/db/migration.ts';
import { MIGRATIONS } from '../../app/db/migrations/index.ts';
import { ANNA, BORIS, createPlatform, MANAGERS, type Platform } from '../support/platform.ts';
import type { Running } from '../support/process.ts';
import { until } from '../support/until.ts';

const SECRET = 'test-webhook-secret-0123456789';

describe('the app as a process', function () {
  this.timeout(60_000);
  let platform: Platform;
  let app: Running;
  before(async () => {
    platform = await createPlatform();
    app = await platform.startApp({ LOG_LEVEL: 'debug' });
  });
  after(async () => {
    await app.end('SIGKILL');
    await platform.stop();
  });

  const post = (body: string | Buffer, secret: string | undefined = SECRET) =>
    fetch(`http://127.0.0.1:${platform.appPort}/telegram/webhook`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...(secret === '' ? {} : { 'x-telegram-bot-api-secret-token': secret }) },
    });
  const inbox = async () => (await platform.db('inbox')).length;
  const text = (id: number, chatId: number, words: string) =>
    JSON.stringify({
      update_id: id,
      message: { message_id: id, date: 0, chat: { id: chatId, type: 'private' }, from: { id: chatId, is_bot: false, first_name: 'К' }, text: words },
    });

  describe('the webhook’s answers, with the update on disk before each 200', () => {
    const stored: [what: string, body: string | Buffer][] = [
      ['a text', text(900_001, 1, 'привет')],
      ['malformed JSON', '{"update_id": 900002, '],
      ['NUL bytes', Buffer.from([0, 0, 0, 0])],
      ['an escaped NUL', text(900_003, 1, 'a\u0000b')],
      [
        'a lone surrogate',
        `{"update_id":900004,"message":{"message_id":1,"date":0,"chat":{"id":1,"type":"private"},"from":{"id":1,"is_bot":false,"first_name":"\\ud800"},"text":"\\udfff"}}`,
      ],
      [
        'nesting 10 000 deep',
        `{"update_id":900005,"message":{"message_id":1,"date":0,"chat":{"id":1,"type":"private"},"x":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`,
      ],
      ['ids beyond 2^53', '{"update_id":9007199254740993,"message":{"chat":{"id":9007199254740993}}}'],
      ['ids beyond 2^63', '{"update_id":36893488147419103232,"message":{"chat":{"id":36893488147419103232}}}'],
      ['an empty body', ''],
      ['wrong types everywhere', '{"update_id":900006,"message":{"message_id":"x","date":null,"chat":{"id":1,"type":5},"from":[],"text":{}}}'],
    ];
    for (const [what, body] of stored) {
      it(`${what}: 200, and a repeat is 200 without a second row`, async () => {
        const before = await inbox();
        assert.equal((await post(body)).status, 200);
        assert.equal(await inbox(), before + 1);
        assert.equal((await post(body)).status, 200);
        assert.equal(await inbox(), before + 1);
      });
    }

    const refused: [what: string, body: string, secret: string, status: number][] = [
      ['no secret', text(900_100, 1, 'x'), '', 401],
      ['a wrong secret', text(900_101, 1, 'x'), 'test-webhook-secret-0123456780', 401],
      ['an oversized secret', text(900_102, 1, 'x'), 'a'.repeat(10_000), 401],
      ['two megabytes', text(900_103, 1, 'я'.repeat(1_000_000)), SECRET, 413],
    ];
    for (const [what, body, secret, status] of refused) {
      it(`${what}: ${status}, and nothing stored`, async () => {
        const before = await inbox();
        assert.equal((await post(body, secret)).status, status);
        assert.equal(await inbox(), before);
      });
    }

    it('after all of that nothing is open, nothing crashed, and the next customer is answered', async () => {
      await until(async () => (await platform.db('inbox').whereNull('done_at')).length === 0);
      assert.equal(app.child.exitCode, null);
      assert.ok((await platform.ask(ANNA, 'Здравствуйте')).length > 0);
    });
  });

  describe('a customer', () => {
    it('is told honestly that a service is not in the list', async () => {
      const answer = await platform.ask(ANNA, 'А сколько стоит замена масла?');
      assert.doesNotMatch(answer, /\d[\d\s]*₽/);
      assert.match(answer, /нет|не нашёл|не нашла|не оказыва/i);
    });

    it('is not booked for Sunday at three in the morning, and told when it is open', async () => {
      const answer = await platform.ask(BORIS, 'Запишите меня на покраску капота, Камри, Борис, +7 911 222-33-44, в воскресенье в 3 ночи');
      assert.match(answer, /вс выходной|воскресень/i);
      assert.equal((await platform.db('booking')).length, 0);
    });

    it('may write 30 000 characters', async () => {
      assert.ok((await platform.ask(ANNA, 'у меня длинная история про бампер '.repeat(870).slice(0, 30_000))).length > 0);
    });

    it('two at once are each answered with their own, and booked with their own', async () => {
      const [anna, boris] = await Promise.all([
        platform.ask(ANNA, 'Запишите меня на покраску капота, Лада Веста, Анна, +7 912 345-67-89, послезавтра в 10:00'),
        platform.ask(BORIS, 'Запишите меня на покраску двери, Камри, Борис, +7 911 222-33-44, послезавтра в 11:00'),
      ]);
      assert.match(anna, /Анна/);
      assert.match(boris, /Борис/);
      await until(async () => (await platform.fromBot(MANAGERS)).length === 2);
      const notices = await platform.fromBot(MANAGERS);
      assert.ok(
        notices.some((notice) => notice.includes('+79123456789') && notice.includes('Веста') && !notice.includes('Camry')),
        notices.join('\n'),
      );
      assert.ok(
        notices.some((notice) => notice.includes('+79112223344') && notice.includes('Camry')),
        notices.join('\n'),
      );
    });

    it('in the managers’ group the bot is silent', async () => {
      const before = (await platform.fromBot(MANAGERS)).length;
      const open = await inbox();
      await platform.write(MANAGERS, 'коллеги, кто сегодня?');
      await until(async () => (await inbox()) > open && (await platform.db('inbox').whereNull('done_at')).length === 0);
      assert.equal((await platform.fromBot(MANAGERS)).length, before);
    });
  });

  describe('afterwards', () => {
    it('each delivery was counted once', async () => {
      const { adminPort } = JSON.parse(await app.line((line) => line.includes('app started'))) as { adminPort: number };
      const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
      const counted = [...text.matchAll(/^telegram_updates_total\{outcome="(?:stored|poison)"\} (\d+)$/gm)].reduce((sum, [, n]) => sum + Number(n), 0);
      assert.equal(counted, await inbox());
    });

    it('the log holds no secret, phone or word of a customer, and follows an update by its request id', () => {
      const log = app.lines.join('\n');
      const environment = platform.environment();
      for (const name of ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_WEBHOOK_SECRET', 'LLM_API_KEY', 'LOG_PSEUDONYM_KEY', 'DATABASE_URL']) {
        assert.ok(!log.includes(environment[name] ?? '?'), name);
      }
      for (const word of ['79123456789', '912 345', 'бампер', 'Анна', 'Борис', String(ANNA), String(BORIS)]) assert.ok(!log.includes(word), word);
      const lines = app.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const received = lines.find((line) => line['msg'] === 'update received' && line['outcome'] === 'stored');
      const turn = lines.find((line) => line['msg'] === 'turn done' && (line['request_ids'] as unknown[]).includes(received?.['request_id']));
      assert.ok(turn, 'the turn names the request that brought its update');
      assert.ok(
        lines.some((line) => line['msg'] === 'send finished' && line['turn_id'] === turn['turn_id']),
        'the send names its turn',
      );
    });

    it('SIGTERM ends it in order: the answer under way is finished, nothing is left open, exit 0', async () => {
      const before = (await platform.fromBot(ANNA)).length;
      await platform.write(ANNA, 'сколько стоит полировка?');
      await until(async () => (await platform.db('inbox').whereNull('done_at')).length > 0 || (await platform.fromBot(ANNA)).length > before);
      assert.equal(await app.end('SIGTERM'), 0);
      assert.equal((await platform.db('lane').whereNotNull('lease_until')).length, 0, 'every lease was given back');
      assert.ok(app.lines.at(-1)?.includes('stopped'));
      app = await platform.startApp();
      await until(async () => (await platform.fromBot(ANNA)).length > before);
    });
  });
});

describe('the role of a process', function () {
  this.timeout(60_000);
  let platform: Platform;
  let app: Running;
  let dir: string;
  const roles = async (content: object): Promise<void> => {
    await writeFile(join(dir, 'next.json'), JSON.stringify(content));
    await rename(join(dir, 'next.json'), join(dir, 'roles.json'));
  };
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'valera-test-roles-'));
    platform = await createPlatform();
    app = await platform.startApp({ VALERA_ROLE_FILE: join(dir, 'roles.json'), VALERA_REVISION: 'r2', VALERA_ROLE_POLL_MS: '20' });
  });
  after(async () => {
    await app.end('SIGTERM');
    await platform.stop();
    await rm(dir, { recursive: true });
  });

  const report = async () => (await (await fetch(`http://127.0.0.1:${await adminPort()}/role`)).json()) as { role: string; epoch: number; schema: number };
  const adminPort = async (): Promise<number> => (JSON.parse(await app.line((line) => line.includes('app started'))) as { adminPort: number }).adminPort;
  const untilRole = (role: string) => until(async () => (await report()).role === role);

  it('told nothing, it stands by: it registers no webhook, stores what reaches it and works on nothing', async () => {
    assert.deepEqual(await report(), { revision: 'r2', role: 'standby', epoch: 0, inFlight: 0, schema: schemaNeeds(MIGRATIONS).target });
    const body = JSON.stringify({
      update_id: 1,
      message: { message_id: 1, date: 0, chat: { id: ANNA, type: 'private' }, from: { id: ANNA, is_bot: false, first_name: 'А' }, text: 'привет' },
    });
    const answer = await fetch(`http://127.0.0.1:${platform.appPort}/telegram/webhook`, {
      method: 'POST',
      body,
      headers: { 'x-telegram-bot-api-secret-token': SECRET },
    });
    assert.equal(answer.status, 200);
    await roles({ epoch: 1, active: 'r1', draining: [] });
    await until(async () => (await report()).epoch === 1);
    assert.equal((await platform.db('inbox').whereNull('done_at')).length, 1);
    assert.equal((await platform.fromBot(ANNA)).length, 0);
  });

  it('told to be active, it answers what had been stored and registers the webhook', async () => {
    await roles({ epoch: 2, active: 'r2', draining: [] });
    await until(async () => (await platform.fromBot(ANNA)).length === 1);
    assert.ok((await platform.ask(BORIS, 'Здравствуйте')).length > 0, 'updates arrive by themselves now');
  });

  it('an older epoch is ignored, an unreadable file changes nothing', async () => {
    await roles({ epoch: 1, active: 'r1', draining: ['r2'] });
    await writeFile(join(dir, 'roles.json'), '{"epoch":');
    await roles({ epoch: 3, active: 'r2', draining: [] });
    await until(async () => (await report()).epoch === 3);
    assert.equal((await report()).role, 'active');
  });

  it('told to drain, it takes no new work', async () => {
    await roles({ epoch: 4, active: 'r3', draining: ['r2'] });
    await untilRole('draining');
    const answers = (await platform.fromBot(ANNA)).length;
    await platform.write(ANNA, 'ещё вопрос');
    await until(async () => (await platform.db('inbox').whereNull('done_at')).length === 1);
    // a claim that was under way when the role changed is given back unworked
    await until(async () => (await platform.db('lane').whereNotNull('lease_until')).length === 0);
    assert.equal((await platform.db('inbox').whereNull('done_at')).length, 1);
    assert.equal((await platform.fromBot(ANNA)).length, answers);
  });
});
