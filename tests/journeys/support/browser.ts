import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { watchFaults } from './faults.ts';
import type { Faults } from './faults.ts';

export interface Visitor {
  page: Page;
  context: BrowserContext;
  faults: Faults;
}

export interface VisitOptions {
  phone?: boolean;
  locale?: string;
}

const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
let browser: Promise<Browser> | undefined;

function openBrowser(): Promise<Browser> {
  const candidates = [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ];
  const executablePath = candidates.find((file) => file && existsSync(file));
  // Chromium's sandbox needs an ordinary user.
  const args = [...quiet, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  browser ??= chromium.launch({ args, ...(executablePath ? { executablePath } : {}) });
  return browser;
}

export async function closeBrowser(): Promise<void> {
  const open = browser;
  browser = undefined;
  await (await open)?.close();
}

/**
 * A person with a browser of their own: no cookies, nothing cached. Whatever a page reports wrong by itself fails the
 * journey at its end; a failed journey leaves a picture of its last page.
 */
export async function visit<T>(journey: (visitor: Visitor) => Promise<T>, options: VisitOptions = {}): Promise<T> {
  const context = await (
    await openBrowser()
  ).newContext({
    viewport: options.phone ? { width: 390, height: 844 } : { width: 1280, height: 900 },
    locale: options.locale ?? 'en-GB',
    timezoneId: 'Europe/Madrid',
    acceptDownloads: true,
    ...(options.phone ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {}),
  });
  context.setDefaultTimeout(20_000);
  const faults = watchFaults(context);
  const page = await context.newPage();
  try {
    const result = await journey({ page, context, faults });
    expect(faults.list(), 'what the pages reported').toEqual([]);
    return result;
  } catch (error) {
    await keepPicture(context);
    throw error;
  } finally {
    await context.close();
  }
}

async function keepPicture(context: BrowserContext): Promise<void> {
  const folder = join(tmpdir(), 'portolan-journeys');
  mkdirSync(folder, { recursive: true });
  for (const [index, page] of context.pages().entries()) {
    const file = join(folder, `${expect.getState().currentTestName?.replace(/\W+/g, '-').slice(0, 80)}-${index}.png`);
    await page.screenshot({ path: file, fullPage: true }).catch(() => {});
    console.error(`${page.url()} looked like this: ${file}`);
  }
}

/** Keeps a picture for the documentation when asked to: `PORTOLAN_SCREENSHOTS=folder`. */
export async function photograph(page: Page, name: string, fullPage = false): Promise<void> {
  const folder = process.env.PORTOLAN_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
}
