/** The product as a person meets it: the workspace's page in a real browser, from /benchmark to the trained model. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPodium } from '../support/podium.ts';
import { smallCsv } from '../support/small-csv.ts';
import { browse, skip } from '../workspace/browsing.ts';

test('a person types /benchmark, gives a file, runs it, votes, and gets the top-ranked model trained', {
  skip,
}, async () => {
  await using podium = await startPodium();
  await using browsing = await browse(`${podium.workspace.url}/?user=ana&channel=benchmarks`);
  const { page } = browsing;
  page.setDefaultTimeout(60_000);
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
  assert.deepEqual(browsing.errors, []);
});
