import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { ANNA, BORIS, createPlatform, MANAGERS, type Platform } from '../support/platform.ts';
import type { Running } from '../support/process.ts';
import { findChromium, skipWithout } from '../support/tools.ts';
import { sharedBrowser } from './sandbox/page-support.ts';

describe('from the page to the database and back, in a browser', function () {
  this.timeout(60_000);
  let platform: Platform;
  let app: Running;
  let page: Page;
  before(async function () {
    skipWithout(this, 'Chromium', findChromium());
    platform = await createPlatform();
    app = await platform.startApp();
    page = await (await sharedBrowser()).newPage();
    await page.goto(platform.pageUrl);
  });
  after(async () => {
    if (!findChromium()) return;
    await page.close();
    await app.end('SIGTERM');
    await platform.stop();
  });

  /** Writes as a customer and returns what the bot answers to it. */
  const ask = async (chatId: number, text: string): Promise<string> => {
    const fromBot = page
      .getByTestId(`messages-${chatId}`)
      .getByTestId('message')
      .filter({ has: page.getByTestId('badge-scripted') });
    await page.getByTestId(`tab-${chatId}`).click();
    const before = await fromBot.count();
    await page.getByTestId(`input-${chatId}`).fill(text);
    await page.getByTestId(`input-${chatId}`).press('Enter');
    await fromBot.nth(before).waitFor();
    return fromBot.nth(before).getByTestId('message-text').innerText();
  };

  it('a price from the list, a booking, and the notice in the group beside it', async () => {
    const price = await ask(ANNA, 'Здравствуйте, сколько стоит покрасить бампер на Весту?');
    assert.match(price.replaceAll('\u00a0', ' '), /14 000 ₽/);
    const answers = [
      await ask(ANNA, 'Да, запишите'),
      await ask(ANNA, 'послезавтра в 10'),
      await ask(ANNA, 'Анна'),
      await ask(ANNA, '8 912 345-67-89'),
      await ask(ANNA, 'да'),
    ];
    assert.match(answers.at(-1) ?? '', /№\s?1\b/, answers.join('\n---\n'));
    const notice = page.getByTestId(`messages-${MANAGERS}`).getByTestId('message').getByTestId('message-text');
    await notice.first().waitFor();
    for (const part of ['Заявка №1', 'Анна', '+79123456789', 'Веста']) assert.ok((await notice.first().innerText()).includes(part), part);
    const [booking] = await platform.db<{ number: number; quoted_price: number }>('booking');
    assert.deepEqual([booking?.number, booking?.quoted_price], [1, 14_000]);
  });

  it('the panel tells the whole way of the booking', async () => {
    await page.getByTestId('toggle-story').click();
    await page.getByTestId('story').first().locator('summary').click();
    const told = (await page.getByTestId('step').allInnerTexts()).join('\n').replaceAll('\u00a0', ' ');
    for (const words of [
      'Пришло сообщение',
      'Бот принял за',
      'просит записать: Лада Веста',
      'Запись №1 создана',
      'Отправлено в группу',
      'Отправлено в чат «Анна»',
    ])
      assert.ok(told.includes(words), `${words} is not in:\n${told}`);
    assert.ok(!told.includes('без следа'), told);
    await page.getByTestId('panel-close').click();
  });

  it('an unknown service is named as such, without a price', async () => {
    assert.doesNotMatch(await ask(BORIS, 'Сколько стоит замена масла?'), /₽/);
  });
});
