import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../app/kit/clock.ts';
import { silentLogger } from '../../../app/kit/logger.ts';
import { openStore } from '../../../app/sandbox/store.ts';
import { ACCESS_TOKEN, act, ANNA, BORIS, callBot, list, makeDataDir, removeDataDir, startReceiver, startTestSandbox, until, write } from './support.ts';

const MAIN = join(import.meta.dirname, '../../../app/sandbox/main.ts');
type Addresses = Readonly<{ port: number; botToken: string; botApiBaseUrl: string; llmApiKey: string }>;

const startProcess = async (dataDir: string) => {
  const child = spawn(
    process.execPath,
    [MAIN, '--port', '0', '--data-dir', dataDir, '--token', ACCESS_TOKEN, '--no-limits', '--retry-base-ms', '5', '--retry-cap-ms', '20'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, addresses: JSON.parse(line.toString()) as Addresses };
};

describe('sandbox: what a restart keeps', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await makeDataDir();
  });
  afterEach(async () => removeDataDir(dataDir));

  it('keeps chats, undelivered updates, the webhook and the keys through kill -9 and a torn line', async () => {
    const first = await startProcess(dataDir);
    await callBot(first.addresses, 'setWebhook', { url: 'http://127.0.0.1:9/away', secret_token: 's' });
    const written = await write(first.addresses, ANNA, { text: 'не потеряйте меня' });
    await callBot(first.addresses, 'sendMessage', { chat_id: BORIS, text: 'ответ' });
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    await appendFile(join(dataDir, 'sandbox/journal.jsonl'), '{"at":1,"kind":"sent","mess');

    const second = await startProcess(dataDir);
    assert.equal(second.addresses.botToken, first.addresses.botToken);
    assert.equal(second.addresses.llmApiKey, first.addresses.llmApiKey);
    assert.equal((await list(second.addresses, BORIS))[0]?.text, 'ответ');
    const info = (await callBot(second.addresses, 'getWebhookInfo')).body.result as Record<string, unknown>;
    assert.deepEqual([info['url'], info['pending_update_count']], ['http://127.0.0.1:9/away', 1]);
    const receiver = await startReceiver();
    await callBot(second.addresses, 'setWebhook', { url: receiver.url });
    await until(() => receiver.requests.length > 0);
    assert.equal(receiver.requests[0]?.update.update_id, written.body.update_id);
    assert.deepEqual((await write(second.addresses, ANNA, { text: 'дальше' })).body, { update_id: written.body.update_id + 1, message_id: 2 });
    second.child.kill('SIGTERM');
    assert.deepEqual(await once(second.child, 'exit'), [0, null]);
    await receiver.stop();

    // The torn line is gone, so that what came after it is whole.
    const lines = (await readFile(join(dataDir, 'sandbox/journal.jsonl'), 'utf8')).split('\n').filter(Boolean);
    for (const line of lines) assert.ok(typeof JSON.parse(line) === 'object');
    const third = await startTestSandbox(dataDir);
    assert.deepEqual(
      (await list(third, ANNA)).map(({ text }) => text),
      ['не потеряйте меня', 'дальше'],
    );
    await third.stop();
  });

  it('makes one line of a long journal at the start, and goes on from it as if nothing had been', async () => {
    const sandbox = await startTestSandbox(dataDir);
    for (let n = 0; n < 5; n += 1) await callBot(sandbox, 'sendMessage', { chat_id: ANNA, text: `ответ ${n}` });
    const waiting = await write(sandbox, ANNA, { text: 'жду' });
    await act(sandbox, `${BORIS}/bot`, { blocked: true });
    await callBot(sandbox, 'getUpdates', { allowed_updates: ['message', 'my_chat_member'] });
    const before = await list(sandbox, ANNA);
    await sandbox.stop();
    const file = join(dataDir, 'sandbox/journal.jsonl');

    const clock = systemClock;
    openStore({ dataDir, clock, logger: silentLogger, compactAboveBytes: 100 }).close();
    assert.equal((await readFile(file, 'utf8')).split('\n').filter(Boolean).length, 1);

    const again = await startTestSandbox(dataDir);
    assert.equal(again.botToken, sandbox.botToken);
    assert.deepEqual(await list(again, ANNA), before);
    assert.equal((await callBot(again, 'sendMessage', { chat_id: BORIS, text: 'x' })).status, 403);
    const next = await write(again, ANNA, { text: 'ещё' });
    assert.deepEqual(next.body, { update_id: waiting.body.update_id + 2, message_id: 7 });
    const pending = (await callBot(again, 'getUpdates')).body.result as { update_id: number }[];
    assert.deepEqual(
      pending.map(({ update_id: id }) => id - waiting.body.update_id),
      [0, 1, 2],
    );
    await again.stop();
  });

  it('keeps the fate of an edited message apart from that of its first version', async () => {
    const sandbox = await startTestSandbox(dataDir);
    const { body } = await write(sandbox, ANNA, { text: 'старое' });
    await write(sandbox, ANNA, { edit_message_id: body.message_id, text: 'новое' });
    await callBot(sandbox, 'getUpdates', { offset: body.update_id + 1 });
    assert.deepEqual(
      (await list(sandbox, ANNA)).map(({ text, delivery }) => [text, delivery]),
      [['новое', 'waiting']],
    );
    await sandbox.stop();
  });

  it('says which port is taken, and does not touch the data of the running one', async () => {
    const sandbox = await startTestSandbox(dataDir);
    const otherDir = await makeDataDir();
    await assert.rejects(startTestSandbox(otherDir, { port: sandbox.port }), { code: 'PORT_BUSY', message: new RegExp(String(sandbox.port)) });
    await assert.rejects(readFile(join(otherDir, 'sandbox/journal.jsonl')), { code: 'ENOENT' });
    await sandbox.stop();
    await removeDataDir(otherDir);
  });
});
