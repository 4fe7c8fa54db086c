/** The product as a person meets it: the workspace's page in a real browser, from /benchmark to the trained model. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { startPodium } from '../support/podium.ts';
import { smallCsv } from '../support/small-csv.ts';

const browserPath = ['/usr/bin', ...(process.env.PATH ?? '').split(path.delimiter)]
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => path.join(folder, name)))
  .find(existsSync);
const skip = browserPath === undefined ? 'no chromium on this machine' : false;
const flags =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

test('a person types /benchmark, gives a file, runs it, votes, and gets the top-ranked model trained', {
  skip,
}, async () => {
  await using podium = await startPodium();
  const browser = await chromium.launch({ executablePath: browserPath ?? '', args: flags.split(' ') });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    page.setDefaultTimeout(60_000);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${podium.workspace.url}/?user=ana&channel=benchmarks`);
    await page.getByLabel('Message #benchmarks').fill('/benchmark');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog
      .locator('input[type=file]')
      .setInputFiles({ name: 'small.csv', mimeType: 'text/csv', buffer: Buffer.from(smallCsv()) });
    await dialog.getByRole('button', { name: 'Next' }).click();
    await dialog.getByText('240 texts').waitFor();
    await dialog.getByRole('button', { name: 'Next' }).click();
    await dialog.getByText('Transformer, mini').click();
    await dialog.getByRole('button', { name: 'Review' }).click();
    await dialog.getByText('6 trials').waitFor();
    await dialog.getByRole('button', { name: 'Run' }).click();
    await page.getByText('the vote is open in the thread').waitFor();
    await page.getByRole('button', { name: /repl/ }).click();
    await page
      .getByRole('button', { name: 'Vote', exact: true })
      .first()
      .or(page.getByRole('button', { name: /^Vote for/ }).first())
      .first()
      .click();
    await page.getByText('1 vote:').waitFor();
    await page.getByRole('button', { name: 'Use top-ranked' }).click();
    await dialog.getByRole('button', { name: 'Train it' }).click();
    await page.getByText('The model is trained and ready.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Use top-ranked' }).count(), 0);
    assert.deepEqual(errors, []);
  } finally {
    await browser.close();
  }
});
