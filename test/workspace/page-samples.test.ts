import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModalView } from '@slack/types';
import { blockSamples } from './block-samples.ts';
import { browse, skip } from './browsing.ts';
import { elementSamples } from './element-samples.ts';
import type { Sample } from './sample-rows.ts';
import { plain, startApp, startWorkspace } from './support.ts';

// Files of the samples were never uploaded.
const samples = [...blockSamples, ...elementSamples].filter(
  ({ block }) => !JSON.stringify(block).includes('slack_file'),
);
const on = (surface: string): Sample[] => samples.filter((sample) => sample.surfaces.includes(surface));

// Ids are unique within a view, and samples repeat them.
const blocksOf = (all: Sample[]) =>
  all.map((sample, index) => ({ ...sample.block, type: String(sample.block.type), block_id: `b${index}` }));

test('every block and element of limits.json is shown on every surface that may hold it', { skip }, async () => {
  await using f = await startWorkspace({ commands: ['/show'], rateLimits: false });
  const modal = on('modal');
  await using _app = await startApp(f.workspace, (app) => {
    app.command('/show', async ({ ack, body, client }) => {
      await ack();
      const view: ModalView = { type: 'modal', title: plain('All'), submit: plain('Go'), blocks: blocksOf(modal) };
      await client.views.open({ trigger_id: body.trigger_id, view });
    });
  });
  const message = on('message');
  for (const sample of message) {
    await f.client.chat.postMessage({ channel: 'C0BENCH001', text: sample.name, blocks: blocksOf([sample]) });
  }
  const home = on('home');
  await f.client.views.publish({ user_id: 'U0ANA00001', view: { type: 'home', blocks: blocksOf(home) } });
  await using browsing = await browse('about:blank');
  const { page } = browsing;
  // Samples name pictures of a host that isn't there.
  await page.route('https://x.org/**', (route) =>
    route.fulfill({ contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' }),
  );
  await page.goto(`${f.workspace.url}/?as=ana`);
  await page
    .locator('article')
    .nth(message.length - 1)
    .waitFor();
  assert.deepEqual(await page.locator('.unknown').allTextContents(), []);
  for (const [index, sample] of message.entries()) {
    const article = page.locator('article').nth(index);
    assert.equal(await article.locator('.block').first().getAttribute('data-type'), sample.block.type, sample.name);
  }
  await page.getByRole('button', { name: 'Podium home' }).click();
  await page.locator('.home .block').first().waitFor();
  assert.equal(await page.locator('.home > .block').count(), home.length);
  assert.deepEqual(await page.locator('.unknown').allTextContents(), []);
  await f.driver.slash({ user: 'ana', channel: 'benchmarks', command: '/show' });
  const dialog = page.getByRole('dialog', { name: 'All' });
  await dialog.waitFor();
  assert.equal(await dialog.locator('.modal-body > .block').count(), modal.length);
  assert.deepEqual(await page.locator('.unknown').allTextContents(), []);
  // Every field can be found by its name.
  const nameless = await dialog.locator('input, select, textarea').evaluateAll(
    (all) =>
      all.filter((one) => {
        if (
          !(one instanceof HTMLInputElement || one instanceof HTMLSelectElement || one instanceof HTMLTextAreaElement)
        )
          return true;
        return (one.labels?.length ?? 0) === 0 && !one.hasAttribute('aria-label');
      }).length,
  );
  assert.equal(nameless, 0);
  assert.deepEqual(browsing.errors, []);
});
