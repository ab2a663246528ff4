import assert from 'node:assert/strict';
import { Api, GrammyError } from 'grammy';
import type { Sandbox } from '../../../app/sandbox/server.ts';
import { ANNA, BORIS, callBot, GROUP, list, makeDataDir, removeDataDir, startReceiver, startTestSandbox, until, write } from './support.ts';

describe('sandbox: Bot API', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  const call = async (method: string, args?: unknown) => callBot(sandbox, method, args);

  beforeEach(async () => {
    dataDir = await makeDataDir();
    sandbox = await startTestSandbox(dataDir);
  });
  afterEach(async () => {
    await sandbox.stop();
    await removeDataDir(dataDir);
  });

  it('answers the client that the app uses', async () => {
    const api = new Api(sandbox.botToken, { apiRoot: sandbox.botApiBaseUrl });
    assert.equal((await api.getMe()).id, 42_000_001);
    const sent = await api.sendMessage(ANNA, 'Покраска — 14 000 ₽', {
      entities: [{ type: 'bold', offset: 10, length: 8 }],
      link_preview_options: { is_disabled: true },
    });
    assert.deepEqual(
      { id: sent.message_id, chat: sent.chat.id, text: sent.text, entities: sent.entities },
      { id: 1, chat: ANNA, text: 'Покраска — 14 000 ₽', entities: [{ type: 'bold', offset: 10, length: 8 }] },
    );
    assert.equal(await api.sendChatAction(ANNA, 'typing'), true);
    assert.equal((await api.getChat(GROUP)).title, 'Заявки — Пример-Авто');
    const error: unknown = await api.sendMessage(1, 'x').catch((reason: unknown) => reason);
    assert.ok(error instanceof GrammyError && error.error_code === 400 && error.description === 'Bad Request: chat not found');
  });

  it('counts messages of each chat by itself, people and bot together', async () => {
    assert.equal((await write(sandbox, ANNA, { text: 'раз' })).body.message_id, 1);
    await call('sendMessage', { chat_id: ANNA, text: 'два' });
    assert.equal((await write(sandbox, ANNA, { text: 'три' })).body.message_id, 3);
    assert.equal((await write(sandbox, BORIS, { text: 'раз' })).body.message_id, 1);
    assert.deepEqual(
      (await list(sandbox, ANNA)).map(({ text }) => text),
      ['раз', 'два', 'три'],
    );
  });

  const refusals: readonly (readonly [string, string, unknown, number, string])[] = [
    ['empty text', 'sendMessage', { chat_id: ANNA, text: ' \n ' }, 400, 'Bad Request: message text is empty'],
    ['no text', 'sendMessage', { chat_id: ANNA }, 400, 'Bad Request: message text is empty'],
    ['4097 UTF-16 units', 'sendMessage', { chat_id: ANNA, text: `${'я'.repeat(4095)}🚗` }, 400, 'Bad Request: message is too long'],
    ['no chat', 'sendMessage', { text: 'x' }, 400, 'Bad Request: chat_id is empty'],
    ['unknown chat', 'sendMessage', { chat_id: 5, text: 'x' }, 400, 'Bad Request: chat not found'],
    ['a guest who never wrote', 'sendMessage', { chat_id: 100_100, text: 'x' }, 400, 'Bad Request: chat not found'],
    [
      'an entity beyond the text',
      'sendMessage',
      { chat_id: ANNA, text: 'hello', entities: [{ type: 'bold', offset: 0, length: 100 }] },
      400,
      'Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100',
    ],
    [
      'an entity through a surrogate pair',
      'sendMessage',
      { chat_id: ANNA, text: '🚗', entities: [{ type: 'bold', offset: 0, length: 1 }] },
      400,
      'Bad Request: entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at UTF-16 offset 1',
    ],
    [
      'an unknown entity',
      'sendMessage',
      { chat_id: ANNA, text: 'hello', entities: [{ type: 'sparkle', offset: 0, length: 1 }] },
      400,
      "Bad Request: can't parse MessageEntity: Unsupported type specified",
    ],
    [
      'a script as a link',
      'sendMessage',
      { chat_id: ANNA, text: 'hello', entities: [{ type: 'text_link', offset: 0, length: 1, url: 'javascript:alert(1)' }] },
      400,
      'Bad Request: entity URL is invalid: Wrong HTTP URL',
    ],
    [
      'a reply to nothing',
      'sendMessage',
      { chat_id: ANNA, text: 'x', reply_parameters: { message_id: 77 } },
      400,
      'Bad Request: message to be replied not found',
    ],
    ['an unknown action', 'sendChatAction', { chat_id: ANNA, action: 'dancing' }, 400, 'Bad Request: wrong parameter action in request'],
    ['an unknown method', 'sendPoem', {}, 404, 'Not Found: method not found'],
    [
      'plain http to another host',
      'setWebhook',
      { url: 'http://example.org/hook' },
      400,
      'Bad Request: bad webhook: An HTTPS URL must be provided for webhook',
    ],
    ['no URL at all', 'setWebhook', { url: 'nonsense' }, 400, 'Bad Request: invalid webhook URL specified'],
    [
      'a secret with a space',
      'setWebhook',
      { url: 'https://example.org', secret_token: 'a b' },
      400,
      'Bad Request: secret token contains unallowed characters',
    ],
    ['a secret of 257', 'setWebhook', { url: 'https://example.org', secret_token: 'a'.repeat(257) }, 400, 'Bad Request: secret token is too long'],
    [
      'updates that are no list',
      'setWebhook',
      { url: 'https://example.org', allowed_updates: 'message' },
      400,
      "Bad Request: can't parse allowed_updates JSON object",
    ],
  ];
  for (const [what, method, args, code, description] of refusals) {
    it(`refuses ${what}`, async () => {
      const { status, body } = await call(method, args);
      assert.deepEqual({ status, body }, { status: code, body: { ok: false, error_code: code, description } });
      assert.deepEqual(await list(sandbox, ANNA), []);
    });
  }

  it('takes 4096 UTF-16 units, and drops empty entities', async () => {
    const { body } = await call('sendMessage', { chat_id: ANNA, text: 'я'.repeat(4096), entities: [{ type: 'bold', offset: 0, length: 0 }] });
    assert.equal(body.ok, true);
    assert.equal((await list(sandbox, ANNA))[0]?.['entities'], undefined);
  });

  it('knows only its own token', async () => {
    const other = await callBot({ ...sandbox, botToken: '42000001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }, 'getMe');
    assert.deepEqual(other, { status: 401, body: { ok: false, error_code: 401, description: 'Unauthorized' } });
  });

  it('reads forms and queries as Telegram does', async () => {
    const form = new URLSearchParams({ chat_id: String(ANNA), text: 'форма', entities: '[{"type":"bold","offset":0,"length":5}]' });
    const response = await fetch(`${sandbox.botApiBaseUrl}/bot${sandbox.botToken}/sendmessage`, { method: 'POST', body: form });
    assert.equal(response.status, 200);
    assert.equal((await fetch(`${sandbox.botApiBaseUrl}/bot${sandbox.botToken}/sendMessage?chat_id=${ANNA}&text=query`)).status, 200);
    assert.deepEqual(
      (await list(sandbox, ANNA)).map(({ text }) => text),
      ['форма', 'query'],
    );
  });

  it('answers 429 with retry_after beyond the budget of a chat, at the real values', async () => {
    await sandbox.stop();
    sandbox = await startTestSandbox(dataDir, { limits: { privatePerSecond: 1, privateBurst: 3, groupPerMinute: 20 } });
    const statuses: number[] = [];
    for (let n = 0; n < 21; n += 1) statuses.push((await call('sendMessage', { chat_id: GROUP, text: `заявка ${n}` })).status);
    assert.deepEqual(statuses, [...Array.from({ length: 20 }, () => 200), 429]);
    const { body } = await call('sendMessage', { chat_id: GROUP, text: 'ещё' });
    assert.match(body.description ?? '', /^Too Many Requests: retry after \d+$/);
    assert.ok((body.parameters?.retry_after ?? 0) > 50);
    assert.equal((await call('sendMessage', { chat_id: ANNA, text: 'другой чат' })).status, 200);
  });

  describe('getUpdates', () => {
    it('waits for a message, repeats it until it is confirmed, and is refused under a webhook', async () => {
      const waiting = call('getUpdates', { timeout: 30 });
      const written = await write(sandbox, ANNA, { text: 'привет' });
      const first = (await waiting).body.result as { update_id: number }[];
      assert.deepEqual(
        first.map(({ update_id: id }) => id),
        [written.body.update_id],
      );
      assert.equal(((await call('getUpdates')).body.result as unknown[]).length, 1);
      assert.deepEqual((await call('getUpdates', { offset: written.body.update_id + 1 })).body.result, []);
      assert.equal((await list(sandbox, ANNA))[0]?.delivery, 'delivered');
      await call('setWebhook', { url: 'http://127.0.0.1:9/hook' });
      assert.equal((await call('getUpdates')).status, 409);
    });

    it('ends an older reader with 409 when another one begins to wait, or a webhook is set', async () => {
      const older = call('getUpdates', { timeout: 30 });
      const newer = until(async () => (await call('getUpdates', { timeout: 1 })).status === 200);
      assert.match((await older).body.description ?? '', /^Conflict: terminated by other getUpdates request/);
      await newer;
      const waiting = call('getUpdates', { timeout: 30 });
      await call('getUpdates');
      await call('setWebhook', { url: 'http://127.0.0.1:9/hook' });
      const { status, body } = await waiting;
      assert.equal(status, 409);
      assert.match(body.description ?? '', /^Conflict: (?:terminated by setWebhook request|can't use getUpdates)/);
    });
  });

  it('reports the webhook, what waits and what went wrong', async () => {
    assert.deepEqual((await call('getWebhookInfo')).body.result, { url: '', has_custom_certificate: false, pending_update_count: 0 });
    const receiver = await startReceiver(() => ({ status: 503 }));
    const set = await call('setWebhook', { url: receiver.url, secret_token: 'a_secret-1', allowed_updates: ['message'], max_connections: 7 });
    assert.equal(set.body.description, 'Webhook was set');
    await write(sandbox, ANNA, { text: 'привет' });
    await until(async () => (await list(sandbox, ANNA))[0]?.delivery === 'failing');
    const info = (await call('getWebhookInfo')).body.result as Record<string, unknown>;
    assert.deepEqual(
      { ...info, last_error_date: typeof info['last_error_date'] },
      {
        url: receiver.url,
        has_custom_certificate: false,
        pending_update_count: 1,
        last_error_date: 'number',
        last_error_message: 'Wrong response from the webhook: 503 Service Unavailable',
        max_connections: 7,
        allowed_updates: ['message'],
      },
    );
    assert.equal((await call('deleteWebhook', { drop_pending_updates: true })).body.description, 'Webhook was deleted');
    assert.deepEqual((await call('getWebhookInfo')).body.result, {
      url: '',
      has_custom_certificate: false,
      pending_update_count: 0,
      allowed_updates: ['message'],
    });
    await receiver.stop();
  });
});
