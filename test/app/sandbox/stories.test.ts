import assert from 'node:assert/strict';
import type { Update } from 'grammy/types';
import type { Sandbox } from '../../../app/sandbox/server.ts';
import type { ModelStep, SendStep, Step, Story } from '../../../app/sandbox/story/types.ts';
import {
  act,
  ANNA,
  asScript,
  baseOf,
  BORIS,
  callBot,
  GROUP,
  makeDataDir,
  removeDataDir,
  setFaults,
  startReceiver,
  startTestSandbox,
  until,
  write,
} from './support.ts';

type Received = Awaited<ReturnType<typeof startReceiver>>;
type Chat = readonly Readonly<Record<string, unknown>>[];

const TOOLS = [{ type: 'function', function: { name: 'find_prices' } }];
const NOW = { role: 'system', content: 'Сейчас: 2026-11-24T12:30, вторник' };

describe('sandbox: what just happened', function () {
  this.timeout(20_000);
  let dataDir: string;
  let sandbox: Sandbox;
  let receiver: Received;
  beforeEach(async () => {
    dataDir = await makeDataDir();
    sandbox = await startTestSandbox(dataDir);
    receiver = await startReceiver();
    await callBot(sandbox, 'setWebhook', { url: receiver.url });
  });
  afterEach(async () => {
    await receiver.stop();
    await sandbox.stop();
    await removeDataDir(dataDir);
  });

  const stories = async (): Promise<readonly Story[]> =>
    ((await (await fetch(`${baseOf(sandbox)}/sandbox/stories`, { headers: asScript })).json()) as { stories: Story[] }).stories;
  const newest = async (): Promise<Story> => {
    const [story] = await stories();
    assert.ok(story);
    return story;
  };
  const kinds = ({ steps }: Story): string[] => steps.map(({ kind }) => kind);
  const sends = ({ steps }: Story): SendStep[] => steps.filter((step: Step) => step.kind === 'send');
  const models = ({ steps }: Story): ModelStep[] => steps.filter((step: Step) => step.kind === 'model');

  /** Writes as a person; resolves with what the bot got, once the sandbox knows that it got it. */
  const deliver = async (chatId: number, body: object): Promise<Readonly<{ update: Update; traceparent: string }>> => {
    const { update_id: updateId } = (await write(sandbox, chatId, body)).body;
    const settled = ({ steps }: Story): boolean => steps.some((step) => step.kind === 'webhook' && step.updateId === updateId && step.how === 'delivered');
    await until(async () => (await stories()).some(settled));
    const request = receiver.requests.find(({ update }) => update.update_id === updateId);
    assert.ok(request);
    return { update: request.update, traceparent: String(request.headers['traceparent']) };
  };
  const askModel = async (messages: Chat, { traceparent, stream = false }: { traceparent?: string; stream?: boolean } = {}): Promise<string> => {
    const headers = { authorization: `Bearer ${sandbox.llmApiKey}`, 'content-type': 'application/json', ...(traceparent ? { traceparent } : {}) };
    const body = JSON.stringify({ model: 'scripted', messages: [NOW, ...messages], tools: TOOLS, stream });
    return (await fetch(`${sandbox.llmBaseUrl}/chat/completions`, { method: 'POST', headers, body })).text();
  };
  const closed = async (): Promise<void> => until(async () => (await stories()).every((story) => sends(story).every(({ told }) => told !== null)));

  it('each delivery carries a trace, the same for every attempt of an update and another for the next', async () => {
    let refusals = 1;
    const picky = await startReceiver(() => ({ status: refusals-- > 0 ? 503 : 200 }));
    await callBot(sandbox, 'setWebhook', { url: picky.url });
    for (const text of ['раз', 'два']) await write(sandbox, ANNA, { text });
    await until(() => picky.requests.length === 3);
    const parents = picky.requests.map(({ headers }) => String(headers['traceparent']));
    for (const parent of parents) assert.match(parent, /^00-[\da-f]{32}-[\da-f]{16}-01$/);
    const ids = parents.map((parent) => parent.split('-')[1]);
    assert.equal(ids[0], ids[1]);
    assert.notEqual(ids[1], ids[2]);
    await until(async () => (await stories()).length === 2 && (await newest()).steps.length === 2);
    const first = (await stories()).at(-1);
    assert.deepEqual(
      first?.steps.map((step) => (step.kind === 'webhook' ? [step.how, step.status, step.attempt] : step.kind)),
      ['update', ['failed', 503, 1], ['delivered', 200, 2]],
    );
    await picky.stop();
  });

  for (const stream of [false, true]) {
    it(`tells the whole way of a question, the model ${stream ? 'streaming' : 'answering at once'}`, async () => {
      const { traceparent } = await deliver(ANNA, { text: 'Сколько стоит полировка фар на Весту?' });
      const user = { role: 'user', content: 'Сколько стоит полировка фар на Весту?' };
      await askModel([user], { traceparent, stream });
      const [asked] = models(await newest());
      assert.deepEqual(
        asked?.tools.map(({ name, args }) => [name, (args as { car: string }).car]),
        [['find_prices', 'Лада Веста']],
      );
      assert.deepEqual([asked.by, asked.attempt, asked.stream, asked.purpose, asked.how, asked.status], ['trace', 1, stream, 'answer', 'answered', 200]);
      if (!stream) assert.ok((asked.tokens?.prompt ?? 0) > 0);
      const call = { id: asked.tools[0]?.callId, type: 'function', function: { name: 'find_prices', arguments: '{"service":"полировка фар"}' } };
      const result = { role: 'tool', tool_call_id: asked.tools[0]?.callId, content: '{"car":null,"matches":[]}' };
      await askModel([user, { role: 'assistant', content: null, tool_calls: [call] }, result], { traceparent, stream });
      await callBot(sandbox, 'sendChatAction', { chat_id: ANNA, action: 'typing' });
      await callBot(sandbox, 'sendMessage', { chat_id: ANNA, text: 'Такого в прайсе нет.' });
      await closed();
      const story = await newest();
      assert.deepEqual(kinds(story), ['update', 'webhook', 'model', 'tool', 'model', 'send', 'send']);
      const tool = story.steps[3];
      assert.deepEqual(tool?.kind === 'tool' && [tool.name, tool.args, tool.result], ['find_prices', { service: 'полировка фар' }, { car: null, matches: [] }]);
      assert.notEqual(models(story)[1]?.text, '');
      const sent = sends(story)[1];
      assert.deepEqual([sent?.method, sent?.status, sent?.told, sent?.applied, sent?.text], ['sendMessage', 200, true, true, 'Такого в прайсе нет.']);
      assert.ok(story.steps.every(({ at }, index) => at >= (story.steps[index - 1]?.at ?? 0) - 1));
    });
  }

  it('without a trace the words decide whose call it was, and the story says so', async () => {
    await deliver(ANNA, { text: 'Сколько стоит антикор?' });
    await deliver(BORIS, { text: 'Где вы находитесь?' });
    await askModel([{ role: 'user', content: 'Сколько стоит антикор?' }]);
    const anna = (await stories()).find(({ chatId }) => chatId === ANNA);
    assert.ok(anna);
    assert.deepEqual(
      models(anna).map(({ by }) => by),
      ['order'],
    );
  });

  it('names the repeat of a request, a repair and a summary', async () => {
    const { traceparent } = await deliver(ANNA, { text: 'Привет' });
    const user = { role: 'user', content: 'Привет' };
    await setFaults(sandbox, { model: [{ fault: 'server_error', count: 1 }] });
    await askModel([user], { traceparent });
    await askModel([user], { traceparent });
    await askModel([user, { role: 'assistant', content: 'Всё за 5 ₽' }, { role: 'user', content: '[Проверка ответа] цены нет' }], { traceparent });
    await askModel([{ role: 'system', content: 'Сожми переписку' }, user], { traceparent });
    assert.deepEqual(
      models(await newest()).map(({ purpose, attempt, fault, status, text }) => [purpose, attempt, fault, status, text !== '']),
      [
        ['answer', 1, 'server_error', 500, false],
        ['answer', 2, null, 200, true],
        ['repair', 1, null, 200, true],
        ['summary', 1, null, 200, true],
      ],
    );
  });

  it('says who gave up when the model falls silent', async () => {
    const { traceparent } = await deliver(ANNA, { text: 'Привет' });
    await setFaults(sandbox, { model: [{ fault: 'stall_mid_stream' }] });
    const headers = { authorization: `Bearer ${sandbox.llmApiKey}`, 'content-type': 'application/json', traceparent };
    const body = JSON.stringify({ model: 'scripted', messages: [NOW, { role: 'user', content: 'Привет' }], stream: true });
    const response = await fetch(`${sandbox.llmBaseUrl}/chat/completions`, { method: 'POST', headers, body });
    assert.equal(models(await newest())[0]?.how, 'running');
    await response.body?.cancel();
    await until(async () => models(await newest())[0]?.how === 'left');
    assert.deepEqual(
      models(await newest()).map(({ fault, text, ms }) => [fault, text, ms !== null]),
      [['stall_mid_stream', '', true]],
    );
  });

  it('keeps a refused send and its repeats together, with what became of each', async () => {
    await deliver(ANNA, { text: 'Привет' });
    await setFaults(sandbox, {
      telegram: [
        { fault: 'flood', retry_after: 7, count: 1 },
        { fault: 'cut_after', count: 1 },
      ],
    });
    await callBot(sandbox, 'sendMessage', { chat_id: ANNA, text: 'Здравствуйте!' });
    await assert.rejects(callBot(sandbox, 'sendMessage', { chat_id: ANNA, text: 'Здравствуйте!' }));
    await deliver(ANNA, { text: 'Вы тут?' });
    await callBot(sandbox, 'sendMessage', { chat_id: ANNA, text: 'Здравствуйте!' });
    await closed();
    const first = (await stories()).at(-1);
    assert.ok(first);
    assert.deepEqual(
      sends(first).map(({ attempt, status, retryAfter, how, fault, applied, told }) => [attempt, status, retryAfter, how, fault, applied, told]),
      [
        [1, 429, 7, 'answer', 'flood', false, true],
        [2, null, null, 'cut', 'cut_after', true, false],
        [3, 200, null, 'answer', null, true, true],
      ],
    );
  });

  it('a notice to the group belongs to the booking it names, though another customer wrote later', async () => {
    const { traceparent } = await deliver(ANNA, { text: 'Да, всё верно' });
    const call = { id: 'call_1', type: 'function', function: { name: 'create_booking', arguments: '{}' } };
    const result = { role: 'tool', tool_call_id: 'call_1', content: '{"ok":true,"did":"booked","number":12}' };
    await askModel([{ role: 'user', content: 'Да, всё верно' }, { role: 'assistant', content: null, tool_calls: [call] }, result], { traceparent });
    await deliver(BORIS, { text: 'Добрый день' });
    await callBot(sandbox, 'sendMessage', { chat_id: GROUP, text: 'Заявка №12' });
    await closed();
    const anna = (await stories()).find(({ chatId }) => chatId === ANNA);
    assert.ok(anna);
    assert.deepEqual(
      sends(anna).map(({ notice, chatName }) => [notice, chatName]),
      [[true, 'Заявки — Пример-Авто']],
    );
  });

  it('an apology goes to the customer whose model fell silent, though it was calmed and another wrote meanwhile', async () => {
    const { traceparent } = await deliver(ANNA, { text: 'Сколько стоит антикор?' });
    await setFaults(sandbox, { model: [{ fault: 'stall_before_first_byte', count: 1 }] });
    const headers = { authorization: `Bearer ${sandbox.llmApiKey}`, 'content-type': 'application/json', traceparent };
    const body = JSON.stringify({ model: 'scripted', messages: [NOW, { role: 'user', content: 'Сколько стоит антикор?' }] });
    const patience = new AbortController();
    const asked = fetch(`${sandbox.llmBaseUrl}/chat/completions`, { method: 'POST', headers, body, signal: patience.signal });
    await until(async () => models(await newest())[0]?.fault === 'stall_before_first_byte');
    await callBot(sandbox, 'sendMessage', { chat_id: ANNA, text: 'Ещё минуту' });
    patience.abort();
    await assert.rejects(asked);
    const anna = async (): Promise<Story | undefined> => (await stories()).find(({ chatId }) => chatId === ANNA);
    await until(async () => (await anna())?.steps.some((step) => step.kind === 'model' && step.how === 'left') === true);
    await deliver(BORIS, { text: 'Добрый день' });
    await callBot(sandbox, 'sendMessage', { chat_id: GROUP, text: 'Бот не ответил. Клиент: Анна. Сколько стоит антикор?' });
    await deliver(BORIS, { text: 'Вы тут?' });
    await callBot(sandbox, 'sendMessage', { chat_id: ANNA, text: 'Извините' });
    await closed();
    const story = await anna();
    assert.deepEqual(story && sends(story).map(({ text }) => text.split(' ')[0]), ['Ещё', 'Бот', 'Извините']);
  });

  it('what a manager writes leads to the message that its customer gets', async () => {
    await deliver(ANNA, { text: 'Позовите человека' });
    await callBot(sandbox, 'sendMessage', { chat_id: ANNA, text: 'Зову' });
    await deliver(GROUP, { text: 'Слушаю вас' });
    await callBot(sandbox, 'sendMessage', { chat_id: ANNA, text: 'Слушаю вас' });
    await closed();
    const story = await newest();
    assert.deepEqual([story.chatId, sends(story).map(({ chatId }) => chatId)], [GROUP, [ANNA]]);
  });

  it('an album is one story, and messages in a row say with which they were answered', async () => {
    await deliver(ANNA, { photos: 3, caption: 'Вмятина на двери' });
    await until(async () => (await newest()).steps.filter(({ kind }) => kind === 'webhook').length === 3);
    assert.equal((await stories()).length, 1);
    const { traceparent } = await deliver(ANNA, { text: 'И бампер' });
    await askModel(
      [
        { role: 'user', content: '[фото: 3] Вмятина на двери' },
        { role: 'user', content: 'И бампер' },
      ],
      { traceparent },
    );
    const [second, album] = await stories();
    assert.ok(second && album);
    assert.deepEqual(models(second).length, 1);
    assert.deepEqual(album.steps.at(-1)?.kind === 'joined' && album.steps.at(-1), { kind: 'joined', at: album.steps.at(-1)?.at, storyId: second.id });
  });

  it('what the bot says by itself has a story without an update; its own affairs have none', async () => {
    await callBot(sandbox, 'sendMessage', { chat_id: GROUP, text: 'Проверка связи' });
    await callBot(sandbox, 'getWebhookInfo');
    await closed();
    assert.deepEqual((await stories()).map(kinds), [['send']]);
  });

  it('blocking, presses and unheard messages are told; only the last hundred stay', async () => {
    await act(sandbox, `${ANNA}/bot`, { blocked: true });
    await act(sandbox, `${ANNA}/bot`, { blocked: false });
    await act(sandbox, `${GROUP}/bot`, { blocked: true });
    await write(sandbox, GROUP, { text: 'между собой' });
    const [unheard, ...rest] = await stories();
    assert.deepEqual(
      unheard?.steps.map((step) => step.kind === 'update' && [step.heard, step.text]),
      [[false, 'между собой']],
    );
    assert.deepEqual(
      rest.map(({ steps }) => steps[0]?.kind === 'update' && steps[0].what),
      ['member', 'member', 'member'],
    );
    for (let n = 0; n < 105; n += 1) await write(sandbox, BORIS, { text: `${n}` });
    const kept = await stories();
    assert.equal(kept.length, 100);
    assert.equal(kept[0]?.steps[0]?.kind === 'update' && kept[0].steps[0].text, '104');
  });

  it('goes to the page as it happens, and to nobody without the key', async () => {
    const response = await fetch(`${baseOf(sandbox)}/sandbox/events`, { headers: asScript });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    assert.ok(reader);
    await write(sandbox, ANNA, { text: 'привет' });
    let seen = '';
    while (!/event: story\ndata: .*"how":"delivered"/.test(seen)) seen += (await reader.read()).value ?? '';
    await reader.cancel();
    assert.equal((await fetch(`${baseOf(sandbox)}/sandbox/stories`)).status, 401);
  });
});
