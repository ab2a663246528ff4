import assert from 'node:assert/strict';
import { usePage } from './page-support.ts';
import { ANNA, BORIS, callBot, GROUP, startReceiver, startTestSandbox, write } from './support.ts';

/** Runs in the page: texts of badges and suggestions that reach beyond their frame. */
const CUT_OFF = `[...document.querySelectorAll('.part, .column .chip')]
  .filter((element) => element.checkVisibility())
  .filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    const frame = (element.closest('.column') ?? document.documentElement).getBoundingClientRect();
    return left < frame.left || right > frame.right || element.scrollWidth > element.clientWidth + 1;
  })
  .map((element) => element.textContent)`;
const TIME_LIMIT_MS = 60_000;

describe('sandbox: the page in a browser', function () {
  this.timeout(TIME_LIMIT_MS);
  const { stage, open, messages } = usePage();

  it('opens by the printed address, forgets the key in it, and asks for it without the cookie', async () => {
    await open();
    assert.equal(new URL(stage.page.url()).search, '');
    await stage.page.reload();
    await stage.page.waitForSelector('body[data-live]');
    assert.deepEqual(stage.problems, []);
    await stage.browser.clearCookies();
    await stage.page.goto(new URL('/', stage.sandbox.pageUrl).href);
    await stage.page.getByText('.valera/sandbox-token').waitFor();
  });

  it('says what is real', async () => {
    await open();
    assert.match(await stage.page.getByTestId('part-telegram').innerText(), /песочница/);
    assert.match(await stage.page.getByTestId('part-model').innerText(), /сценарий/);
    assert.deepEqual(stage.problems, []);
  });

  it('sends by Enter, by the button and by a suggestion, each as its own person', async () => {
    await open();
    await stage.page.getByTestId(`input-${ANNA}`).fill('от Анны');
    await stage.page.getByTestId(`input-${ANNA}`).press('Enter');
    await stage.page.getByTestId(`tab-${BORIS}`).click();
    await stage.page.getByTestId(`chip-${BORIS}-0`).click();
    await stage.page.getByLabel('Сообщение от имени: менеджер Марина').fill('от менеджера');
    await stage.page.getByRole('button', { name: 'Отправить от имени: менеджер Марина' }).click();
    await messages(BORIS).getByText('Сколько стоит антикор?').waitFor();
    await messages(GROUP).getByText('от менеджера').waitFor();
    await stage.page.getByTestId(`tab-${ANNA}`).click();
    await messages(ANNA).getByText('от Анны').waitFor();
    assert.equal(await stage.page.getByTestId(`input-${ANNA}`).inputValue(), '');
    assert.deepEqual(stage.problems, []);
  });

  it('shows the fate of a message: on its way, the bot is away, delivered', async () => {
    let away = true;
    const receiver = await startReceiver(() => ({ status: away ? 503 : 200 }));
    await open();
    await write(stage.sandbox, ANNA, { text: 'ау' });
    await messages(ANNA).getByText('отправляется…').waitFor();
    await callBot(stage.sandbox, 'setWebhook', { url: receiver.url });
    await messages(ANNA).getByText('бот недоступен — повторим').waitFor();
    away = false;
    await messages(ANNA).getByText('доставлено', { exact: true }).waitFor();
    await receiver.stop();
  });

  it('draws entities as nodes and never runs what a message holds', async () => {
    await open();
    const attack = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
    await write(stage.sandbox, ANNA, { text: attack });
    const text = 'жирный курсив ссылка';
    const entities = [
      { type: 'bold', offset: 0, length: 13 },
      { type: 'italic', offset: 7, length: 6 },
      { type: 'text_link', offset: 14, length: 6, url: 'https://example.org/' },
    ];
    await callBot(stage.sandbox, 'sendMessage', { chat_id: ANNA, text, entities });
    await messages(ANNA).getByText('ссылка').waitFor();
    const html = await stage.page.getByTestId('message-text').nth(1).innerHTML();
    assert.equal(html, '<strong>жирный <em>курсив</em></strong> <a href="https://example.org/" target="_blank" rel="noopener noreferrer">ссылка</a>');
    await callBot(stage.sandbox, 'sendMessage', { chat_id: ANNA, text: 'до\nцитата\nпосле', entities: [{ type: 'blockquote', offset: 3, length: 6 }] });
    await messages(ANNA).getByText('цитата').waitFor();
    assert.equal(await stage.page.getByTestId('message-text').nth(2).innerHTML(), 'до<blockquote>цитата</blockquote>после');
    assert.equal(await stage.page.getByTestId('message-text').nth(0).textContent(), attack);
    assert.equal(await stage.page.title(), 'Валера — песочница');
    assert.deepEqual(stage.problems, []);
  });

  it('comes back by itself after a restart of the sandbox, with what happened meanwhile', async () => {
    await open();
    const { port } = stage.sandbox;
    await stage.sandbox.stop();
    await stage.page.getByTestId('connection').waitFor({ state: 'visible' });
    stage.sandbox = await startTestSandbox(stage.dataDir, { port });
    await write(stage.sandbox, ANNA, { text: 'пока вас не было' });
    await messages(ANNA).getByText('пока вас не было').waitFor();
    await stage.page.getByTestId('connection').waitFor({ state: 'hidden' });
    assert.equal(await messages(ANNA).count(), 1);
  });

  it('keeps a text that could not be sent', async () => {
    await open();
    await stage.browser.clearCookies();
    await stage.page.getByTestId(`input-${ANNA}`).fill('не потеряйся');
    await stage.page.getByTestId(`send-${ANNA}`).click();
    await stage.page.getByTestId(`failure-${ANNA}`).waitFor({ state: 'visible' });
    assert.equal(await stage.page.getByTestId(`input-${ANNA}`).inputValue(), 'не потеряйся');
  });

  it('turns into tabs on a narrow screen, usable by keyboard', async () => {
    await stage.page.setViewportSize({ width: 390, height: 780 });
    await open();
    assert.equal(await stage.page.getByTestId(`chat-${BORIS}`).isVisible(), false);
    await stage.page.getByTestId(`tab-${ANNA}`).focus();
    await stage.page.keyboard.press('ArrowRight');
    assert.equal(await stage.page.getByTestId(`chat-${BORIS}`).isVisible(), true);
    assert.equal(await stage.page.getByTestId(`chat-${ANNA}`).isVisible(), false);
    await callBot(stage.sandbox, 'sendMessage', { chat_id: ANNA, text: 'новое' });
    await stage.page.getByTestId(`unread-${ANNA}`).getByText('1').waitFor();
    await stage.page.keyboard.press('Home');
    assert.equal(await stage.page.getByTestId(`chat-${GROUP}`).isVisible(), true);
    assert.ok(await stage.page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
  });

  it('cuts off no badge and no suggestion at any width, after the first message too', async () => {
    await open();
    await write(stage.sandbox, ANNA, { text: 'привет' });
    await messages(ANNA).getByText('привет').waitFor();
    for (const width of [1280, 880, 390]) {
      await stage.page.setViewportSize({ width, height: 780 });
      assert.deepEqual(await stage.page.evaluate(CUT_OFF), [], `${width}`);
      assert.ok((await stage.page.getByTestId(`chip-${ANNA}-0`).isVisible()) && (await stage.page.getByTestId('part-workshop').isVisible()), `${width}`);
    }
  });
});
