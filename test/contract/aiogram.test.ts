import assert from 'node:assert/strict';
import type { Sandbox } from '../../app/sandbox/server.ts';
import {
  act,
  ANNA,
  asScript,
  baseOf,
  BORIS,
  callBot,
  GROUP,
  list,
  makeDataDir,
  removeDataDir,
  setFaults,
  startReceiver,
  startTestSandbox,
  until,
  write,
} from '../app/sandbox/support.ts';
import { createTelegram } from '../../app/telegram/client.ts';
import { renderMarkdown } from '../../app/telegram/markdown.ts';
import { buildNotice } from '../../app/telegram/notice.ts';
import { skipWithout } from '../support/tools.ts';
import { findAiogram, startWitness, type Witness } from './aiogram/witness.ts';

type Recorded = Readonly<{ method: string; arguments: Readonly<Record<string, unknown>> }>;

describe('contract: aiogram as a witness', () => {
  let witness: Witness; // set unless everything is skipped
  let dataDir: string;
  let sandbox: Sandbox;
  before(async function () {
    this.timeout(180_000); // the first run installs it
    const python = await findAiogram();
    skipWithout(this, 'aiogram (python3 with venv and pip)', python);
    if (python) witness = await startWitness(python);
  });
  after(async () => (witness as Witness | undefined)?.stop());
  beforeEach(async () => {
    dataDir = await makeDataDir();
    sandbox = await startTestSandbox(dataDir);
  });
  afterEach(async () => {
    await sandbox.stop();
    await removeDataDir(dataDir);
  });

  it('takes every update the sandbox sends, by webhook and by getUpdates', async () => {
    const receiver = await startReceiver(() => ({ status: 200 }));
    await callBot(sandbox, 'setWebhook', { url: receiver.url });
    await callBot(sandbox, 'sendMessage', { chat_id: ANNA, text: 'Записать?', reply_markup: { inline_keyboard: [[{ text: 'Да', callback_data: 'yes' }]] } });
    await write(sandbox, ANNA, { text: '/start и @valera, https://example.org' });
    await write(sandbox, ANNA, { photo: true, caption: 'вмятина @valera' });
    await write(sandbox, ANNA, { photos: 2 });
    await write(sandbox, ANNA, { voice: true });
    await write(sandbox, ANNA, { text: 'ответ', reply_to_message_id: 1 });
    await write(sandbox, ANNA, { edit_message_id: 2, text: 'исправлено' });
    await write(sandbox, ANNA, { edit_message_id: 3, text: 'две вмятины' });
    await write(sandbox, GROUP, { text: 'от менеджера' });
    await act(sandbox, `${ANNA}/presses`, { message_id: 1, data: 'yes' });
    await act(sandbox, `${BORIS}/bot`, { blocked: true });
    await act(sandbox, `${BORIS}/bot`, { blocked: false });
    await act(sandbox, `${GROUP}/bot`, { blocked: true });
    await until(() => receiver.requests.length === 13);
    await callBot(sandbox, 'deleteWebhook');
    await write(sandbox, ANNA, { text: 'ещё' });
    const polled = await callBot(sandbox, 'getUpdates');
    const problems = await Promise.all([
      ...receiver.requests.map(async ({ update }) => witness.ofUpdate(update)),
      witness.ofResponse('getUpdates', polled.body),
    ]);
    assert.deepEqual(problems.flat(), []);
    await receiver.stop();
  });

  it('takes every answer of the sandbox, refusals too', async () => {
    await write(sandbox, ANNA, { photo: true });
    const photo = ((await list(sandbox, ANNA))[0]?.['photo'] as { file_id: string }[])[0]?.file_id;
    const calls: readonly (readonly [string, object])[] = [
      ['getMe', {}],
      ['getChat', { chat_id: ANNA }],
      ['getChat', { chat_id: GROUP }],
      ['getFile', { file_id: photo }],
      ['sendMessage', { chat_id: ANNA, text: 'жирно', entities: [{ type: 'bold', offset: 0, length: 5 }], reply_parameters: { message_id: 1 } }],
      ['sendPhoto', { chat_id: GROUP, photo, caption: 'вмятина' }],
      [
        'sendMediaGroup',
        {
          chat_id: GROUP,
          media: [
            { type: 'photo', media: photo, caption: 'вмятина' },
            { type: 'photo', media: photo },
          ],
        },
      ],
      ['sendChatAction', { chat_id: ANNA, action: 'typing' }],
      ['editMessageText', { chat_id: ANNA, message_id: 2, text: 'иначе' }],
      ['sendMessage', { chat_id: 5, text: 'x' }],
      ['sendMessage', { chat_id: ANNA, text: '' }],
      ['setWebhook', { url: 'http://127.0.0.1:9/hook', allowed_updates: ['message'] }],
      ['getWebhookInfo', {}],
      ['getUpdates', {}],
      ['deleteWebhook', {}],
    ];
    const problems: string[] = [];
    for (const [method, args] of calls) problems.push(...(await witness.ofResponse(method, (await callBot(sandbox, method, args)).body)));
    await setFaults(sandbox, { telegram: [{ fault: 'flood', chat_id: ANNA }, { fault: 'migrate_group' }] });
    for (const chatId of [ANNA, GROUP])
      problems.push(...(await witness.ofResponse('sendMessage', (await callBot(sandbox, 'sendMessage', { chat_id: chatId, text: 'x' })).body)));
    assert.deepEqual(problems, []);
  });

  it('drives the sandbox as a bot of its own, and meets the errors it knows', async () => {
    await write(sandbox, ANNA, { photo: true });
    await act(sandbox, `${BORIS}/bot`, { blocked: true });
    await write(sandbox, 100_300, { text: 'я' });
    await setFaults(sandbox, {
      telegram: [
        { fault: 'migrate_group', count: 1 },
        { fault: 'flood', retry_after: 17, chat_id: 100_300 },
      ],
    });
    const upgraded = GROUP;
    const chats = { customer: ANNA, blocked: BORIS, group: -1_001_000_000_002, upgraded, flooded: 100_300 };
    const steps = await witness.drive({ base: sandbox.botApiBaseUrl, token: sandbox.botToken, chats });
    assert.deepEqual(steps, [
      ['getMe', 'valera_sandbox_bot'],
      ['getChat', 'Заявки — Пример-Авто'],
      ['sendMessage', ['14 000 ₽', 'bold', 1, 'Да']],
      ['editMessageText', '15 000 ₽'],
      ['sendChatAction', true],
      ['sendPhoto', ['вмятина', 4]],
      ['getFile', true],
      ['download', '89504e47'],
      ['getWebhookInfo', ''],
      ['setWebhook', true],
      ['getUpdates under a webhook', 'TelegramConflictError'],
      ['deleteWebhook', true],
      ['answerCallbackQuery', 'TelegramBadRequest'],
      ['to nobody', 'TelegramBadRequest'],
      ['too long', 'TelegramBadRequest'],
      ['blocked', 'TelegramForbiddenError'],
      ['upgraded', 'TelegramMigrateToChat -1001000000002'],
      ['flooded', 'TelegramRetryAfter 17'],
      ['wrong token', 'TelegramUnauthorizedError'],
    ]);
  });

  it('finds every request of our client valid', async () => {
    const telegram = createTelegram({ token: sandbox.botToken, apiBaseUrl: sandbox.botApiBaseUrl, requestTimeoutMs: 5_000 });
    const answer = renderMarkdown('**Покраска** — `14 000 ₽`, [прайс](https://example.org), > цитата\n\n* раз\n* _два_\n\n```js\nx\n```\n~~нет~~');
    const notice = buildNotice({ title: 'Заявка № 1', lines: [['Телефон', '+7 912 345-67-89']], quote: 'приеду завтра', footer: 'Анна' });
    await telegram.send(ANNA, answer, { linkPreview: true });
    await telegram.send(GROUP, notice, { linkPreview: false });
    await write(sandbox, ANNA, { photo: true });
    const photo = ((await list(sandbox, ANNA)).at(-1)?.['photo'] as { file_id: string }[])[0]?.file_id ?? '';
    await telegram.send(GROUP, { text: 'Фото', entities: [{ type: 'bold', offset: 0, length: 4 }], photos: [photo], replyTo: 1 }, { linkPreview: false });
    await telegram.send(GROUP, { text: 'Фото', entities: [], photos: [photo, photo] }, { linkPreview: false });
    await telegram.chatAction(ANNA);
    await telegram.getMe();
    await telegram.getWebhookInfo();
    await telegram.setWebhook('http://127.0.0.1:9/hook', 'secret', ['message', 'my_chat_member']);
    telegram.close();
    const { calls } = (await (await fetch(`${baseOf(sandbox)}/sandbox/calls`, { headers: asScript })).json()) as { calls: Recorded[] };
    assert.deepEqual(
      calls.map(({ method }) => method),
      ['sendMessage', 'sendMessage', 'sendPhoto', 'sendMediaGroup', 'sendChatAction', 'getMe', 'getWebhookInfo', 'setWebhook'],
    );
    assert.deepEqual((await Promise.all(calls.map(async (call) => witness.ofRequest(call.method, call.arguments)))).flat(), []);
  });

  it('objects to what is wrong: an unknown field, a missing one, a number for a text', async () => {
    const update = { update_id: 1, message: { message_id: 1, date: 1, chat: { id: 1, type: 'private', first_name: 'А' }, text: 'x' } };
    assert.deepEqual(await witness.ofUpdate(update), []);
    const wrong = [
      { ...update, surprise: 1 },
      { ...update, message: { ...update.message, colour: 'red' } },
      { ...update, message: { ...update.message, text: 5 } },
      { ...update, message: { ...update.message, date: '1' } },
      { ...update, message: { ...update.message, chat: { type: 'private' } } },
    ];
    for (const body of wrong) assert.notDeepEqual(await witness.ofUpdate(body), [], JSON.stringify(body));
    assert.notDeepEqual(await witness.ofRequest('sendMessage', { chat_id: 1, text: 'x', loud: true }), []);
    assert.notDeepEqual(await witness.ofRequest('sendMessage', { chat_id: 1 }), []);
    assert.notDeepEqual(await witness.ofRequest('sendPoem', {}), []);
    assert.notDeepEqual(await witness.ofResponse('getMe', { ok: true, result: { id: 1 } }), []);
    assert.notDeepEqual(await witness.ofResponse('getMe', { ok: false, error_code: 400 }), []);
  });
});
