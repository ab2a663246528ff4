import { existsSync } from 'node:fs';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of the machine (CHROMIUM_PATH first), or undefined. */
export const findChromium = (): string | undefined => [process.env['CHROMIUM_PATH'] ?? '', ...CHROMIUM].find((path) => path !== '' && existsSync(path));

/** Skips the test with one plain line where its tool is missing; with CI set the lack is a failure. Use: `this` of a `function ()` hook or test. */
export const skipWithout = (context: Mocha.Context, tool: string, found: unknown): void => {
  if (found) return;
  if (process.env['CI']) throw new Error(`${tool} is missing, and with CI set nothing is skipped`);
  console.log(`      skipped: ${tool} is not on this machine`);
  context.skip();
};
