import assert from 'node:assert/strict';
import type { Sandbox } from '../../../app/sandbox/server.ts';
import { act, ANNA, callBot, GROUP, list, makeDataDir, removeDataDir, startReceiver, startTestSandbox, until, write } from './support.ts';

describe('sandbox: what people do besides writing', () => {
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

  const call = async (method: string, args?: unknown) => callBot(sandbox, method, args);
  const restart = async (): Promise<void> => {
    await sandbox.stop();
    sandbox = await startTestSandbox(dataDir);
  };

  it('blocking is told to the bot, which may write no more until it is allowed again', async () => {
    const receiver = await startReceiver();
    await call('setWebhook', { url: receiver.url });
    assert.equal((await act(sandbox, `${ANNA}/bot`, { blocked: true })).status, 201);
    await until(() => receiver.requests.length === 1);
    const change = receiver.requests[0]?.update.my_chat_member;
    assert.deepEqual(
      [change?.chat.id, change?.old_chat_member.status, change?.new_chat_member.status, change?.new_chat_member.user.id],
      [ANNA, 'member', 'kicked', 42_000_001],
    );
    await restart();
    const refused = await call('sendMessage', { chat_id: ANNA, text: 'вы где?' });
    assert.deepEqual(refused.body, { ok: false, error_code: 403, description: 'Forbidden: bot was blocked by the user' });
    assert.equal((await call('sendChatAction', { chat_id: ANNA, action: 'typing' })).status, 403);
    assert.equal((await write(sandbox, ANNA, { text: 'я не могу писать' })).status, 409);
    assert.equal((await act(sandbox, `${ANNA}/bot`, { blocked: true })).status, 409);
    assert.equal((await act(sandbox, `${ANNA}/bot`, { blocked: false })).status, 201);
    assert.equal((await call('sendMessage', { chat_id: ANNA, text: 'рады' })).status, 200);
    await receiver.stop();
  });

  it('a group that removed the bot goes on without it', async () => {
    await act(sandbox, `${GROUP}/bot`, { blocked: true });
    assert.equal((await call('sendMessage', { chat_id: GROUP, text: 'x' })).body.description, 'Forbidden: bot was kicked from the supergroup chat');
    await write(sandbox, GROUP, { text: 'между собой' });
    assert.equal((await list(sandbox, GROUP))[0]?.delivery, 'unheard');
  });

  it('buttons are pressed where they are, and the press is answered once', async () => {
    const keyboard = { inline_keyboard: [[{ text: 'Да', callback_data: 'yes' }], [{ text: 'Карта', url: 'https://example.org' }]] };
    await call('sendMessage', { chat_id: ANNA, text: 'Записать?', reply_markup: keyboard });
    assert.deepEqual((await list(sandbox, ANNA))[0]?.['reply_markup'], keyboard);
    for (const data of ['no', 'https://example.org']) assert.equal((await act(sandbox, `${ANNA}/presses`, { message_id: 1, data })).status, 404);
    await act(sandbox, `${ANNA}/presses`, { message_id: 1, data: 'yes' });
    const [update] = (await call('getUpdates')).body.result as { callback_query?: { id: string; data: string; message: { message_id: number } } }[];
    assert.deepEqual([update?.callback_query?.data, update?.callback_query?.message.message_id], ['yes', 1]);
    const answer = { callback_query_id: update?.callback_query?.id };
    assert.equal((await call('answerCallbackQuery', answer)).status, 200);
    assert.equal(
      (await call('answerCallbackQuery', answer)).body.description,
      'Bad Request: query is too old and response timeout expired or query ID is invalid',
    );
  });

  it('an album is one update per photo, the siblings as late as wished', async () => {
    const { body } = await write(sandbox, ANNA, { photos: 3, caption: 'вмятина', sibling_delay_ms: 30 });
    assert.equal((await list(sandbox, ANNA)).length, 1);
    await write(sandbox, ANNA, { text: 'между ними' });
    await until(async () => (await list(sandbox, ANNA)).length === 4);
    const shown = await list(sandbox, ANNA);
    const photos = shown.filter((message) => message['photo']);
    assert.equal(new Set(photos.map((message) => message['media_group_id'])).size, 1);
    assert.equal(photos[0]?.['media_group_id'], (body as unknown as { media_group_id: string }).media_group_id);
    assert.deepEqual(
      photos.map((message) => message['caption']),
      ['вмятина', undefined, undefined],
    );
    assert.equal(new Set(shown.map(({ message_id: id }) => id)).size, 4);
  });

  it('a photo is sent on by its file_id, and its picture is there to be fetched', async () => {
    await write(sandbox, ANNA, { photo: true });
    const sizes = (await list(sandbox, ANNA))[0]?.['photo'] as { file_id: string }[];
    const fileId = sizes.at(-1)?.file_id ?? '';
    const sent = await call('sendPhoto', { chat_id: GROUP, photo: fileId, caption: 'От Анны', caption_entities: [{ type: 'bold', offset: 0, length: 2 }] });
    assert.deepEqual((sent.body.result as { photo: unknown }).photo, sizes);
    assert.deepEqual((await list(sandbox, GROUP))[0]?.['caption_entities'], [{ type: 'bold', offset: 0, length: 2 }]);
    const file = (await call('getFile', { file_id: fileId })).body.result as { file_path: string };
    const fetchFile = async (token: string): Promise<Response> => fetch(`${sandbox.botApiBaseUrl}/file/bot${token}/${file.file_path}`);
    const picture = await fetchFile(sandbox.botToken);
    assert.equal(picture.headers.get('content-type'), 'image/png');
    assert.deepEqual([...Buffer.from(await picture.arrayBuffer()).subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    assert.equal((await fetchFile('42000001:wrong')).status, 401);
    assert.equal(
      (await call('sendPhoto', { chat_id: GROUP, photo: fileId, caption: 'я'.repeat(1025) })).body.description,
      'Bad Request: message caption is too long',
    );
  });

  it('the caption of an own photo is edited, the text of the bot by the bot', async () => {
    await write(sandbox, ANNA, { photo: true, caption: 'было' });
    await write(sandbox, ANNA, { edit_message_id: 1, text: 'стало' });
    assert.equal((await list(sandbox, ANNA))[0]?.['caption'], 'стало');
    await call('sendMessage', { chat_id: ANNA, text: 'думаю…' });
    const edited = await call('editMessageText', { chat_id: ANNA, message_id: 2, text: 'готово' });
    assert.equal((edited.body.result as { text: string }).text, 'готово');
    assert.match(
      (await call('editMessageText', { chat_id: ANNA, message_id: 2, text: 'готово' })).body.description ?? '',
      /^Bad Request: message is not modified/,
    );
    assert.equal((await call('editMessageText', { chat_id: ANNA, message_id: 1, text: 'x' })).body.description, "Bad Request: message can't be edited");
    await restart();
    assert.equal((await list(sandbox, ANNA))[1]?.text, 'готово');
  });
});
