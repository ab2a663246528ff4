import assert from 'node:assert/strict';
import { createEvents } from '../../../app/sandbox/events.ts';
import { createFaults } from '../../../app/sandbox/faults/faults.ts';
import { faultsRequest } from '../../../app/sandbox/faults/request.ts';
import type { Sandbox } from '../../../app/sandbox/server.ts';
import { ANNA, BORIS, callBot, GROUP, list, makeDataDir, readFaults, readJournal, removeDataDir, setFaults, startTestSandbox, until } from './support.ts';

const NEW_GROUP = -1_001_000_000_002;

describe('sandbox: faults of Telegram', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  beforeEach(async () => {
    dataDir = await makeDataDir();
    sandbox = await startTestSandbox(dataDir);
  });
  afterEach(async () => {
    await sandbox.stop();
    await removeDataDir(dataDir);
  });

  const send = async (text: string, chatId = ANNA) => callBot(sandbox, 'sendMessage', { chat_id: chatId, text });
  /** The error code of the connection itself, or the status. */
  const sendRaw = async (text: string, timeoutMs = 5_000): Promise<number | string> => {
    try {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ chat_id: ANNA, text });
      const url = `${sandbox.botApiBaseUrl}/bot${sandbox.botToken}/sendMessage`;
      return (await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) })).status;
    } catch (error) {
      const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
      return cause?.code ?? (error as Error).name;
    }
  };
  const texts = async (chatId = ANNA) => (await list(sandbox, chatId)).map(({ text }) => text);
  const told = async () => (await readJournal(dataDir, 'told')).map(({ told: what, code, fault, messageId }) => ({ told: what, code, fault, messageId }));

  it('answers 429 as often as it was asked to, only where it was asked to', async () => {
    await setFaults(sandbox, { telegram: [{ fault: 'flood', retry_after: 17, chat_id: ANNA, count: 2 }] });
    assert.equal((await send('другому', BORIS)).status, 200);
    const first = await send('раз');
    assert.deepEqual(first.body, { ok: false, error_code: 429, description: 'Too Many Requests: retry after 17', parameters: { retry_after: 17 } });
    assert.equal((await send('раз')).status, 429);
    assert.equal((await send('раз')).status, 200);
    assert.deepEqual(await texts(), ['раз']);
    const { telegram, totals } = await readFaults(sandbox);
    assert.deepEqual([telegram[0]?.left, telegram[0]?.hits, totals.telegram], [0, 2, { flood: 2 }]);
  });

  it('strikes messages, not «typing…», or the method that is named', async () => {
    await setFaults(sandbox, { telegram: [{ fault: 'server_error', status: 503, telegram_json: true }] });
    assert.equal((await callBot(sandbox, 'getMe')).status, 200);
    const typing = async (): Promise<number> => (await callBot(sandbox, 'sendChatAction', { chat_id: ANNA, action: 'typing' })).status;
    assert.equal(await typing(), 200);
    assert.deepEqual((await send('x')).body, { ok: false, error_code: 503, description: 'Service Unavailable' });
    await setFaults(sandbox, { telegram: [{ fault: 'flood', method: 'sendChatAction' }] });
    assert.deepEqual([await typing(), (await send('x')).status], [429, 200]);
    await setFaults(sandbox, { telegram: [{ fault: 'flood', method: 'getme' }] });
    assert.deepEqual([(await callBot(sandbox, 'getMe')).status, (await send('x')).status], [429, 200]);
  });

  it('answers 5xx without the JSON of Telegram, with or without the effect', async () => {
    await setFaults(sandbox, {
      telegram: [
        { fault: 'server_error', count: 1 },
        { fault: 'server_error', status: 504, applied: true, count: 1 },
      ],
    });
    assert.deepEqual([await sendRaw('не дошло'), await sendRaw('дошло')], [502, 504]);
    assert.deepEqual(await texts(), ['дошло']);
    assert.deepEqual(await told(), [
      { told: 'refused', code: 502, fault: 'server_error', messageId: null },
      { told: 'withheld', code: 504, fault: 'server_error', messageId: 1 },
    ]);
  });

  it('cuts the connection before the effect and after it, and never answers', async () => {
    await setFaults(sandbox, {
      telegram: [
        { fault: 'cut_before', count: 1 },
        { fault: 'cut_after', count: 1 },
        { fault: 'time_out', count: 1 },
      ],
    });
    const outcomes = [await sendRaw('до'), await sendRaw('после'), await sendRaw('молчание', 100), await sendRaw('хорошо')];
    assert.deepEqual(outcomes, ['ECONNRESET', 'ECONNRESET', 'TimeoutError', 200]);
    assert.deepEqual(await texts(), ['после', 'молчание', 'хорошо']);
    await until(async () => (await told()).length === 4);
    assert.deepEqual(
      (await told()).map(({ told: what, messageId }) => [what, messageId]),
      [
        ['refused', null],
        ['withheld', 1],
        ['withheld', 2],
        ['ok', 3],
      ],
    );
  });

  it('plays the upgrade of the group: the old id is refused with the new one, which works', async () => {
    await setFaults(sandbox, { telegram: [{ fault: 'migrate_group' }] });
    const { body } = await send('заявка', GROUP);
    assert.deepEqual(body, {
      ok: false,
      error_code: 400,
      description: 'Bad Request: group chat was upgraded to a supergroup chat',
      parameters: { migrate_to_chat_id: NEW_GROUP },
    });
    assert.equal((await send('заявка', NEW_GROUP)).status, 200);
    assert.equal((await send('клиенту')).status, 200);
    assert.deepEqual([await texts(GROUP), await texts(NEW_GROUP)], [[], ['заявка']]);
  });

  it('lets a person seem to have blocked the bot', async () => {
    await setFaults(sandbox, { telegram: [{ fault: 'blocked', chat_id: ANNA }] });
    assert.deepEqual((await send('x')).body, { ok: false, error_code: 403, description: 'Forbidden: bot was blocked by the user' });
    assert.equal((await send('x', BORIS)).status, 200);
  });

  it('is switched off by empty lists and refuses what it cannot mean', async () => {
    await setFaults(sandbox, { telegram: [{ fault: 'flood' }], model: [{ fault: 'slow' }] });
    assert.equal((await setFaults(sandbox, {})).status, 200);
    assert.equal((await send('x')).status, 200);
    const nonsense = [
      { telegram: [{ fault: 'earthquake' }] },
      { telegram: [{ fault: 'flood', retry_after: 0 }] },
      { telegram: [{ fault: 'flood', count: 1, probability: 0.5 }] },
      { telegram: [{ fault: 'migrate_group', chat_id: ANNA }] },
      { model: [{ fault: 'garbage', probability: 2 }] },
      { weather: [] },
      [],
    ];
    for (const body of nonsense) assert.equal((await setFaults(sandbox, body)).status, 400, JSON.stringify(body));
  });

  it('writes beside every answer what the bot was told, and the hash of what is seen', async () => {
    await send('привет');
    await callBot(sandbox, 'sendMessage', { chat_id: ANNA, text: '' });
    await until(async () => (await told()).length === 2);
    assert.deepEqual(await told(), [
      { told: 'ok', code: 200, fault: null, messageId: 1 },
      { told: 'refused', code: 400, fault: null, messageId: null },
    ]);
    const [sent] = await readJournal(dataDir, 'sent');
    const [line] = await readJournal(dataDir, 'told');
    assert.match(String(sent?.['hash']), /^[0-9a-f]{64}$/);
    assert.equal(line?.['hash'], sent?.['hash']);
  });
});

describe('sandbox: draws of the faults', () => {
  const strikes = (seed: number): string => {
    const faults = createFaults({ events: createEvents({ onError: (error) => assert.ifError(error) }) });
    faults.set(faultsRequest.parse({ seed, telegram: [{ fault: 'flood', probability: 0.3 }] }));
    return Array.from({ length: 400 }, () => (faults.takeTelegram({ method: 'sendMessage', chatId: 1 }) ? 'x' : '.')).join('');
  };

  it('are the same for the same seed, different for another, and about as many as asked', () => {
    assert.equal(strikes(7), strikes(7));
    assert.notEqual(strikes(7), strikes(8));
    const hits = strikes(7).replaceAll('.', '').length;
    assert.ok(hits > 80 && hits < 160, String(hits));
  });
});
