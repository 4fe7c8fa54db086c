/** What people press under the ranking: mistakes, files, another try; with a real bot and a real worker. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { buttonsOf } from '../../../src/commands/demo-story.ts';
import type { SeenMessage } from '../../../src/workspace/driver.ts';
import { type Podium, startPodium } from '../../support/podium.ts';
import { smallCsv } from '../../support/small-csv.ts';
import { asFile, channel, type Walk, walking } from '../walking.ts';

let podium: Podium;
let walk: Walk;
let root: string;

const inThread = (what: string, user: string, wanted: (message: SeenMessage) => boolean): Promise<SeenMessage> =>
  podium.driver.waitFor(what, { user, channel, thread_ts: root }, ({ messages }) => messages.find(wanted), 60_000);

async function press(user: string, actionId: string): Promise<void> {
  const { ts } = await inThread(actionId, user, (message) => buttonsOf(message, actionId).length > 0);
  assert.equal((await podium.driver.click({ user, channel, ts, action_id: actionId })).error, undefined);
}

const has = (message: SeenMessage, text: RegExp): boolean => text.test(JSON.stringify(message));

before(async () => {
  // One of the models can't be there: its trials fail.
  podium = await startPodium({ modelFolders: ['/nowhere/a-model'] });
  walk = await walking(podium);
  const { driver } = podium;
  await walk.giveFile('Ana', asFile('small.csv', smallCsv(150)));
  await walk.step('Ana', 'columns');
  for (const to of ['data', 'models']) await walk.next('Ana', to);
  await driver.suggest({ user: 'Ana', block_id: 'models', action_id: 'value', value: '' });
  await driver.fill('Ana', { models: { value: ['builtin/tfidf-logreg', 'builtin/fasttext', 'folder#0'] } });
  await walk.next('Ana', 'categories');
  await driver.fill('Ana', { categories: { value: ['0'] } });
  await walk.next('Ana', 'review');
  await driver.submit('Ana');
  root = await driver.waitFor('the benchmark', { user: 'Ana', channel }, ({ messages }) => messages.at(-1)?.ts);
  await inThread('the ballot', 'Ana', (message) => buttonsOf(message, 'ballot_vote').length > 0);
});
after(() => podium[Symbol.asyncDispose]());

test('the mistakes of a model are shown to the person who asked, in their language, and to nobody else', async () => {
  await press('Dee', 'results_confusion');
  const view = await podium.driver.waitFor('the choice', { user: 'Dee' }, ({ view: seen }) => seen);
  assert.match(walk.said(view), /Erreurs d’un modèle/);
  assert.match(walk.said(view), /topic/);
  await podium.driver.submit('Dee');
  const shown = await inThread(
    'the picture',
    'Dee',
    (message) => message.is_ephemeral === true && has(message, /"image"/),
  );
  assert.match(JSON.stringify(shown.blocks), /alt_text/);
  const others = await podium.driver.messages({ user: 'Bo', channel, thread_ts: root });
  assert.ok(others.every((message) => !message.is_ephemeral));
});

test('results and predictions come into the thread as CSV, once', async () => {
  const fileOf = async (name: RegExp): Promise<string[][]> => {
    const message = await inThread(
      String(name),
      'Bo',
      ({ files }) => files?.some((file) => name.test(file.name)) ?? false,
    );
    const id = message.files?.find((file) => name.test(file.name))?.id ?? '';
    return parse(await podium.driver.file(id), { bom: true });
  };
  await press('Bo', 'results_file');
  await press('Dee', 'results_file');
  const results = await fileOf(/-results\.csv$/);
  assert.equal(results.length, 4);
  assert.equal(results.find(([, model]) => model === 'folder:/nowhere/a-model')?.[4], 'incomplete');
  await press('Bo', 'results_predictions');
  const predictions = await fileOf(/-predictions\.csv$/);
  assert.deepEqual(predictions[0]?.slice(0, 6), [
    'category',
    'language',
    'repetition',
    'row',
    'document language',
    'truth',
  ]);
  assert.ok(predictions.length > 15);
  await press('Chi', 'results_file');
  await inThread('a word to Chi', 'Chi', (message) => message.is_ephemeral === true && has(message, /thread already/));
  const files = (await podium.driver.messages({ user: 'Bo', channel, thread_ts: root })).flatMap(
    ({ files: own = [] }) => own,
  );
  assert.equal(files.filter(({ name }) => /-results\.csv$/.test(name)).length, 1);
});

test('what went wrong is told with its reason; the owner tries again, others are told that they cannot', async () => {
  const failures = await inThread('the failures', 'Ana', (message) => has(message, /What went wrong/));
  assert.match(walk.told(failures), /1 trial failed/);
  assert.match(walk.told(failures), /a-model/);
  await press('Bo', 'results_retry');
  await inThread('a word to Bo', 'Bo', (message) => message.is_ephemeral === true && has(message, /can try again/));
  await press('Ana', 'results_retry');
  // What stands in the thread may be the same afterwards, and then nothing is updated: the worker tells.
  const endMs = Date.now() + 60_000;
  while (!podium.lines.some((line) => /^trial-\w+-again1 failed/.test(line))) {
    if (Date.now() > endMs) assert.fail(podium.lines.join('\n'));
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await inThread('the ballot again', 'Ana', (message) => buttonsOf(message, 'ballot_vote').length > 0);
});
