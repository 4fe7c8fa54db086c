import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Podium, startPodium } from '../support/podium.ts';
import { smallCsv } from '../support/small-csv.ts';
import { asFile, channel, chosen, optionsOf, type Walk, walking } from './walking.ts';

let podium: Podium;
let walk: Walk;
before(async () => {
  podium = await startPodium();
  walk = await walking(podium);
});
after(() => podium[Symbol.asyncDispose]());

test('nothing given, or both a file and a known one, is said at the field', async () => {
  const { driver } = podium;
  await driver.slash({ user: 'Ana', channel, command: '/benchmark' });
  await walk.step('Ana', 'dataset');
  assert.deepEqual((await driver.submit('Ana')).view?.errors, { file: 'Add a file to go on.' });
  await driver.close('Ana', { all: true });
});

test('a plain file leads through six steps to a review, and Back keeps what was entered in each', async () => {
  const { driver } = podium;
  await walk.giveFile('Ana', asFile('small.csv', smallCsv()));
  const columns = await walk.step('Ana', 'columns');
  assert.deepEqual(chosen(columns, 'label_columns'), ['topic', 'tone', 'urgent']);
  const data = await walk.next('Ana', 'data');
  assert.match(walk.said(data), /One model for all languages/);
  await driver.fill('Ana', { languages: { value: ['fr'] }, mode: { value: 'per-language' } });
  await walk.back('Ana', 'columns');
  const kept = await walk.next('Ana', 'data');
  assert.deepEqual(chosen(kept, 'languages'), ['French (60)']);
  assert.deepEqual(kept.state.values.mode?.value?.selected_option?.value, 'per-language');
  await driver.fill('Ana', { languages: { value: ['en'] }, mode: { value: 'multilingual' } });
  await walk.next('Ana', 'models');
  await driver.fill('Ana', { models: { value: ['builtin/tfidf-logreg'] } });
  assert.match((await driver.submit('Ana')).view?.errors.models ?? '', /at least two/);
  await driver.fill('Ana', { models: { value: ['builtin/tfidf-logreg', 'builtin/fasttext'] } });
  const categories = await walk.next('Ana', 'categories');
  assert.equal(chosen(categories, 'categories').length, 3);
  const review = walk.said(await walk.next('Ana', 'review'));
  assert.match(review, /6 trials/);
  assert.match(review, /English/);
  await walk.back('Ana', 'categories');
  const models = await walk.back('Ana', 'models');
  assert.equal(chosen(models, 'models').length, 2);
  const again = await walk.back('Ana', 'data');
  assert.deepEqual(chosen(again, 'languages'), ['English (180)']);
});

test('other columns that were picked are still there after Back', async () => {
  const { driver } = podium;
  await walk.giveFile('Bo', asFile('kept.csv', smallCsv(120)));
  const at = optionsOf(await walk.step('Bo', 'columns'), 'label_columns');
  await driver.fill('Bo', { label_columns: { value: [at.tone] } });
  const start = await walk.back('Bo', 'dataset');
  assert.equal(start.state.values.known_dataset?.value?.selected_option?.text.text, 'kept.csv');
  const columns = await walk.next('Bo', 'columns');
  assert.deepEqual(chosen(columns, 'label_columns'), ['tone']);
});

const doubtfulCsv = (): string => {
  const { length } = 'id,language,text,topic,tone,urgent';
  const [header = '', ...rows] = smallCsv().trim().split('\n');
  assert.equal(header.length, length);
  // twelve rows of one topic are spelt otherwise, and one row has no text
  const misspelt = rows.map((row, index) => (index % 20 === 1 ? row.replace(',water,', ',Water,') : row));
  return [header, ...misspelt, '999,en,,roads,calm,no'].join('\n');
};

test('labels that are one are merged, a label is left out, and the file is read anew with that', async () => {
  const { driver } = podium;
  await walk.giveFile('Bo', asFile('doubtful.csv', doubtfulCsv()));
  await walk.step('Bo', 'columns');
  const data = await walk.next('Bo', 'data');
  const renames = optionsOf(data, 'renames');
  assert.deepEqual(Object.keys(renames), ['Water → water']);
  const { options } = await driver.suggest({ user: 'Bo', action_id: 'value', block_id: 'excluded', value: 'parks' });
  assert.deepEqual(
    options.map(({ text }) => text.text),
    ['parks (topic)'],
  );
  await driver.fill('Bo', { renames: { value: Object.values(renames) }, excluded: { value: [options[0]?.value] } });
  await driver.faults({ duplicateDelivery: { times: 1 } });
  await driver.submit('Bo');
  await walk.step('Bo', 'models');
  const again = await walk.back('Bo', 'data');
  assert.deepEqual(chosen(again, 'renames'), ['Water → water']);
  assert.deepEqual(chosen(again, 'excluded'), ['parks (topic)']);
  await walk.next('Bo', 'models');
  const categories = walk.said(await walk.next('Bo', 'categories'));
  assert.match(categories, /topic.*2 labels/);
});

test('what cannot be read that way is said in the step where it was decided, and can be changed there', async () => {
  const { driver } = podium;
  await walk.giveFile('Bo', asFile('refused.csv', doubtfulCsv().replaceAll('hello', 'hi there')));
  await walk.step('Bo', 'columns');
  const data = await walk.next('Bo', 'data');
  const { options } = await driver.suggest({ user: 'Bo', action_id: 'value', block_id: 'excluded', value: 'Water' });
  const gone = options.find(({ text }) => text.text === 'Water (topic)');
  // A label that is read as another one isn't there any more to be left out.
  await driver.fill('Bo', {
    renames: { value: Object.values(optionsOf(data, 'renames')) },
    excluded: { value: [gone?.value] },
  });
  await driver.submit('Bo');
  const refused = await driver.waitFor(
    'the trouble',
    { user: 'Bo' },
    ({ view }) => view?.callback_id === 'wizard_data' && walk.said(view).includes('⚠️') && view,
    30_000,
  );
  assert.match(walk.said(refused), /no label "Water" to exclude/);
  await driver.fill('Bo', { excluded: { value: [] } });
  await walk.next('Bo', 'models');
});

test('the list of problems comes as a file to the person alone', async () => {
  const { driver } = podium;
  await walk.giveFile('Chi', asFile('problems.csv', doubtfulCsv().replaceAll('hello', 'good day')));
  await walk.step('Chi', 'columns');
  await driver.click({ user: 'Chi', action_id: 'wizard_problems' });
  await driver.waitFor('the note', { user: 'Chi' }, ({ view }) => view && walk.said(view).includes('📥'));
  const log = await driver.log();
  const shared = log.find(({ method }) => method === 'files.completeUploadExternal');
  assert.match(JSON.stringify(shared?.args), /"channel_id":"D/);
  await driver.close('Chi', { all: true });
});

test('one model alone is trained without a comparison', async () => {
  const { driver } = podium;
  await driver.close('Ana', { all: true });
  await driver.slash({ user: 'Ana', channel, command: '/benchmark' });
  await walk.step('Ana', 'dataset');
  await driver.fill('Ana', { kind: { value: 'train' }, file: { value: [asFile('one.csv', smallCsv(150))] } });
  for (const to of ['columns', 'data', 'models']) await walk.next('Ana', to);
  // The field itself takes one only; a second one typed below it is refused by the bot.
  const two = await driver.fill('Ana', { models: { value: ['builtin/tfidf-logreg', 'builtin/fasttext'] } });
  assert.match(JSON.stringify([two.error, two.view?.errors]), /1/);
  await driver.fill('Ana', { models: { value: ['builtin/tfidf-logreg'] }, other_models: { value: 'hub:owner/name' } });
  assert.match(JSON.stringify((await driver.submit('Ana')).view?.errors), /exactly one/);
  await driver.fill('Ana', { other_models: { value: '' } });
  await walk.next('Ana', 'categories');
  await walk.next('Ana', 'review');
  assert.equal((await driver.submit('Ana')).view, null);
  await driver.waitFor(
    'the model',
    { user: 'Ana', channel },
    ({ messages }) =>
      messages.some(
        (message) =>
          (/trained and ready/.test(walk.told(message)) && JSON.stringify(message).includes('one.csv')) ||
          /trained and ready/.test(message.text ?? ''),
      ),
    60_000,
  );
});

test('somebody who reads French is spoken to in French', async () => {
  const { driver } = podium;
  await walk.giveFile('Dee', asFile('français.csv', smallCsv(120)));
  const columns = await walk.step('Dee', 'columns');
  assert.equal(columns.title.text, 'Contenu du fichier');
  const data = await walk.next('Dee', 'data');
  assert.match(walk.said(data), /Un modèle pour toutes les langues/);
  await walk.back('Dee', 'columns');
  await driver.fill('Dee', { label_columns: { value: [] } });
  assert.match((await driver.submit('Dee')).view?.errors.label_columns ?? '', /au moins une colonne/);
  await driver.close('Dee', { all: true });
});

test('other columns are read anew, and a category that cannot be compared says why', async () => {
  const { driver } = podium;
  await walk.giveFile('Bo', asFile('ids.csv', smallCsv()));
  const columns = await walk.step('Bo', 'columns');
  await driver.fill('Bo', { label_columns: { value: [optionsOf(columns, 'label_columns').tone] } });
  await driver.submit('Bo');
  const reread = await driver.waitFor(
    'columns read anew',
    { user: 'Bo' },
    ({ view }) => view?.callback_id === 'wizard_columns' && chosen(view, 'label_columns').length === 1 && view,
    30_000,
  );
  assert.match(walk.said(reread), /Categories: tone/);
  await driver.fill('Bo', { label_columns: { value: [] } });
  assert.match((await driver.submit('Bo')).view?.errors.label_columns ?? '', /at least one label column/);
});

test('a kind of file that cannot be read is refused at the field before it travels', async () => {
  await podium.driver.close('Ana', { all: true });
  await podium.driver.slash({ user: 'Ana', channel, command: '/benchmark' });
  await walk.step('Ana', 'dataset');
  const filled = await podium.driver.fill('Ana', { file: { value: [asFile('data.docx', 'PK')] } });
  assert.match(filled.error ?? '', /takes csv/);
});

test('in a channel that Podium is not in, the modal says how to invite it, and after that it works', async () => {
  const { driver } = podium;
  await driver.slash({ user: 'Dee', channel: 'random', command: '/benchmark' });
  const view = await walk.step('Dee', 'reading');
  assert.match(walk.said(view), /\/invite @Podium/);
  await driver.close('Dee', { all: true });
  await driver.slash({ user: 'Dee', channel: 'random', command: '/invite', text: '@Podium' });
  await driver.slash({ user: 'Dee', channel: 'random', command: '/benchmark' });
  await walk.step('Dee', 'dataset');
});
