import assert from 'node:assert/strict';
import type { Message } from 'grammy/types';
import type { Sandbox } from '../../../app/sandbox/server.ts';
import { ANNA, callBot, GROUP, list, makeDataDir, removeDataDir, startTestSandbox, write } from './support.ts';

describe('sandbox: albums of the bot', () => {
  let dataDir: string;
  let sandbox: Sandbox;
  let photos: string[];
  beforeEach(async () => {
    dataDir = await makeDataDir();
    sandbox = await startTestSandbox(dataDir);
    await write(sandbox, ANNA, { photo: true });
    await write(sandbox, ANNA, { photo: true });
    photos = (await list(sandbox, ANNA)).map((message) => (message['photo'] as { file_id: string }[]).at(-1)?.file_id ?? '');
  });
  afterEach(async () => {
    await sandbox.stop();
    await removeDataDir(dataDir);
  });
  const send = async (media: unknown, more: object = {}) => callBot(sandbox, 'sendMediaGroup', { chat_id: GROUP, media, ...more });
  const item = (media: string | undefined, more: object = {}) => ({ type: 'photo', media, ...more });

  it('are as many messages of one group, in order, with the caption where it was put', async () => {
    await callBot(sandbox, 'sendMessage', { chat_id: GROUP, text: 'Заявка №1' });
    const entities = [{ type: 'bold', offset: 0, length: 4 }];
    const album = [item(photos[0], { caption: 'Фото к заявке', caption_entities: entities }), item(photos[1])];
    const { body } = await send(album, { reply_parameters: { message_id: 1 } });
    const sent = body.result as (Message.PhotoMessage & { reply_to_message: { message_id: number } })[];
    assert.deepEqual(
      sent.map(({ caption, photo, reply_to_message: reply }) => [caption, photo.at(-1)?.file_id ?? '', reply.message_id]),
      [
        ['Фото к заявке', photos[0], 1],
        [undefined, photos[1], 1],
      ],
    );
    assert.equal(new Set(sent.map(({ media_group_id: id }) => id)).size, 1);
    assert.ok(sent[0]?.media_group_id);
    assert.deepEqual(sent[0].caption_entities, entities);
    assert.deepEqual(
      (await list(sandbox, GROUP)).map(({ message_id: id }) => id),
      [1, 2, 3],
    );
  });

  const refused: [what: string, media: () => unknown, description: RegExp][] = [
    ['no list', () => 'x', /media/],
    ['a single one', () => [item(photos[0])], /2-10 items/],
    ['eleven', () => Array.from({ length: 11 }, () => item(photos[0])), /2-10 items/],
    ['a file nobody sent', () => [item(photos[0]), item('nothing')], /wrong file identifier/],
    ['a video', () => [item(photos[0]), { type: 'video', media: photos[1] }], /InputMedia/],
    ['a caption of 1025', () => [item(photos[0], { caption: 'я'.repeat(1025) }), item(photos[1])], /caption is too long/],
    ['Markdown', () => [item(photos[0], { caption: 'x', parse_mode: 'Markdown' }), item(photos[1])], /parse_mode/],
  ];
  for (const [what, media, description] of refused) {
    it(`refuses ${what}, and nothing is sent`, async () => {
      const { status, body } = await send(media());
      assert.equal(status, 400);
      assert.match(body.description ?? '', description);
      assert.deepEqual(await list(sandbox, GROUP), []);
    });
  }
});
