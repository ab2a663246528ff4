import assert from 'node:assert/strict';
import { request } from 'node:http';
import { silentLogger } from '../../../app/kit/logger.ts';
import { type Sandbox, startSandbox } from '../../../app/sandbox/server.ts';
import { ACCESS_TOKEN, ANNA, asScript, baseOf, list, makeDataDir, removeDataDir, startTestSandbox } from './support.ts';

type Raw = Readonly<{ status: number; headers: Readonly<Record<string, string | string[] | undefined>>; body: string }>;

/** A request with any headers, Host included, which fetch would not send. */
const raw = async (
  port: number,
  { method = 'GET', path, headers = {}, body = '' }: { method?: string; path: string; headers?: Record<string, string>; body?: string },
): Promise<Raw> =>
  new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });

describe('sandbox: safety', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  const path = `/sandbox/chats/${ANNA}/messages`;
  const text = JSON.stringify({ text: 'привет' });
  const post = async (headers: Record<string, string>, body = text) => raw(sandbox.port, { method: 'POST', path, headers, body });

  beforeEach(async () => {
    dataDir = await makeDataDir();
    sandbox = await startTestSandbox(dataDir);
  });
  afterEach(async () => {
    await sandbox.stop();
    await removeDataDir(dataDir);
  });

  const visit = async (): Promise<string> => {
    const { headers } = await raw(sandbox.port, { path: `/?token=${ACCESS_TOKEN}` });
    return String(headers['set-cookie']).split(';')[0] ?? '';
  };

  it('answers only under its own names', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${sandbox.port}`,
      '127.0.0.1',
      `127.0.0.1:${sandbox.port + 1}`,
      `localhost.evil.example:${sandbox.port}`,
    ]) {
      for (const target of ['/', '/sandbox/state', `/telegram/bot${sandbox.botToken}/getMe`, '/llm/v1/models']) {
        assert.equal((await raw(sandbox.port, { path: target, headers: { ...asScript, host } })).status, 421, `${host} ${target}`);
      }
    }
    for (const host of [`127.0.0.1:${sandbox.port}`, `localhost:${sandbox.port}`, `[::1]:${sandbox.port}`])
      assert.equal((await raw(sandbox.port, { path: '/sandbox/state', headers: { ...asScript, host } })).status, 200, host);
  });

  it('shows the page only with the key, then remembers it in a strict cookie that is not the key', async () => {
    const locked = await raw(sandbox.port, { path: '/' });
    assert.equal(locked.status, 401);
    assert.match(locked.body, /\.valera\/sandbox-token/);
    assert.equal((await raw(sandbox.port, { path: '/?token=wrong' })).status, 401);
    const entered = await raw(sandbox.port, { path: `/?token=${ACCESS_TOKEN}` });
    assert.equal(entered.status, 200);
    const cookie = String(entered.headers['set-cookie']);
    assert.match(cookie, /^valera_sandbox_\d+=[\w-]+; Path=\/; HttpOnly; SameSite=Strict$/);
    assert.ok(!cookie.includes(ACCESS_TOKEN));
    assert.equal((await raw(sandbox.port, { path: '/', headers: { cookie: await visit() } })).status, 200);
    assert.match(String(entered.headers['content-security-policy']), /default-src 'none'; script-src 'self'; style-src 'self'/);
  });

  it('wants the key on every script address', async () => {
    for (const target of ['/sandbox/state', '/sandbox/events', path]) assert.equal((await raw(sandbox.port, { path: target })).status, 401, target);
    assert.equal((await post({ 'content-type': 'application/json' })).status, 401);
    assert.equal((await post({ ...asScript, authorization: 'Bearer wrong' })).status, 401);
    assert.deepEqual(await list(sandbox, ANNA), []);
  });

  it('refuses writes from foreign pages, and a cookie without an Origin', async () => {
    const cookie = await visit();
    const json = { 'content-type': 'application/json', cookie };
    assert.equal((await post({ ...json, origin: 'https://evil.example' })).status, 403);
    assert.equal((await post({ ...json, origin: 'null' })).status, 403);
    assert.equal((await post({ ...json, origin: `http://127.0.0.1:${sandbox.port + 1}` })).status, 403);
    assert.equal((await post(json)).status, 403);
    assert.equal((await post({ ...asScript, origin: 'https://evil.example' })).status, 403);
    assert.equal((await post({ ...json, origin: baseOf(sandbox) })).status, 201);
    assert.equal((await list(sandbox, ANNA)).length, 1);
  });

  it('takes JSON only, of at most 1 MiB', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp'])
      assert.equal((await post({ ...asScript, 'content-type': type })).status, 415, type);
    const big = JSON.stringify({ text: 'x'.repeat(1_048_577) });
    assert.equal((await post({ ...asScript, 'content-length': String(big.length) }, big).catch(() => ({ status: 413 }))).status, 413);
    assert.equal((await post({ ...asScript, 'transfer-encoding': 'chunked' }, big).catch(() => ({ status: 413 }))).status, 413);
    assert.equal((await post(asScript, '{"text":')).status, 400);
    assert.deepEqual(await list(sandbox, ANNA), []);
    assert.equal((await post(asScript)).status, 201);
  });

  it('serves only the files of the page', async () => {
    for (const name of ['main.js', 'style.css']) assert.equal((await raw(sandbox.port, { path: `/page/${name}` })).status, 200);
    for (const name of ['..%2fserver.ts', '../server.ts', 'constructor', 'nothing.js'])
      assert.equal((await raw(sandbox.port, { path: `/page/${name}` })).status, 404, name);
  });

  const start = {
    host: '127.0.0.1',
    port: 0,
    accessToken: ACCESS_TOKEN,
    parts: { telegram: 'sandbox', model: 'scripted', database: 'embedded', workshop: 'example' },
    workshopName: 'x',
    logger: silentLogger,
  } as const;
  it('refuses a real bot token as its own, a short token, and an address beyond loopback', async () => {
    const realToken = `123456789:${'A'.repeat(35)}`;
    for (const unsafe of [{ accessToken: realToken }, { accessToken: 'short' }, { host: '0.0.0.0' }, { host: '192.168.1.5' }]) {
      await assert.rejects(startSandbox({ ...start, ...unsafe, dataDir }), { code: 'CONFIG_INVALID' }, JSON.stringify(unsafe));
    }
    assert.match(sandbox.botToken, /^42000001:[\w-]{35}$/);
  });

  it('listens beyond loopback when it is told under which names', async () => {
    const otherDir = await makeDataDir();
    const open = await startSandbox({ ...start, host: '0.0.0.0', remote: { hostNames: ['sandbox.test'] }, dataDir: otherDir });
    assert.equal((await raw(open.port, { path: '/sandbox/state', headers: { ...asScript, host: `sandbox.test:${open.port}` } })).status, 200);
    assert.equal((await raw(open.port, { path: '/sandbox/state', headers: { ...asScript, host: `other.test:${open.port}` } })).status, 421);
    await open.stop();
    await removeDataDir(otherDir);
  });
});
