import type { BrowserContext, Page } from 'playwright-core';
import type { Sandbox } from '../../../app/sandbox/server.ts';
import { openBrowser, type Browser } from '../../support/browser.ts';
import { findChromium, skipWithout } from '../../support/tools.ts';
import { makeDataDir, removeDataDir, startTestSandbox } from './support.ts';

let opened: Promise<Browser> | undefined;

/** One browser for all page tests of a run; each test has a page of its own, and a port of its own keeps what it stores apart. */
export const sharedBrowser = async (): Promise<BrowserContext> => {
  opened ??= openBrowser();
  return (await opened).context;
};
// of the run, since this stands outside every suite: an open browser would keep mocha alive
after(async () => (await opened)?.close());

/** What a test of the page has; a test that starts another sandbox puts it here. */
type Stage = {
  browser: BrowserContext;
  dataDir: string;
  sandbox: Sandbox;
  page: Page;
  /** Errors of the page, as its console shows them. */
  problems: string[];
};

/** Sandbox and page, new for each test of the suite that calls it; the tests are skipped without Chromium. */
export const usePage = () => {
  const stage = {} as Stage; // filled before the first test
  before(async function () {
    skipWithout(this, 'Chromium', findChromium());
    stage.browser = await sharedBrowser();
  });
  beforeEach(async () => {
    stage.dataDir = await makeDataDir();
    stage.sandbox = await startTestSandbox(stage.dataDir);
    await stage.browser.clearCookies();
    stage.page = await stage.browser.newPage();
    stage.problems = [];
    stage.page.on('pageerror', (error) => stage.problems.push(error.message));
    stage.page.on('console', (message) => {
      if (message.type() === 'error') stage.problems.push(message.text());
    });
  });
  afterEach(async () => {
    await stage.page.close();
    await stage.sandbox.stop();
    await removeDataDir(stage.dataDir);
  });
  return {
    stage,
    open: async (): Promise<void> => {
      await stage.page.goto(stage.sandbox.pageUrl);
      await stage.page.waitForSelector('body[data-live]');
    },
    byId: (id: string) => stage.page.getByTestId(id),
    messages: (chatId: number) => stage.page.getByTestId(`messages-${chatId}`).getByTestId('message'),
    focused: async (): Promise<unknown> => stage.page.evaluate('document.activeElement.dataset.testid'),
  };
};
