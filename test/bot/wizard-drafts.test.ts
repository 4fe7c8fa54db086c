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

test('from the home tab the wizard asks for the channel, and says at its field when Podium is not in there', async () => {
  const { driver } = podium;
  await driver.close('Ana', { all: true });
  await driver.home('Ana');
  await driver.waitFor('the home tab', { user: 'Ana' }, ({ home }) => home);
  await driver.click({ user: 'Ana', home: true, action_id: 'home_start' });
  await walk.step('Ana', 'dataset');
  await driver.fill('Ana', { file: { value: [asFile('home.csv', smallCsv(60))] } });
  assert.match((await driver.submit('Ana')).view?.errors.channel ?? '', /Choose the channel/);
  const ids = new Map((await driver.channels()).map(({ id, name }) => [name, id]));
  await driver.fill('Ana', { channel: { value: ids.get('random') } });
  assert.match((await driver.submit('Ana')).view?.errors.channel ?? '', /not in that channel/);
  await driver.fill('Ana', { channel: { value: ids.get(channel) } });
  await walk.next('Ana', 'columns');
  await driver.close('Ana', { all: true });
});

test('a benchmark is run again from its review: nothing is read anew, and Back leads through what was chosen', async () => {
  const { driver } = podium;
  const run = (await driver.messages({ user: 'Ana', channel })).find((message) => /#\d+/.test(walk.told(message)));
  const number = /#(\d+)/.exec(run ? walk.told(run) : '')?.[1];
  const seen = await driver.slash({ user: 'Ana', channel, command: '/benchmark', text: `rerun ${number}` });
  assert.equal(seen.error, undefined);
  const review = walk.said(await walk.step('Ana', 'review'));
  assert.match(review, /twice\.csv/);
  await walk.back('Ana', 'categories');
  const models = await walk.back('Ana', 'models');
  assert.equal(chosen(models, 'models').length, 2);
  await driver.close('Ana', { all: true });
});

test('without a worker the waiting window says that nothing is read, and so it does when the draft is gone on with', async () => {
  await using alone = await startPodium({ withWorker: false });
  const { step, said, giveFile } = await walking(alone);
  await giveFile('Ana', asFile('waits.csv', smallCsv(60)));
  const waiting = await alone.driver.waitFor(
    'the note',
    { user: 'Ana' },
    ({ view }) => view?.callback_id === 'wizard_reading' && said(view).includes('No worker is running') && view,
  );
  assert.match(said(waiting), /npm run worker/);
  await alone.driver.close('Ana', { all: true });
  await alone.driver.slash({ user: 'Ana', channel, command: '/benchmark' });
  await step('Ana', 'dataset');
  await alone.driver.click({ user: 'Ana', action_id: 'wizard_resume' });
  assert.match(said(await step('Ana', 'reading')), /No worker is running/);
});
