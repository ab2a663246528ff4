import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import { findChromium } from './tools.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export type Browser = Readonly<{ context: BrowserContext; close: () => Promise<void> }>;

type Look = Readonly<{ width?: number; height?: number; colorScheme?: 'light' | 'dark' }>;

/** The machine's own Chromium with an empty profile, headless. */
export const openBrowser = async ({ width = 1280, height = 800, colorScheme = 'light' }: Look = {}): Promise<Browser> => {
  const profile = await mkdtemp(join(tmpdir(), 'valera-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium() ?? 'chromium',
    args: ARGUMENTS,
    headless: true,
    viewport: { width, height },
    colorScheme,
  });
  return {
    context,
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
};
