/** The page without a mouse: message shortcuts, mentions, threads, the home tab. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { browse, skip } from './browsing.ts';
import { plain, startApp, startWorkspace } from './support.ts';

/** Goes on with Tab until something of this name has the focus; fails if it never comes. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
    });
  const passed: string[] = [];
  while (passed.length < 60) {
    await page.keyboard.press('Tab');
    const here = (await focused()).trim();
    if (name.test(here)) return;
    passed.push(here);
  }
  assert.fail(`Tab never led to ${name}: ${passed.join(' | ')}`);
}

test('a message shortcut is found with Tab, taken with the arrow keys, and leads into its modal and back', {
  skip,
}, async () => {
  await using f = await startWorkspace({
    messageShortcuts: [
      { name: 'Benchmark this file', callback_id: 'use-file' },
      { name: 'About', callback_id: 'about' },
    ],
  });
  await using _app = await startApp(f.workspace, (app) => {
    app.shortcut('about', async ({ ack, shortcut, client }) => {
      const title = plain(shortcut.type === 'message_action' ? (shortcut.message.text ?? '') : '');
      await client.views.open({ trigger_id: shortcut.trigger_id, view: { type: 'modal', title, blocks: [] } });
      await ack();
    });
  });
  await f.driver.message({ user: 'bo', channel: 'benchmarks', text: 'this one' });
  await using browsing = await browse(`${f.workspace.url}/?as=ana`);
  const { page } = browsing;
  await page.getByRole('article').getByText('this one').waitFor();
  await tabTo(page, /^More actions$/);
  assert.equal(await page.locator('.toolbar').evaluate((bar) => getComputedStyle(bar).opacity), '1');
  await page.keyboard.press('ArrowDown');
  await page.getByRole('menu').locator(':focus').waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'this one' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.locator('button:focus', { hasText: '⋯' }).waitFor();
  assert.deepEqual(browsing.errors, []);
});

test('who mentions the app with a completed name is answered in a thread, and writes there from the keyboard', {
  skip,
}, async () => {
  await using f = await startWorkspace({ scopes: ['chat:write', 'app_mentions:read'] });
  await using _app = await startApp(f.workspace, (app) => {
    app.event('app_mention', async ({ event, client }) => {
      await client.chat.postMessage({ channel: event.channel, text: `You said ${event.text}`, thread_ts: event.ts });
    });
  });
  await using browsing = await browse(`${f.workspace.url}/?as=ana`);
  const { page } = browsing;
  await page.getByLabel('Message #benchmarks').focus();
  await page.keyboard.type('@pod');
  await page.getByRole('option', { name: 'Podium' }).waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.type('help');
  await page.keyboard.press('Enter');
  await page.getByText('1 reply').waitFor();
  await page.getByRole('log', { name: 'Messages in #benchmarks' }).focus();
  await tabTo(page, /1 reply/);
  await page.keyboard.press('Enter');
  await page.getByRole('log', { name: 'Messages in the thread' }).getByText('You said @Podium help').waitFor();
  await page.locator('textarea[aria-label="Reply"]:focus').waitFor();
  await page.keyboard.type('Thanks');
  await page.keyboard.press('Enter');
  await page.getByText('2 replies').waitFor();
  await page.getByRole('button', { name: 'Close thread' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('button[aria-label="Reply in thread"]:focus').waitFor();
  assert.equal(await page.getByRole('complementary', { name: 'Thread' }).count(), 0);
  assert.deepEqual(browsing.errors, []);
});

test('the home tab is opened with the keyboard, its buttons pressed, and it keeps the focus when it changes', {
  skip,
}, async () => {
  await using f = await startWorkspace();
  let presses = 0;
  const home = () => ({
    type: 'home' as const,
    blocks: [
      { type: 'section' as const, block_id: 'count', text: plain(`Pressed ${presses} times`) },
      {
        type: 'actions' as const,
        block_id: 'row',
        elements: [{ type: 'button' as const, action_id: 'go', text: plain('Refresh') }],
      },
    ],
  });
  await using _app = await startApp(f.workspace, (app) => {
    app.event('app_home_opened', async ({ event, client }) => {
      await client.views.publish({ user_id: event.user, view: home() });
    });
    app.action('go', async ({ ack, body, client }) => {
      await ack();
      presses += 1;
      await client.views.publish({ user_id: body.user.id, view: home() });
    });
  });
  await using browsing = await browse(`${f.workspace.url}/?as=ana`);
  const { page } = browsing;
  await page.getByRole('navigation').waitFor();
  await tabTo(page, /Podium home/);
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Podium home' }).getByText('Pressed 0 times').waitFor();
  await tabTo(page, /^Refresh$/);
  for (const count of [1, 2]) {
    await page.keyboard.press('Enter');
    await page.getByText(`Pressed ${count} times`).waitFor();
  }
  assert.deepEqual(browsing.errors, []);
});

test('a reply that was also sent to the channel is marked there and leads to its thread', { skip }, async () => {
  await using f = await startWorkspace();
  const channel = 'C0BENCH001';
  const { ts } = await f.client.chat.postMessage({ channel, text: 'the benchmark' });
  if (ts === undefined) assert.fail('nothing was posted');
  await f.client.chat.postMessage({ channel, text: 'is done', thread_ts: ts, reply_broadcast: true });
  await using browsing = await browse(`${f.workspace.url}/?as=ana`);
  const { page } = browsing;
  const reply = page.getByRole('article').filter({ hasText: 'is done' });
  await reply.getByRole('button', { name: 'replied to a thread' }).focus();
  await page.keyboard.press('Enter');
  const thread = page.getByRole('log', { name: 'Messages in the thread' });
  await thread.getByText('the benchmark').waitFor();
  await thread.getByText('is done').waitFor();
  assert.equal(await thread.getByText('replied to a thread').count(), 0);
  assert.equal(await page.getByRole('article').filter({ hasText: 'is done' }).count(), 2);
  assert.deepEqual(browsing.errors, []);
});
