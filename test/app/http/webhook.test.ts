import assert from 'node:assert/strict';
import { createReceive } from '../../../app/inbox/receive.ts';
import { AppError } from '../../../app/kit/errors.ts';
import { silentLogger } from '../../../app/kit/logger.ts';
import { TEST_ENVIRONMENT } from '../../support/config.ts';
import { createMigratedDatabase, type MigratedDatabase } from '../../support/database.ts';
import { openRaw } from './raw-client.ts';
import { type Running, startServers } from './running-servers.ts';

const SECRET = TEST_ENVIRONMENT.TELEGRAM_WEBHOOK_SECRET;
const PREVIOUS = 'the-previous-secret-0123456789';
const PATH = '/telegram/webhook';
const LIMIT = 1_048_576;
const HEADER = 'X-Telegram-Bot-Api-Secret-Token';

describe('http/webhook: the closed table of answers', () => {
  let running: Running;
  let failure: Error | undefined;

  const post = (body: string | Buffer, headers: Record<string, string> = { [HEADER]: SECRET }): Promise<Response> =>
    fetch(running.url(PATH), { method: 'POST', body: typeof body === 'string' ? body : new Uint8Array(body), headers });

  before(async () => {
    running = await startServers({
      env: { TELEGRAM_WEBHOOK_SECRET_PREVIOUS: PREVIOUS },
      receive: async () => {
        if (failure !== undefined) throw failure;
        return { outcome: 'stored' };
      },
    });
  });
  beforeEach(() => {
    failure = undefined;
    (running.received as unknown[]).length = 0;
  });
  after(() => running.servers.stop());

  it('stores what comes with the current and with the previous secret, then answers 200 with nothing to act on', async () => {
    for (const secret of [SECRET, PREVIOUS]) {
      const answer = await post('{"update_id":1}', { [HEADER]: secret });
      assert.equal(answer.status, 200);
      assert.equal(await answer.text(), '');
    }
    assert.deepEqual(
      running.received.map(({ body }) => body.toString()),
      ['{"update_id":1}', '{"update_id":1}'],
    );
  });

  const wrong: Record<string, Record<string, string>> = {
    'no secret': {},
    'an empty secret': { [HEADER]: '' },
    'a wrong secret of the same length': { [HEADER]: `${SECRET.slice(0, -1)}!` },
    'the beginning of the secret': { [HEADER]: SECRET.slice(0, -1) },
    'the secret and more': { [HEADER]: `${SECRET}0` },
    'an oversized secret': { [HEADER]: SECRET.repeat(300) },
    'both secrets in one header': { [HEADER]: `${SECRET}, ${PREVIOUS}` },
  };
  for (const [name, headers] of Object.entries(wrong)) {
    it(`answers 401 to ${name} and stores nothing`, async () => {
      const answer = await post('{"update_id":1}', headers);
      assert.equal(answer.status, 401);
      assert.equal(await answer.text(), 'Unauthorized');
      assert.equal(running.received.length, 0);
    });
  }

  it('answers 401 before the body has come', async () => {
    const raw = await openRaw(running.port);
    raw.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\n${HEADER}: wrong\r\nContent-Length: 1000\r\n\r\n`);
    assert.equal((await raw.answer()).status, 401);
    raw.destroy();
  });

  it('answers 431 to headers beyond 16 KiB and lives on', async () => {
    const raw = await openRaw(running.port);
    raw.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\n${HEADER}: ${'a'.repeat(20_000)}\r\nContent-Length: 0\r\n\r\n`);
    assert.equal((await raw.answer()).status, 431);
    raw.destroy();
    assert.equal((await post('{}')).status, 200);
  });

  it('stores a body of exactly the limit', async () => {
    assert.equal((await post(Buffer.alloc(LIMIT, 32))).status, 200);
    assert.equal(running.received[0]?.body.length, LIMIT);
  });

  it('answers 413 to one byte more, announced by Content-Length, without waiting for it', async () => {
    const raw = await openRaw(running.port);
    raw.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\n${HEADER}: ${SECRET}\r\nContent-Length: ${LIMIT + 1}\r\n\r\n`);
    assert.equal((await raw.answer()).status, 413);
    raw.destroy();
    assert.equal(running.received.length, 0);
  });

  it('answers 413 to one byte more in chunks, and the connection serves the next request', async () => {
    const raw = await openRaw(running.port);
    raw.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\n${HEADER}: ${SECRET}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    raw.write(`${(LIMIT + 1).toString(16)}\r\n`);
    raw.write(Buffer.alloc(LIMIT + 1, 32));
    raw.write('\r\n0\r\n\r\n');
    assert.equal((await raw.answer()).status, 413);
    assert.equal(running.received.length, 0);
    raw.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\n${HEADER}: ${SECRET}\r\nContent-Length: 2\r\n\r\n{}`);
    assert.equal((await raw.answer()).status, 200);
    raw.destroy();
  });

  it('answers 413 to 2 MB over an ordinary client', async () => {
    assert.equal((await post(Buffer.alloc(2_000_000, 97))).status, 413);
    assert.equal(running.received.length, 0);
  });

  it('cuts a refused client that goes on sending for ever', async () => {
    const raw = await openRaw(running.port);
    raw.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\n${HEADER}: wrong\r\nTransfer-Encoding: chunked\r\n\r\n`);
    assert.equal((await raw.answer()).status, 401);
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000), Buffer.from('\r\n')]);
    for (let sent = 0; sent < 12; sent += 1) raw.write(chunk);
    await raw.closed;
  });

  const odd: Record<string, Buffer> = {
    'an empty body': Buffer.alloc(0),
    'malformed JSON': Buffer.from('{"update_id":'),
    'NUL bytes': Buffer.from('{"update_id":1,"text":"a\0b"}\0\0'),
    'lone surrogates': Buffer.from('{"text":"\\ud800"}'),
    'invalid UTF-8': Buffer.from([0xff, 0xfe, 0x80, 0xc0]),
    '10 000 nested arrays': Buffer.from('['.repeat(10_000) + ']'.repeat(10_000)),
    'an id beyond 2^53': Buffer.from('{"update_id":9223372036854775808}'),
  };
  for (const [name, body] of Object.entries(odd)) {
    it(`hands over ${name} byte for byte`, async () => {
      assert.equal((await post(body)).status, 200);
      assert.deepEqual(running.received[0]?.body, body);
    });
  }

  it('answers 503 with Retry-After 3 when the database is away', async () => {
    failure = new AppError('DATABASE_UNAVAILABLE', 'no connection to db.internal');
    const answer = await post('{}');
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get('retry-after'), '3');
    assert.equal(await answer.text(), 'Service Unavailable');
  });

  it('answers 503, never 200, when storing fails for an unforeseen reason, and logs it as an error without telling the client', async () => {
    failure = new TypeError('cannot read properties of undefined');
    const answer = await post('{}');
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get('retry-after'), '3');
    assert.doesNotMatch(await answer.text(), /TypeError|undefined|at /);
    assert.ok(running.lines.some((line) => line.includes('"level":"error"') && line.includes('TypeError')));
  });

  it('answers 405 to GET and says what is allowed', async () => {
    const answer = await fetch(running.url(PATH), { headers: { [HEADER]: SECRET } });
    assert.equal(answer.status, 405);
    assert.match(answer.headers.get('allow') ?? '', /POST/);
  });

  it('hands over the caller’s request id and trace context, and replaces unfit ones', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const fit = await post('{}', { [HEADER]: SECRET, 'X-Request-Id': 'edge-42.a_b', traceparent });
    const unfit = await post('{}', { [HEADER]: SECRET, 'X-Request-Id': 'two words', traceparent: 'nonsense' });
    assert.equal(fit.headers.get('x-request-id'), 'edge-42.a_b');
    assert.deepEqual(
      running.received.map(({ traceparent: one }) => one),
      [traceparent, undefined],
    );
    assert.equal(running.received[0]?.requestId, 'edge-42.a_b');
    assert.match(running.received[1]?.requestId ?? '', /^req-[a-p]{16}$/);
    assert.equal(unfit.headers.get('x-request-id'), running.received[1]?.requestId);
  });

  it('counts every outcome and never logs a secret', async () => {
    await running.servers.stop(); // requests are counted when their connection is through
    const text = await running.metrics.render();
    for (const outcome of ['stored', 'refused', 'too_large', 'unavailable'])
      assert.match(text, new RegExp(`telegram_updates_total\\{outcome="${outcome}"\\} [1-9]`));
    assert.match(text, /http_requests_total\{route="\/telegram\/webhook",method="POST",status="401"\} [1-9]/);
    assert.equal(running.lines.filter((line) => line.includes(SECRET) || line.includes(PREVIOUS)).length, 0);
  });
});

describe('http/webhook: slow and vanished clients', () => {
  it('answers 408 to a body that does not come, stores nothing and lives on', async () => {
    const running = await startServers({ env: { HTTP_REQUEST_TIMEOUT_MS: 80 } });
    const raw = await openRaw(running.port);
    raw.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\n${HEADER}: ${SECRET}\r\nContent-Length: 100\r\n\r\n{"upd`);
    assert.equal((await raw.answer()).status, 408);
    await raw.closed;
    assert.equal(running.received.length, 0);
    assert.equal((await fetch(running.url('/up'))).status, 200);
    await running.servers.stop();
  });

  it('stores nothing of a client that left in the middle of its body', async () => {
    const running = await startServers();
    const raw = await openRaw(running.port);
    raw.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\n${HEADER}: ${SECRET}\r\nContent-Length: 100\r\n\r\n{"upd`);
    raw.destroy();
    await raw.closed;
    await running.servers.stop();
    assert.equal(running.received.length, 0);
    assert.equal(running.lines.filter((line) => line.includes('"level":"error"')).length, 0);
  });
});

describe('http/webhook: the count of deliveries', () => {
  let database: MigratedDatabase;
  before(async () => {
    database = await createMigratedDatabase();
  });
  after(() => database.drop());

  it('has one for each delivery, whatever became of it', async () => {
    const store = createReceive({ db: database.db, botId: 123_456_789, wake: () => undefined, logger: silentLogger });
    const running = await startServers({ receive: store });
    const post = (body: string): Promise<Response> => fetch(running.url(PATH), { method: 'POST', body, headers: { [HEADER]: SECRET } });
    for (const body of ['{"update_id":1}', '{"update_id":2}', '{"update_id":2}', '{"update_id":']) assert.equal((await post(body)).status, 200);
    const series = (await running.metrics.render()).split('\n').filter((line) => line.startsWith('telegram_updates_total{') && !line.endsWith(' 0'));
    await running.servers.stop();
    assert.deepEqual(series.toSorted(), [
      'telegram_updates_total{outcome="duplicate"} 1',
      'telegram_updates_total{outcome="poison"} 1',
      'telegram_updates_total{outcome="stored"} 2',
    ]);
  });
});
