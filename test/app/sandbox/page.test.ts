import assert from 'node:assert/strict';
import type { BrowserContext, Page } from 'playwright-core';
import type { Sandbox } from '../../../app/sandbox/server.ts';
import { openBrowser, type Browser } from '../../support/browser.ts';
import { findChromium, skipWithout } from '../../support/tools.ts';
import { ANNA, BORIS, callBot, GROUP, makeDataDir, removeDataDir, startReceiver, startTestSandbox, write } from './support.ts';

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
  let chromium: Browser;
  let browser: BrowserContext;
  let dataDir: string;
  let sandbox: Sandbox;
  let page: Page;
  let problems: string[];

  before(async function () {
    skipWithout(this, 'Chromium', findChromium());
    chromium = await openBrowser();
    browser = chromium.context;
  });
  after(async () => {
    if (findChromium()) await chromium.close();
  });
  beforeEach(async () => {
    dataDir = await makeDataDir();
    sandbox = await startTestSandbox(dataDir);
    await browser.clearCookies();
    page = await browser.newPage();
    problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
  });
  afterEach(async () => {
    await page.close();
    await sandbox.stop();
    await removeDataDir(dataDir);
  });

  const open = async (): Promise<void> => {
    await page.goto(sandbox.pageUrl);
    await page.waitForSelector('body[data-live]');
  };
  const messages = (chatId: number) => page.getByTestId(`messages-${chatId}`).getByTestId('message');

  it('opens by the printed address, forgets the key in it, and asks for it without the cookie', async () => {
    await open();
    assert.equal(new URL(page.url()).search, '');
    await page.reload();
    await page.waitForSelector('body[data-live]');
    assert.deepEqual(problems, []);
    await browser.clearCookies();
    await page.goto(new URL('/', sandbox.pageUrl).href);
    await page.getByText('.valera/sandbox-token').waitFor();
  });

  it('says what is real, and marks the answers of the script', async () => {
    await open();
    assert.match(await page.getByTestId('part-telegram').innerText(), /песочница/);
    assert.match(await page.getByTestId('part-model').innerText(), /сценарий/);
    await callBot(sandbox, 'sendMessage', { chat_id: ANNA, text: 'ответ' });
    await page.getByTestId('badge-scripted').waitFor();
    assert.deepEqual(problems, []);
  });

  it('sends by Enter, by the button and by a suggestion, each as its own person', async () => {
    await open();
    await page.getByTestId(`input-${ANNA}`).fill('от Анны');
    await page.getByTestId(`input-${ANNA}`).press('Enter');
    await page.getByTestId(`tab-${BORIS}`).click();
    await page.getByTestId(`chip-${BORIS}-0`).click();
    await page.getByLabel('Сообщение от имени: менеджер Марина').fill('от менеджера');
    await page.getByRole('button', { name: 'Отправить от имени: менеджер Марина' }).click();
    await messages(BORIS).getByText('Сколько стоит антикор?').waitFor();
    await messages(GROUP).getByText('от менеджера').waitFor();
    await page.getByTestId(`tab-${ANNA}`).click();
    await messages(ANNA).getByText('от Анны').waitFor();
    assert.equal(await page.getByTestId(`input-${ANNA}`).inputValue(), '');
    assert.deepEqual(problems, []);
  });

  it('shows the fate of a message: on its way, the bot is away, delivered', async () => {
    let away = true;
    const receiver = await startReceiver(() => ({ status: away ? 503 : 200 }));
    await open();
    await write(sandbox, ANNA, { text: 'ау' });
    await messages(ANNA).getByText('отправляется…').waitFor();
    await callBot(sandbox, 'setWebhook', { url: receiver.url });
    await messages(ANNA).getByText('бот недоступен — повторим').waitFor();
    away = false;
    await messages(ANNA).getByText('доставлено', { exact: true }).waitFor();
    await receiver.stop();
  });

  it('draws entities as nodes and never runs what a message holds', async () => {
    await open();
    const attack = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
    await write(sandbox, ANNA, { text: attack });
    const text = 'жирный курсив ссылка';
    const entities = [
      { type: 'bold', offset: 0, length: 13 },
      { type: 'italic', offset: 7, length: 6 },
      { type: 'text_link', offset: 14, length: 6, url: 'https://example.org/' },
    ];
    await callBot(sandbox, 'sendMessage', { chat_id: ANNA, text, entities });
    await messages(ANNA).getByText('ссылка').waitFor();
    const html = await page.getByTestId('message-text').nth(1).innerHTML();
    assert.equal(html, '<strong>жирный <em>курсив</em></strong> <a href="https://example.org/" target="_blank" rel="noopener noreferrer">ссылка</a>');
    await callBot(sandbox, 'sendMessage', { chat_id: ANNA, text: 'до\nцитата\nпосле', entities: [{ type: 'blockquote', offset: 3, length: 6 }] });
    await messages(ANNA).getByText('цитата').waitFor();
    assert.equal(await page.getByTestId('message-text').nth(2).innerHTML(), 'до<blockquote>цитата</blockquote>после');
    assert.equal(await page.getByTestId('message-text').nth(0).textContent(), attack);
    assert.equal(await page.title(), 'Валера — песочница');
    assert.deepEqual(problems, []);
  });

  it('comes back by itself after a restart of the sandbox, with what happened meanwhile', async () => {
    await open();
    const { port } = sandbox;
    await sandbox.stop();
    await page.getByTestId('connection').waitFor({ state: 'visible' });
    sandbox = await startTestSandbox(dataDir, { port });
    await write(sandbox, ANNA, { text: 'пока вас не было' });
    await messages(ANNA).getByText('пока вас не было').waitFor();
    await page.getByTestId('connection').waitFor({ state: 'hidden' });
    assert.equal(await messages(ANNA).count(), 1);
  });

  it('keeps a text that could not be sent', async () => {
    await open();
    await browser.clearCookies();
    await page.getByTestId(`input-${ANNA}`).fill('не потеряйся');
    await page.getByTestId(`send-${ANNA}`).click();
    await page.getByTestId(`failure-${ANNA}`).waitFor({ state: 'visible' });
    assert.equal(await page.getByTestId(`input-${ANNA}`).inputValue(), 'не потеряйся');
  });

  it('turns into tabs on a narrow screen, usable by keyboard', async () => {
    await page.setViewportSize({ width: 390, height: 780 });
    await open();
    assert.equal(await page.getByTestId(`chat-${BORIS}`).isVisible(), false);
    await page.getByTestId(`tab-${ANNA}`).focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.getByTestId(`chat-${BORIS}`).isVisible(), true);
    assert.equal(await page.getByTestId(`chat-${ANNA}`).isVisible(), false);
    await callBot(sandbox, 'sendMessage', { chat_id: ANNA, text: 'новое' });
    await page.getByTestId(`unread-${ANNA}`).getByText('1').waitFor();
    await page.keyboard.press('End');
    assert.equal(await page.getByTestId(`chat-${GROUP}`).isVisible(), true);
    assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
  });

  for (const width of [1280, 880, 390]) {
    it(`cuts off no badge and no suggestion at ${width} px, after the first message too`, async () => {
      await page.setViewportSize({ width, height: 780 });
      await open();
      await write(sandbox, ANNA, { text: 'привет' });
      await messages(ANNA).getByText('привет').waitFor();
      assert.deepEqual(await page.evaluate(CUT_OFF), []);
      assert.ok((await page.getByTestId(`chip-${ANNA}-0`).isVisible()) && (await page.getByTestId('part-workshop').isVisible()));
    });
  }
});
