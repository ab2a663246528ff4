import assert from 'node:assert/strict';
import { createServer as createHttpServer, type Server, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { isAppError } from '../../../app/kit/errors.ts';
import { createTelegram, type SendOutcome } from '../../../app/telegram/client.ts';

const TOKEN = '123456789:TEST-token-of-nobody-0000000000000000';

describe('sending through the Bot API', () => {
  let server: Server;
  let answer: (response: ServerResponse, socket: Socket) => void;
  let url: string;
  const asked: { method: string; body: Record<string, unknown> }[] = [];
  before(async () => {
    server = createHttpServer((request, response) => {
      const chunks: Buffer[] = [];
      request
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => {
          const method = request.url?.replace(/^.*\//, '') ?? '';
          asked.push({ method, body: JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown> });
          answer(response, request.socket);
        });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const send = async (apiBaseUrl = url, requestTimeoutMs = 5_000): Promise<SendOutcome> => {
    const telegram = createTelegram({ token: TOKEN, apiBaseUrl, requestTimeoutMs });
    const outcome = await telegram.send(1, { text: 'x', entities: [] }, { linkPreview: false });
    telegram.close();
    assert.ok(!JSON.stringify(outcome).includes(TOKEN), 'no outcome holds the token');
    return outcome;
  };
  const json =
    (status: number, body: object): typeof answer =>
    (response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const refusal = (code: number, description: string, parameters?: object) => json(code, { ok: false, error_code: code, description, parameters });

  const table: [what: string, reply: typeof answer, expected: object][] = [
    ['success', json(200, { ok: true, result: { message_id: 7, date: 0, chat: { id: 1, type: 'private' } } }), { kind: 'sent', messageId: 7 }],
    ['429', refusal(429, 'Too Many Requests: retry after 7', { retry_after: 7 }), { kind: 'flood', retryAfterMs: 7_000 }],
    ['a migrated group', refusal(400, 'Bad Request: group chat was upgraded', { migrate_to_chat_id: -1009 }), { kind: 'migrated', chatId: -1009 }],
    ['refused entities', refusal(400, "Bad Request: can't parse entities: x"), { kind: 'bad_entities', description: "Bad Request: can't parse entities: x" }],
    [
      'a blocked bot',
      refusal(403, 'Forbidden: bot was blocked by the user'),
      { kind: 'rejected', code: 403, description: 'Forbidden: bot was blocked by the user' },
    ],
    ['another 400', refusal(400, 'Bad Request: chat not found'), { kind: 'rejected', code: 400, description: 'Bad Request: chat not found' }],
    ['a revoked token', refusal(401, 'Unauthorized'), { kind: 'failed', description: 'Unauthorized', alert: true }],
    [
      '500 in Telegram’s own words: surely not sent',
      refusal(500, 'Internal Server Error'),
      { kind: 'failed', description: 'Internal Server Error', alert: false },
    ],
    ['502 of a proxy', (response) => response.writeHead(502).end('<html>Bad Gateway</html>'), { kind: 'unknown' }],
    ['504 without a body', (response) => response.writeHead(504).end(), { kind: 'unknown' }],
    ['a reset after the request', (_, socket) => socket.resetAndDestroy(), { kind: 'unknown' }],
  ];
  for (const [what, reply, expected] of table) {
    it(`${what} → ${(expected as { kind: string }).kind}`, async () => {
      answer = reply;
      const outcome = await send();
      assert.deepEqual({ ...outcome, ...expected }, outcome);
    });
  }

  describe('with photos', () => {
    const outgoing = { text: 'Фото', entities: [{ type: 'bold', offset: 0, length: 4 }], replyTo: 5 } as const;
    const sendPhotos = async (photos: readonly string[], message: object = {}): Promise<SendOutcome> => {
      const telegram = createTelegram({ token: TOKEN, apiBaseUrl: url, requestTimeoutMs: 5_000 });
      const outcome = await telegram.send(1, { ...outgoing, photos, ...message }, { linkPreview: false });
      telegram.close();
      return outcome;
    };
    const reply = { reply_parameters: { message_id: 5, allow_sending_without_reply: true } };
    const captioned = { caption: 'Фото', caption_entities: outgoing.entities };

    it('one is a photo with its caption, several are an album with the caption at the first', async () => {
      answer = json(200, { ok: true, result: { message_id: 7 } });
      assert.deepEqual(await sendPhotos(['a']), { kind: 'sent', messageId: 7 });
      assert.deepEqual(asked.at(-1), { method: 'sendPhoto', body: { chat_id: 1, photo: 'a', ...captioned, ...reply } });
      answer = json(200, { ok: true, result: [{ message_id: 8 }, { message_id: 9 }] });
      assert.deepEqual(await sendPhotos(['a', 'b']), { kind: 'sent', messageId: 8 });
      const media = [
        { type: 'photo', media: 'a', ...captioned },
        { type: 'photo', media: 'b' },
      ];
      assert.deepEqual(asked.at(-1), { method: 'sendMediaGroup', body: { chat_id: 1, media, ...reply } });
    });

    it('a file that Telegram does not take is told apart from a chat that it does not know', async () => {
      answer = refusal(400, 'Bad Request: wrong file identifier/HTTP URL specified');
      assert.equal((await sendPhotos(['a'])).kind, 'bad_photo');
      answer = refusal(400, 'Bad Request: chat not found');
      assert.equal((await sendPhotos(['a'])).kind, 'rejected');
    });
  });

  it('«печатает…» is shown, refused for a while, or fails: it never throws', async () => {
    const telegram = createTelegram({ token: TOKEN, apiBaseUrl: url, requestTimeoutMs: 5_000 });
    answer = json(200, { ok: true, result: true });
    assert.deepEqual(await telegram.chatAction(1), { kind: 'shown' });
    assert.deepEqual(asked.at(-1), { method: 'sendChatAction', body: { chat_id: 1, action: 'typing' } });
    answer = refusal(429, 'Too Many Requests: retry after 7', { retry_after: 7 });
    assert.deepEqual(await telegram.chatAction(1), { kind: 'flood', retryAfterMs: 7_000 });
    answer = (_, socket) => socket.resetAndDestroy();
    assert.deepEqual(await telegram.chatAction(1), { kind: 'failed' });
    telegram.close();
  });

  it('no answer within the request time-out → unknown', async () => {
    answer = () => undefined;
    assert.equal((await send(url, 50)).kind, 'unknown');
  });

  it('half an answer → unknown, noticed by the time-out at the latest', async () => {
    answer = (response, socket) => response.writeHead(200, { 'content-length': '100' }).write('{"ok":', () => socket.destroy());
    assert.equal((await send(url, 50)).kind, 'unknown');
  });

  it('nobody listens → failed: it was surely not sent', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    assert.equal((await send(`http://127.0.0.1:${port}`)).kind, 'failed');
  });

  it('a call that is no send throws an AppError without the token', async () => {
    answer = (_, socket) => socket.destroy();
    const telegram = createTelegram({ token: TOKEN, apiBaseUrl: url, requestTimeoutMs: 1_000 });
    await assert.rejects(telegram.getMe(), (error) => isAppError(error, 'TELEGRAM_UNAVAILABLE') && !error.message.includes(TOKEN));
    answer = refusal(401, 'Unauthorized');
    await assert.rejects(telegram.getMe(), (error) => isAppError(error, 'TELEGRAM_REJECTED'));
    telegram.close();
  });

  it('over TLS it offers no post-quantum group, which api.telegram.org resets now and then', async () => {
    const hello = new Promise<Buffer>((resolve) => {
      const listener = createServer((socket) => {
        socket.once('data', (data) => {
          resolve(data);
          socket.destroy();
          listener.close();
        });
      });
      listener.listen(0, '127.0.0.1', () => void send(`https://127.0.0.1:${(listener.address() as AddressInfo).port}`));
    });
    assert.deepEqual(supportedGroups(await hello), ['x25519', 'secp256r1']);
  });
});

const GROUPS: Readonly<Record<number, string>> = { 0x001d: 'x25519', 0x0017: 'secp256r1', 0x0018: 'secp384r1', 0x11ec: 'X25519MLKEM768' };
const SUPPORTED_GROUPS = 10;

/** Names of the groups in a TLS ClientHello (RFC 8446, section 4.1.2 and 4.2.7). */
const supportedGroups = (record: Buffer): string[] => {
  let at = 5 + 4 + 2 + 32; // record header, handshake header, version, random
  at += 1 + record.readUInt8(at); // session id
  at += 2 + record.readUInt16BE(at); // cipher suites
  at += 1 + record.readUInt8(at); // compression
  const end = at + 2 + record.readUInt16BE(at);
  for (at += 2; at < end; at += 4 + record.readUInt16BE(at + 2)) {
    if (record.readUInt16BE(at) !== SUPPORTED_GROUPS) continue;
    const list = record.subarray(at + 6, at + 4 + record.readUInt16BE(at + 2));
    return Array.from({ length: list.length / 2 }, (_, index) => GROUPS[list.readUInt16BE(index * 2)] ?? 'unknown');
  }
  return [];
};
