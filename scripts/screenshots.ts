import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openBrowser } from '../test/support/browser.ts';
import { ANNA, BORIS, createPlatform } from '../test/support/platform.ts';
import { stopTestPostgres } from '../test/support/postgres.ts';

// The pictures in README and docs, taken from a real run: npm run screenshots. Needs Chromium.
const IMAGES = join(import.meta.dirname, '../docs/images');
const SHOTS = [
  { name: 'page.png', width: 1280, height: 860, colorScheme: 'light' },
  { name: 'page-dark.png', width: 1280, height: 860, colorScheme: 'dark' },
  { name: 'page-phone.png', width: 390, height: 780, colorScheme: 'light' },
] as const;
const STORY: readonly (readonly [chatId: number, text: string])[] = [
  [ANNA, 'Здравствуйте, сколько стоит покрасить бампер на Весту?'],
  [ANNA, 'Да, запишите меня'],
  [ANNA, 'послезавтра в 10'],
  [ANNA, 'Анна'],
  [ANNA, '8 912 345-67-89'],
  [ANNA, 'Да, всё верно'],
  [BORIS, 'Сколько стоит замена масла?'],
  [BORIS, 'А антикор днища на Камри?'],
];

const platform = await createPlatform();
const app = await platform.startApp();
for (const [chatId, text] of STORY) await platform.ask(chatId, text);
await mkdir(IMAGES, { recursive: true });
for (const { name, ...look } of SHOTS) {
  const { context, close } = await openBrowser(look);
  const page = await context.newPage();
  await page.goto(platform.pageUrl);
  await page.getByTestId('message').first().waitFor();
  await page.waitForLoadState('load');
  await page.screenshot({ path: join(IMAGES, name) });
  console.log(`docs/images/${name}`);
  await close();
}
await app.end('SIGTERM');
await platform.stop();
await stopTestPostgres();
