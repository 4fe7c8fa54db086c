/**
 * The product as three people meet it, in the page, from /benchmark to the model: several languages with one model for all,
 * a model for each of three languages, and each of the three final choices.
 * With PODIUM_SHOTS=folder it leaves a picture of each stage there, to be looked at.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { type Podium, startPodium } from '../support/podium.ts';
import { smallCsv } from '../support/small-csv.ts';
import { threeLanguagesCsv } from '../support/three-languages.ts';
import { type Browsing, browse, skip } from '../workspace/browsing.ts';

const shots = process.env.PODIUM_SHOTS;
const stageMs = 90_000;

interface Somebody {
  page: Page;
  dialog: Locator;
  thread: Locator;
  look: (stage: string) => Promise<void>;
}

async function somebody(
  podium: Podium,
  stack: AsyncDisposableStack,
  user: string,
): Promise<Somebody & { browsing: Browsing }> {
  const browsing = await browse(`${podium.workspace.url}/?as=${user}&user=${user}&channel=benchmarks`, {
    viewport: { width: 1400, height: 1100 },
    colorScheme: user === 'bo' ? 'dark' : 'light',
  });
  stack.use(browsing);
  const { page } = browsing;
  page.setDefaultTimeout(stageMs);
  return {
    browsing,
    page,
    dialog: page.getByRole('dialog'),
    thread: page.getByRole('log', { name: 'Messages in the thread' }),
    look: async (stage) => {
      if (shots) await page.screenshot({ path: path.join(shots, `${stage}-${user}.png`) });
    },
  };
}

/** /benchmark, the file, and Next until the review stands there. */
async function upToReview(
  { page, dialog, look }: Somebody,
  name: string,
  csv: string,
  onWay: (title: string) => Promise<void>,
) {
  await page.getByRole('combobox', { name: /^Message #benchmarks/ }).fill('/benchmark');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'New benchmark' }).waitFor();
  await look(`${name}-1-start`);
  await dialog.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await dialog.getByRole('button', { name: 'Next' }).click();
  for (const title of ['What is in the file', 'Languages and labels', 'Models', 'Categories']) {
    await page.getByRole('dialog', { name: title, exact: true }).waitFor();
    await onWay(title);
    await look(`${name}-2-${title.toLowerCase().replaceAll(' ', '-')}`);
    await dialog.getByRole('button', { name: 'Next' }).click();
  }
  await page.getByRole('dialog', { name: 'Ready to run' }).waitFor();
  await look(`${name}-3-review`);
}

/** The newest benchmark's thread, opened by somebody. */
async function openThread({ page, thread }: Somebody): Promise<void> {
  const messages = page.getByRole('log', { name: 'Messages in #benchmarks' }).getByRole('article');
  await messages
    .filter({ hasText: / compares | has .* trained / })
    .last()
    .getByRole('button', { name: /repl/ })
    .first()
    .click();
  await thread.waitFor();
}

describe('three people and Podium, in the page', { skip }, () => {
  test('several languages, three models: votes are changed and taken back, and the owner chooses by hand', async () => {
    await using stack = new AsyncDisposableStack();
    const podium = stack.use(await startPodium());
    const [ana, bo, chi] = await Promise.all(['ana', 'bo', 'chi'].map((user) => somebody(podium, stack, user)));
    assert.ok(ana && bo && chi);
    await upToReview(ana, 'small.csv', smallCsv(), async () => {});
    await ana.dialog.getByText('9 trials').waitFor();
    await ana.dialog.getByRole('button', { name: 'Run' }).click();
    await ana.page
      .getByText(/\d of 9 trials done/)
      .first()
      .waitFor();
    await ana.look('multilingual-4-running');
    await ana.page.getByText('the vote is open in the thread').first().waitFor();
    for (const one of [ana, bo, chi]) await openThread(one);
    await ana.thread.getByText('Which model shall it be?').waitFor();
    const buttons = (one: Somebody) => one.thread.getByRole('button', { name: /^Vote for/ });
    await buttons(ana).nth(0).click();
    await ana.thread
      .getByText(/1 vote\b/)
      .first()
      .waitFor();
    await buttons(bo).nth(1).click();
    await buttons(chi).nth(1).click();
    await ana.thread
      .getByText(/2 votes/)
      .first()
      .waitFor();
    await buttons(bo).nth(0).click();
    await buttons(chi).nth(1).click();
    await ana.thread.getByText('2 votes').first().waitFor();
    await ana.look('multilingual-5-vote');
    await bo.look('multilingual-5-vote');
    await bo.thread.getByRole('button', { name: /^Use top-ranked/ }).click();
    await bo.thread.getByText(/Only the person who started/).waitFor();
    await ana.thread.getByRole('button', { name: /^Choose manually/ }).click();
    await ana.dialog.getByText('TF-IDF').first().waitFor();
    await ana.look('multilingual-6-manual');
    await ana.dialog.getByRole('radio', { name: /^#3 / }).check();
    await ana.dialog.getByRole('textbox', { name: /Reason|Why/ }).fill('It answers fastest.');
    await ana.dialog.getByRole('button', { name: /^Train/ }).click();
    await ana.thread.getByText('It answers fastest.').waitFor();
    await ana.page
      .getByText(/trained and ready/)
      .first()
      .waitFor();
    assert.equal(
      await ana.thread.getByRole('button', { name: /^(Use top-ranked|Choose manually|Stop here|Vote for)/ }).count(),
      0,
    );
    await ana.look('multilingual-7-done');
    await bo.look('multilingual-7-done');
    for (const { browsing } of [ana, bo, chi]) assert.deepEqual(browsing.errors, []);
  });

  test('three languages, two models each: one vote in every language, the top-ranked of each is trained; another time nothing is', async () => {
    await using stack = new AsyncDisposableStack();
    const podium = stack.use(await startPodium());
    const [ana, bo, dee] = await Promise.all(['ana', 'bo', 'dee'].map((user) => somebody(podium, stack, user)));
    assert.ok(ana && bo && dee);
    const choosing = async (title: string): Promise<void> => {
      if (title === 'Languages and labels') await ana.dialog.getByText('One model per language').click();
      if (title !== 'Models') return;
      await ana.dialog.getByRole('button', { name: /Remove Transformer, mini/ }).click();
    };
    await upToReview(ana, 'three.csv', threeLanguagesCsv(), choosing);
    await ana.dialog.getByText('12 trials').waitFor();
    await ana.dialog.getByRole('button', { name: 'Run' }).click();
    await ana.page.getByText('the vote is open in the thread').first().waitFor();
    for (const one of [ana, bo, dee]) await openThread(one);
    const buttons = (one: Somebody) => one.thread.getByRole('button', { name: /^Vote for/ });
    await buttons(ana).first().waitFor();
    assert.equal(await buttons(ana).count(), 6);
    for (const [one, chosen] of [
      [ana, 0],
      [bo, 2],
      [dee, 4],
    ] as const)
      await buttons(one).nth(chosen).click();
    await ana.thread
      .getByText(/1 vote\b/)
      .nth(2)
      .waitFor();
    await ana.look('per-language-5-vote');
    await ana.thread.getByRole('button', { name: /^Use top-ranked/ }).click();
    await ana.dialog.getByRole('button', { name: /^Train/ }).waitFor();
    await ana.look('per-language-6-top');
    await ana.dialog.getByRole('button', { name: /^Train/ }).click();
    await ana.page
      .getByText(/trained and ready/)
      .first()
      .waitFor();
    await ana.look('per-language-7-done');

    await ana.page.getByRole('combobox', { name: /^Message #benchmarks/ }).fill('/benchmark rerun 1');
    await ana.page.keyboard.press('Enter');
    await ana.page.getByRole('dialog', { name: 'Ready to run' }).waitFor();
    await ana.dialog.getByRole('button', { name: 'Run' }).click();
    await ana.page.getByText('the vote is open in the thread').first().waitFor();
    await openThread(ana);
    await ana.thread.getByRole('button', { name: /^Stop here/ }).click();
    await ana.dialog.getByRole('button', { name: 'Stop here' }).click();
    await ana.page
      .getByText(/without a choice/i)
      .first()
      .waitFor();
    await buttons(ana).first().waitFor({ state: 'detached' });
    for (const { browsing } of [ana, bo, dee]) assert.deepEqual(browsing.errors, []);
  });
});
