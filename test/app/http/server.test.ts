import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { isAppError } from '../../../app/kit/errors.ts';
import type { Health } from '../../../app/http/ports.ts';
import { TEST_ENVIRONMENT } from '../../support/config.ts';
import { openRaw } from './raw-client.ts';
import { type Running, startServers } from './running-servers.ts';

const HEADERS = `X-Telegram-Bot-Api-Secret-Token: ${TEST_ENVIRONMENT.TELEGRAM_WEBHOOK_SECRET}\r\nContent-Length: 2\r\n`;
const POST = `POST /telegram/webhook HTTP/1.1\r\nHost: x\r\n${HEADERS}\r\n{}`;

const get = async (url: string): Promise<{ status: number; headers: Headers; text: string }> => {
  const answer = await fetch(url);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

describe('http/server: the public listener', () => {
  let running: Running;
  let ready = { ok: true, reason: 'ready' };
  let detail: Health['detail'];

  before(async () => {
    running = await startServers({ health: { ready: () => ready, detail: () => detail() } });
  });
  beforeEach(() => {
    ready = { ok: true, reason: 'ready' };
    detail = async () => ({ database: { status: 'ok', host: 'db.internal' } });
  });
  after(() => running.servers.stop());

  it('/up says 200 whatever else is down', async () => {
    ready = { ok: false, reason: 'database not reached' };
    assert.equal((await get(running.url('/up'))).status, 200);
  });

  it('/ready follows the database and keeps the reason to itself', async () => {
    assert.deepEqual([(await get(running.url('/ready'))).status, (await get(running.url('/ready'))).text], [200, 'ready']);
    ready = { ok: false, reason: 'database not reached for 12 s' };
    const answer = await get(running.url('/ready'));
    assert.deepEqual([answer.status, answer.text], [503, 'not ready']);
  });

  it('/health shows status words and no fact', async () => {
    detail = async () => ({ database: { status: 'ok', host: 'db.internal' }, model: { status: 'degraded', error: 'key revoked' } });
    const answer = await get(running.url('/health'));
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(answer.text), { status: 'degraded', parts: { database: 'ok', model: 'degraded' } });
  });

  it('/health is 503 when a part is down', async () => {
    detail = async () => ({ database: { status: 'down' }, model: { status: 'degraded' } });
    const answer = await get(running.url('/health'));
    assert.deepEqual([answer.status, (JSON.parse(answer.text) as { status: string }).status], [503, 'down']);
  });

  it('a failing handler is a bare 500 and an error in the log', async () => {
    detail = async () => {
      throw new Error('password authentication failed for user valera');
    };
    const answer = await get(running.url('/health'));
    assert.deepEqual([answer.status, answer.text], [500, 'Internal Server Error']);
    assert.ok(running.lines.some((line) => line.includes('"level":"error"') && line.includes('request failed')));
  });

  it('unknown paths, / included, are a plain 404', async () => {
    for (const path of ['/', '/nothing', '/metrics', '/role', '/%E0%A4%A', '/telegram/webhook/more']) {
      const answer = await get(running.url(path));
      assert.deepEqual([path, answer.status, answer.text], [path, 404, 'Not Found']);
      assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/);
    }
  });

  it('other methods on a known path are 405', async () => {
    assert.equal((await fetch(running.url('/ready'), { method: 'DELETE' })).status, 405);
  });

  it('the human routes carry the security headers, the webhook does not', async () => {
    for (const path of ['/up', '/ready', '/health', '/nothing']) {
      const { headers } = await get(running.url(path));
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'self'/, path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
      assert.ok(headers.get('strict-transport-security'), path);
    }
    assert.equal((await get(running.url('/telegram/webhook'))).headers.get('content-security-policy'), null);
  });

  it('counts unknown paths and methods under one label each', async () => {
    const own = await startServers();
    for (const path of [`/secret-${Math.random()}`, '/wp-login.php', '/']) await fetch(own.url(path));
    await fetch(own.url('/up'), { method: 'PURGE' });
    await own.servers.stop(); // requests are counted when their connection is through
    const series = (await own.metrics.render()).split('\n').filter((line) => line.startsWith('http_requests_total{'));
    assert.deepEqual(series, [
      'http_requests_total{route="other",method="GET",status="404"} 3',
      'http_requests_total{route="/up",method="other",status="501"} 1',
    ]);
  });
});

describe('http/server: the admin listener', () => {
  let running: Running;
  before(async () => {
    running = await startServers();
  });
  after(() => running.servers.stop());

  it('/health shows every fact', async () => {
    const answer = await get(running.adminUrl('/health'));
    assert.deepEqual([answer.status, JSON.parse(answer.text)], [200, { status: 'ok', parts: { database: { status: 'ok', host: 'db.internal' } } }]);
  });

  it('/metrics is Prometheus text', async () => {
    const answer = await get(running.adminUrl('/metrics'));
    assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(answer.text, /^# TYPE telegram_updates_total counter$/m);
  });

  it('/role is what the operator reads', async () => {
    assert.deepEqual(JSON.parse((await get(running.adminUrl('/role'))).text), { revision: 'r1', role: 'active', epoch: 3, inFlight: 2, schema: 7 });
  });

  it('has no webhook', async () => {
    assert.equal((await fetch(running.adminUrl('/telegram/webhook'), { method: 'POST', body: '{}' })).status, 404);
  });
});

describe('http/server: draining and stopping', () => {
  it('drain turns readiness off and ends each connection with its answer, still storing what comes', async () => {
    const running = await startServers();
    const raw = await openRaw(running.port);
    raw.write(POST);
    assert.equal((await raw.answer()).headers['connection'], 'keep-alive');

    running.servers.drain();
    const ready = await get(running.url('/ready'));
    assert.deepEqual([ready.status, ready.text], [503, 'not ready']);
    assert.equal((await get(running.url('/up'))).status, 200);

    raw.write(POST);
    const last = await raw.answer();
    assert.deepEqual([last.status, last.headers['connection']], [200, 'close']);
    await raw.closed;
    assert.equal(running.received.length, 2);
    await running.servers.stop();
  });

  it('stop waits for a running request and then takes no more', async () => {
    let release: () => void = () => undefined;
    let reached: () => void = () => undefined;
    const atWork = new Promise<void>((resolve) => (reached = resolve));
    const running = await startServers({
      receive: async () => {
        reached();
        await new Promise<void>((resolve) => (release = resolve));
        return { outcome: 'stored' };
      },
    });
    const idle = await openRaw(running.port);
    const busy = await openRaw(running.port);
    busy.write(POST);
    await atWork;
    const stopped = running.servers.stop();
    await idle.closed;
    release();
    assert.equal((await busy.answer()).status, 200);
    await stopped;
    await assert.rejects(fetch(running.url('/up')));
    await assert.rejects(fetch(running.adminUrl('/role')));
  });

  it('stop cuts a request that does not end within the drain time', async () => {
    let reached: () => void = () => undefined;
    const atWork = new Promise<void>((resolve) => (reached = resolve));
    const running = await startServers({
      env: { SHUTDOWN_DRAIN_MS: 50 },
      receive: () => {
        reached();
        return new Promise(() => undefined);
      },
    });
    const raw = await openRaw(running.port);
    raw.write(POST);
    await atWork;
    await running.servers.stop();
    await raw.closed;
  });

  it('stop before start is no error', async () => {
    const running = await startServers();
    await running.servers.stop();
    await running.servers.stop();
  });
});

describe('http/server: busy ports', () => {
  const occupy = async (): Promise<{ port: number; free: () => Promise<void> }> => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', () => resolve()));
    return { port: (other.address() as { port: number }).port, free: () => new Promise<void>((resolve) => void other.close(() => resolve())) };
  };

  for (const [busy, beside] of [
    ['HTTP_PORT', 'ADMIN_PORT'],
    ['ADMIN_PORT', 'HTTP_PORT'],
  ] as const) {
    it(`names ${busy} and leaves no listener behind`, async () => {
      const [taken, vacant] = [await occupy(), await occupy()];
      await vacant.free();
      await assert.rejects(startServers({ env: { [busy]: taken.port, [beside]: vacant.port } }), (error) => {
        assert.ok(isAppError(error, 'PORT_BUSY'));
        assert.match(error.message, new RegExp(`^${busy}: 127\\.0\\.0\\.1:${taken.port} is in use .* set ${busy} to a free port$`));
        return true;
      });
      await assert.rejects(fetch(`http://127.0.0.1:${vacant.port}/up`), { message: 'fetch failed' });
      await taken.free();
    });
  }

  it('says which variable holds an address that is not there', async () => {
    await assert.rejects(
      startServers({ env: { HTTP_HOST: '203.0.113.7' } }),
      (error) => isAppError(error, 'CONFIG_INVALID') && error.message.startsWith('HTTP_HOST: '),
    );
  });
});
