import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { after } from 'node:test';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
const browserPath = folders
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
  .find(existsSync);

/** Why tests in a browser can't run here; false: they can. */
export const skip = browserPath === undefined ? 'no chromium on this machine' : false;

const FLAGS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

export interface Browsing extends AsyncDisposable {
  context: BrowserContext;
  page: Page;
  /** What the page reported as broken, and any dialog of the browser's own. */
  errors: string[];
}

let launched: Promise<Browser> | undefined;
after(async () => (await launched)?.close());

/** A headless browser with one tab on the address; tests of a file share the program, but nothing in it. */
export async function browse(url: string, options: BrowserContextOptions = {}): Promise<Browsing> {
  launched ??= chromium.launch({ executablePath: browserPath ?? '', args: FLAGS.split(' ') });
  const browser = await launched;
  const context = await browser.newContext({ viewport: { width: 1200, height: 1000 }, ...options });
  const errors: string[] = [];
  context.setDefaultTimeout(15_000);
  context.on('weberror', (error) => errors.push(error.error().message));
  context.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  context.on('dialog', (dialog) => {
    errors.push(`a dialog of the browser: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const page = await context.newPage();
  await page.goto(url);
  return { context, page, errors, [Symbol.asyncDispose]: () => context.close() };
}
