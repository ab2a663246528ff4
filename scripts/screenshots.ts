import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openBrowser } from '../test/support/browser.ts';
import { ANNA, BORIS, createPlatform } from '../test/support/platform.ts';
import { stopTestPostgres } from '../test/support/postgres.ts';

// The pictures in README and docs, taken from a real run: npm run screenshots. Needs Chromium.
const IMAGES = join(import.meta.dirname, '../docs/images');
const DESKTOP = { width: 1280, height: 860 } as const;
const PHONE = { width: 360, height: 740 } as const;
const BOOKED = 'Да, всё верно';

const STORY: readonly (readonly [chatId: number, text: string])[] = [
  [ANNA, 'Здравствуйте, сколько стоит покрасить бампер на Весту?'],
  [ANNA, 'Да, запишите меня'],
  [ANNA, 'послезавтра в 10'],
  [ANNA, 'Анна'],
  [ANNA, '8 912 345-67-89'],
  [ANNA, BOOKED],
  [BORIS, 'Сколько стоит замена масла?'],
  [BORIS, 'А антикор днища на Камри?'],
];

const showStory = async (page: Page): Promise<void> => {
  await page.getByTestId('toggle-story').click();
  await page.getByTestId('story').filter({ hasText: BOOKED }).locator('summary').click();
  await page.evaluate(`document.querySelector('details.story[open]').scrollIntoView()`);
};

const showFaults = async (page: Page): Promise<void> => {
  await page.getByTestId('toggle-faults').click();
  await page.getByRole('group', { name: 'Telegram просит подождать 20 секунд' }).getByLabel('один раз').check({ force: true });
  await page.getByTestId('alarm').waitFor({ state: 'attached' });
};

const SHOTS = [
  { name: 'page.png', ...DESKTOP, colorScheme: 'light' },
  { name: 'page-story-dark.png', ...DESKTOP, colorScheme: 'dark', prepare: showStory },
  { name: 'page-phone.png', ...PHONE, colorScheme: 'light' },
  { name: 'page-phone-story-dark.png', ...PHONE, colorScheme: 'dark', prepare: showStory },
  { name: 'page-faults.png', ...DESKTOP, colorScheme: 'light', prepare: showFaults },
] as const;

/** Some photos and a third customer: acts for which the helper of the tests has no words. */
const actOnPage = async (pageUrl: string): Promise<void> => {
  const { context, close } = await openBrowser(DESKTOP);
  const page = await context.newPage();
  await page.goto(pageUrl);
  const input = page.getByTestId(`input-${ANNA}`);
  await input.fill('Вот бампер');
  await page.getByTestId(`album-${ANNA}`).click();
  await page.getByText('Фото к заявке').waitFor();
  await page.getByTestId('new-customer').click();
  await page.getByTestId('new-name').fill('Вера');
  await page.getByTestId('new-name').press('Enter');
  await page.getByRole('tab', { name: 'Вера' }).waitFor();
  await close();
};

const platform = await createPlatform();
const app = await platform.startApp();
for (const [chatId, text] of STORY) await platform.ask(chatId, text);
await actOnPage(platform.pageUrl);
await mkdir(IMAGES, { recursive: true });
for (const shot of SHOTS) {
  const { name, prepare, ...look } = { prepare: undefined, ...shot };
  const { context, close } = await openBrowser(look);
  const page = await context.newPage();
  await page.goto(platform.pageUrl);
  await page.waitForSelector('body[data-live]');
  await page.getByTestId(`messages-${ANNA}`).getByTestId('message').first().waitFor();
  await prepare?.(page);
  await page.waitForFunction('[...document.images].every((image) => image.complete)');
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(IMAGES, name), animations: 'disabled' });
  console.log(`docs/images/${name}`);
  await close();
}
await app.end('SIGTERM');
await platform.stop();
await stopTestPostgres();
