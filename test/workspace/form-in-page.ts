/** A modal of given fields that Ana has open in the page, and what the app got of them. */
import assert from 'node:assert/strict';
import type { ViewOutput } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import type { Page } from 'playwright-core';
import { type Browsing, browse } from './browsing.ts';
import { type Fixture, plain, startApp, startWorkspace } from './support.ts';

type FieldState = ViewOutput['state']['values'][string][string];

/** Runs `act` on a page where Ana has this modal open; returns what stood in its state at the end. */
export async function inForm(
  blocks: KnownBlock[],
  act: (page: Page, f: Fixture, browsing: Browsing) => Promise<void>,
): Promise<Record<string, FieldState | undefined>> {
  await using f = await startWorkspace({ commands: ['/form'] });
  const view: ModalView = { type: 'modal', callback_id: 'form', title: plain('Form'), submit: plain('Go'), blocks };
  let sent: Record<string, FieldState | undefined> = {};
  await using _app = await startApp(f.workspace, (app) => {
    app.command('/form', async ({ ack, body, client }) => {
      await client.views.open({ trigger_id: body.trigger_id, view });
      await ack();
    });
    app.view('form', async ({ ack, view: { state } }) => {
      sent = Object.fromEntries(Object.entries(state.values).map(([id, actions]) => [id, actions.a]));
      await ack();
    });
  });
  await using browsing = await browse(`${f.workspace.url}/?as=ana`);
  const { page } = browsing;
  await page.getByLabel('Message #benchmarks').fill('/form');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Form' }).waitFor();
  await act(page, f, browsing);
  await page.getByRole('button', { name: 'Go' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.deepEqual(browsing.errors, []);
  return sent;
}
