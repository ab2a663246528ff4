import assert from 'node:assert/strict';
import type { Sandbox } from '../../../app/sandbox/server.ts';
import { ANNA, asScript, baseOf, callBot, GROUP, list, makeDataDir, removeDataDir, startReceiver, startTestSandbox, until, write } from './support.ts';

describe('sandbox: script API', () => {
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

  it('delivers text, commands, photos, voice, replies and edits as Telegram shapes them', async () => {
    const receiver = await startReceiver();
    await callBot(sandbox, 'setWebhook', { url: receiver.url });
    await write(sandbox, ANNA, { text: '/start и @valera' });
    await write(sandbox, ANNA, { photo: true, caption: 'вот вмятина' });
    await write(sandbox, ANNA, { voice: true });
    await write(sandbox, ANNA, { text: 'ответ', reply_to_message_id: 1 });
    await write(sandbox, ANNA, { edit_message_id: 4, text: 'исправлено' });
    await until(() => receiver.requests.length === 5);
    const [start, photo, voice, reply] = receiver.requests.flatMap(({ update }) => update.message ?? []);
    const edited = receiver.requests.at(-1)?.update.edited_message;
    assert.ok(start && photo && voice && reply && edited);
    assert.deepEqual(start.entities, [
      { type: 'bot_command', offset: 0, length: 6 },
      { type: 'mention', offset: 9, length: 7 },
    ]);
    assert.deepEqual(start.from, { id: ANNA, is_bot: false, first_name: 'Анна', language_code: 'ru' });
    assert.deepEqual([photo.caption, photo.photo?.map(({ width }) => width)], ['вот вмятина', [90, 320, 800, 1280]]);
    assert.equal(voice.voice?.mime_type, 'audio/ogg');
    assert.equal(reply.reply_to_message?.text, '/start и @valera');
    assert.deepEqual([edited.message_id, edited.text, Number.isInteger(edited.edit_date)], [4, 'исправлено', true]);
    await receiver.stop();
  });

  it('writes in the group as the manager, or as whoever is named', async () => {
    await write(sandbox, GROUP, { text: 'от менеджера' });
    await write(sandbox, GROUP, { text: 'от Анны', from: ANNA });
    assert.deepEqual(
      (await list(sandbox, GROUP)).map(({ from }) => from.id),
      [100_003, ANNA],
    );
  });

  it('lets guests in by their number', async () => {
    assert.equal((await write(sandbox, 100_150, { text: 'я новый' })).status, 201);
    assert.equal((await callBot(sandbox, 'sendMessage', { chat_id: 100_150, text: 'здравствуйте' })).status, 200);
  });

  it('refuses what it cannot mean', async () => {
    const cases: readonly (readonly [number, unknown, number])[] = [
      [5, { text: 'x' }, 404],
      [100_003, { text: 'x' }, 404],
      [ANNA, { text: '' }, 400],
      [ANNA, { text: 5 }, 400],
      [ANNA, {}, 400],
      [ANNA, [], 400],
      [ANNA, { text: 'x', from: 100_002 }, 400],
      [ANNA, { text: 'x', surprise: true }, 400],
      [ANNA, { edit_message_id: 9, text: 'x' }, 404],
      [ANNA, { text: 'x', reply_to_message_id: 9 }, 404],
      [GROUP, { text: 'x', from: 7 }, 400],
    ];
    for (const [chat, body, status] of cases) assert.equal((await write(sandbox, chat, body)).status, status, JSON.stringify([chat, body]));
    assert.deepEqual(await list(sandbox, ANNA), []);
  });

  it('lists what came after a message, and the state', async () => {
    for (const text of ['раз', 'два', 'три']) await write(sandbox, ANNA, { text });
    assert.deepEqual(
      (await list(sandbox, ANNA, 1)).map(({ text }) => text),
      ['два', 'три'],
    );
    const state = (await (await fetch(`${baseOf(sandbox)}/sandbox/state`, { headers: asScript })).json()) as Record<string, unknown>;
    assert.deepEqual(state['parts'], { telegram: 'sandbox', model: 'scripted', database: 'embedded', workshop: 'example' });
    assert.equal(state['pending'], 3);
    assert.equal((state['chats'] as unknown[]).length, 3);
  });

  it('takes 30 000 characters in one message', async () => {
    assert.equal((await write(sandbox, ANNA, { text: 'ы'.repeat(30_000) })).status, 201);
    assert.equal((await list(sandbox, ANNA))[0]?.text?.length, 30_000);
  });

  it('tells a page what happens', async () => {
    const response = await fetch(`${baseOf(sandbox)}/sandbox/events`, { headers: asScript });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    assert.ok(reader);
    await write(sandbox, ANNA, { text: 'привет' });
    await callBot(sandbox, 'sendChatAction', { chat_id: ANNA, action: 'typing' });
    await callBot(sandbox, 'sendMessage', { chat_id: ANNA, text: 'ответ' });
    let seen = '';
    while (!seen.includes('ответ')) seen += (await reader.read()).value ?? '';
    await reader.cancel();
    assert.deepEqual(
      [...seen.matchAll(/^event: (\w+)/gm)].map(([, name]) => name).filter((name) => name !== 'story'),
      ['message', 'typing', 'message'],
    );
  });
});
