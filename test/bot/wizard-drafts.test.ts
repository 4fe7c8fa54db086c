import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Podium, startPodium } from '../support/podium.ts';
import { smallCsv } from '../support/small-csv.ts';
import { asFile, channel, chosen, type Walk, walking } from './walking.ts';

let podium: Podium;
let walk: Walk;
before(async () => {
  podium = await startPodium();
  walk = await walking(podium);
});
after(() => podium[Symbol.asyncDispose]());

test('a draft outlives its window and the bot, and is gone on with or thrown away', async () => {
  const { driver } = podium;
  await walk.giveFile('Chi', asFile('survives.csv', smallCsv(180)));
  await walk.step('Chi', 'columns');
  await walk.next('Chi', 'data');
  await driver.fill('Chi', { languages: { value: ['fr'] } });
  await walk.next('Chi', 'models');
  await driver.fill('Chi', { models: { value: ['builtin/fasttext', 'builtin/transformer-mini'] } });
  await driver.close('Chi', { all: true });
  await podium.restartBot();
  await driver.slash({ user: 'Chi', channel, command: '/benchmark' });
  const start = await walk.step('Chi', 'dataset');
  assert.match(walk.said(start), /You began with .*survives\.csv/);
  await driver.click({ user: 'Chi', action_id: 'wizard_resume' });
  const models = await walk.step('Chi', 'models');
  assert.equal(chosen(models, 'models').length, 2);
  assert.deepEqual(chosen(await walk.back('Chi', 'data'), 'languages'), ['French (45)']);
  // Starting anew throws it away.
  await walk.giveFile('Chi', asFile('other.csv', smallCsv(150)));
  await walk.step('Chi', 'columns');
  await driver.close('Chi', { all: true });
  await driver.slash({ user: 'Chi', channel, command: '/benchmark' });
  assert.match(walk.said(await walk.step('Chi', 'dataset')), /You began with .*other\.csv/);
  await driver.close('Chi', { all: true });
});

test('a window closed while the file is read loses nothing: the person is told when it has been', async () => {
  const { driver } = podium;
  await walk.giveFile('Chi', asFile('told.csv', smallCsv(210)));
  await driver.close('Chi', { all: true });
  await driver.waitFor(
    'the notice',
    { user: 'Chi', channel },
    ({ messages }) =>
      messages.some(({ text, is_ephemeral }) => is_ephemeral && /told\.csv has been read/.test(text ?? '')),
    30_000,
  );
});

test('every submission delivered twice leads where one does, and one benchmark runs', async () => {
  const { driver } = podium;
  const posted = (await driver.messages({ user: 'Bo', channel })).length;
  const twice = () => driver.faults({ duplicateDelivery: { times: 1 } });
  await driver.close('Bo', { all: true });
  await driver.slash({ user: 'Bo', channel, command: '/benchmark' });
  await walk.step('Bo', 'dataset');
  await driver.fill('Bo', { file: { value: [asFile('twice.csv', smallCsv(90))] } });
  for (const to of ['columns', 'data', 'models']) {
    await twice();
    await walk.next('Bo', to);
  }
  await driver.fill('Bo', { models: { value: ['builtin/tfidf-logreg', 'builtin/fasttext'] } });
  for (const to of ['categories', 'review']) {
    await twice();
    await walk.next('Bo', to);
  }
  await twice();
  assert.equal((await driver.submit('Bo')).view, null);
  const at = { user: 'Bo', channel };
  await driver.waitFor(
    'the ranking',
    at,
    ({ messages }) =>
      JSON.stringify(messages).includes('twice.csv') && /the vote is open/.test(JSON.stringify(messages.slice(posted))),
    60_000,
  );
  assert.equal((await driver.messages(at)).filter(({ is_ephemeral }) => !is_ephemeral).length, posted + 1);
});

test('a file from before can be chosen again by whoever sees what was run on it, with its rows and its giver', async () => {
  const { driver } = podium;
  await driver.close('Dee', { all: true });
  await driver.slash({ user: 'Dee', channel, command: '/benchmark' });
  const first = await driver.waitFor(
    'known files',
    { user: 'Dee' },
    ({ view }) => view?.blocks.some(({ block_id }) => block_id === 'known_dataset') && view,
  );
  const known = first.blocks.find(({ block_id }) => block_id === 'known_dataset')?.element?.options ?? [];
  // What others gave and never ran is nobody's business.
  assert.equal(
    known.some(({ text }) => text.text === 'survives.csv'),
    false,
  );
  const run = known.find(({ text }) => text.text === 'twice.csv');
  assert.match(run?.description?.text ?? '', /90 lignes · .*Bo/i);
  await driver.fill('Dee', { known_dataset: { value: run?.value } });
  await walk.next('Dee', 'columns');
  await driver.close('Dee', { all: true });
  assert.equal(await driver.view('Dee'), null);
});
