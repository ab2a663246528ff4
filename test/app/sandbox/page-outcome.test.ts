import assert from 'node:assert/strict';
import { usePage } from './page-support.ts';
import { ANNA, BORIS, callBot, GROUP, list, setFaults, startReceiver, until, write } from './support.ts';

const VERA = 100_100;
const TOOLS = [{ type: 'function', function: { name: 'hand_over' } }];

describe('sandbox: what the page says an answer was', function () {
  this.timeout(60_000);
  const { stage, open, byId, messages } = usePage();
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  beforeEach(async () => {
    receiver = await startReceiver();
    await callBot(stage.sandbox, 'setWebhook', { url: receiver.url });
  });
  afterEach(async () => receiver.stop());

  const hear = async (chatId: number, text: string): Promise<void> => {
    await write(stage.sandbox, chatId, { text });
    await until(async () => (await list(stage.sandbox, chatId)).at(-1)?.delivery === 'delivered');
  };
  const say = async (chatId: number, text: string): Promise<number> => (await callBot(stage.sandbox, 'sendMessage', { chat_id: chatId, text })).status;
  const askModel = async (content: string, tools: readonly object[] = []): Promise<string> => {
    const headers = { authorization: `Bearer ${stage.sandbox.llmApiKey}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ model: 'scripted', tools, messages: [{ role: 'user', content }] });
    const answer = await fetch(`${stage.sandbox.llmBaseUrl}/chat/completions`, { method: 'POST', headers, body });
    return ((await answer.json()) as { choices: [{ message: { content: string | null } }] }).choices[0].message.content ?? '';
  };

  it('an answer that did not arrive is no success though the group got its notice; no more is one without the model', async () => {
    await hear(ANNA, 'Позовите менеджера');
    await askModel('Позовите менеджера', TOOLS);
    await setFaults(stage.sandbox, { telegram: [{ fault: 'blocked', chat_id: ANNA }] });
    assert.deepEqual([await say(ANNA, 'Зову'), await say(GROUP, 'Клиент Анна: Позовите менеджера')], [403, 200]);
    await hear(BORIS, 'Сколько стоит антикор?');
    await say(BORIS, 'Извините, сейчас не получается ответить.');
    await hear(VERA, '/start');
    await say(VERA, 'Здравствуйте!');
    await hear(BORIS, 'Где вы?');
    await askModel('Где вы?');
    await say(BORIS, 'На Примерной улице.');
    await open();
    await byId('toggle-story').click();
    const outcomes = await stage.page.locator('.story-outcome').all();
    const told = await Promise.all(
      outcomes.map(async (outcome) => [await outcome.getAttribute('data-tone'), (await outcome.innerText()).replace(/ за .*/, '')]),
    );
    assert.deepEqual(told, [
      ['ok', 'ответ'],
      ['ok', 'ответ без модели'],
      ['warn', 'бот модель не спрашивал, сказал сам'],
      ['bad', 'до клиента не дошло: Telegram отказал (403)'],
    ]);
    await byId('story').last().locator('summary').click();
    await byId('step').getByText('зовёт менеджера: клиент просит человека').waitFor();
    assert.deepEqual(stage.problems, []);
  });

  it('only the words of the scripted model wear its badge', async () => {
    await hear(ANNA, 'Привет');
    await say(ANNA, await askModel('Привет'));
    await say(ANNA, 'Готово: переписка удалена.');
    await open();
    await messages(ANNA).getByText('Готово').waitFor();
    assert.deepEqual(await Promise.all((await messages(ANNA).all()).map((message) => message.getByTestId('badge-scripted').count())), [0, 1, 0]);
  });
});
