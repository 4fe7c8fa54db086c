/** The wizard's second half as people meet it: models, categories, review, settings, and back again. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newStory, type Story } from '../../../src/commands/demo-story.ts';
import { viewAsText } from '../../../src/commands/slack-as-text.ts';
import type { SeenView } from '../../../src/workspace/driver.ts';
import { type Podium, startPodium } from '../../support/podium.ts';
import { smallCsv } from '../../support/small-csv.ts';

let podium: Podium;
let story: Story;
before(async () => {
  podium = await startPodium();
  story = await newStory(podium.driver, () => {});
});
after(() => podium[Symbol.asyncDispose]());

const channel = 'benchmarks';

/** Waits until the modal of this person is this step and shows this. */
function step(user: string, callbackId: string, shows: RegExp = /./): Promise<SeenView> {
  return podium.driver.waitFor(
    `${callbackId} that shows ${shows}`,
    { user },
    ({ view }) => view?.callback_id === `wizard_${callbackId}` && shows.test(text(view)) && view,
    30_000,
  );
}
const text = (view: SeenView): string => viewAsText(view, story.names).replaceAll('\u00a0', ' ');
const chosen = (view: SeenView, block: string): string[] =>
  (view.state.values[block]?.value?.selected_options ?? []).map(({ value }) => value ?? '');
const suggestions = async (user: string, block_id: string, value: string): Promise<string[]> =>
  (await podium.driver.suggest({ user, block_id, action_id: 'value', value })).options.map(({ text: own }) => own.text);

async function upToModels(user: string, fields: Record<string, Record<string, unknown>> = {}): Promise<SeenView> {
  const { driver } = podium;
  await driver.close(user, { all: true });
  await driver.slash({ user, channel, command: '/benchmark' });
  await step(user, 'dataset');
  const file = { name: 'small.csv', bytes_base64: Buffer.from(smallCsv()).toString('base64') };
  await driver.fill(user, { file: { value: [file] } });
  await driver.submit(user);
  await step(user, 'columns');
  await driver.submit(user);
  await step(user, 'data');
  await driver.fill(user, fields);
  await driver.submit(user);
  return step(user, 'models');
}

async function pressBack(user: string, to: string): Promise<SeenView> {
  await podium.driver.click({ user, action_id: 'wizard_back' });
  return step(user, to);
}

test('models are searched and chosen, and what there is to know of them follows the choice', async () => {
  const { driver } = podium;
  const models = await upToModels('Ana');
  assert.deepEqual(chosen(models, 'models'), ['builtin/tfidf-logreg', 'builtin/fasttext', 'builtin/transformer-mini']);
  assert.match(text(models), /\*TF-IDF \+ logistic regression\*: about .* built in, no download/);
  assert.match(text(models), /Times are for 3 categories on the workers that are there/);
  assert.ok((await suggestions('Ana', 'models', 'french')).some((name) => name.startsWith('almanach/')));
  assert.deepEqual(await suggestions('Ana', 'models', 'https://hub.example.org/someone/model'), ['hub:someone/model']);
  await driver.fill('Ana', { models: { value: ['hub:someone/model', 'builtin/fasttext'] } });
  const followed = await step('Ana', 'models', /\*hub:someone\/model\*: about .* not in the catalogue/);
  assert.deepEqual(chosen(followed, 'models'), ['hub:someone/model', 'builtin/fasttext']);
  assert.doesNotMatch(text(followed), /\*TF-IDF/);
  const quickly = [['builtin/tfidf-logreg'], ['builtin/tfidf-logreg', 'hub:a/b'], ['hub:a/b']];
  for (const value of quickly) await driver.fill('Ana', { models: { value } });
  await step('Ana', 'models', /\] hub:a\/b\n• \*hub:a\/b\*[^•]*$/);
  await driver.fill('Ana', { models: { value: [] } });
  assert.deepEqual(chosen(await step('Ana', 'models', /search|Further/), 'models'), []);
  await driver.fill('Ana', { models: { value: ['builtin/tfidf-logreg'] } });
  assert.match((await driver.submit('Ana')).view?.errors.models ?? '', /at least two/);
});

test('a category is found by typing, settings come back over the review, and Back and Later keep it all', async () => {
  const { driver } = podium;
  await upToModels('Ana');
  await driver.fill('Ana', { models: { value: ['builtin/tfidf-logreg', 'builtin/fasttext'] } });
  await driver.submit('Ana');
  const categories = await step('Ana', 'categories');
  assert.equal(chosen(categories, 'categories').length, 3);
  assert.match(text(categories), /Suggested.*\n• \*\w+\*: the largest balanced one/);
  assert.deepEqual(await suggestions('Ana', 'categories', 'ton'), ['tone']);
  await driver.fill('Ana', { categories: { value: ['tone'] } });
  await step('Ana', 'categories', /^(?!.*\n• \*topic\*: balanced)/s);
  await driver.submit('Ana');
  assert.match(text(await step('Ana', 'review')), /\*2 trials\* \(2 models × 1 category\)/);

  await driver.click({ user: 'Ana', action_id: 'wizard_settings_open' });
  await step('Ana', 'settings');
  assert.equal((await driver.look({ user: 'Ana' })).stack, 2);
  await driver.fill('Ana', { learning_rate: { value: 'fast' } });
  assert.match((await driver.submit('Ana')).view?.errors.learning_rate ?? '', /Expected a number above 0/);
  await driver.fill('Ana', {
    learning_rate: { value: '' },
    epochs: { value: '2' },
    repeat_count: { value: '3' },
    deciders: { value: ['Bo'] },
    open_hours: { value: '1.5' },
    vote_options: { value: ['blind'] },
  });
  await driver.submit('Ana');
  const review = await step('Ana', 'review', /\*6 trials\* \(2 models × 1 category × 3 repetitions\)/);
  assert.equal((await driver.look({ user: 'Ana' })).stack, 1);
  assert.match(text(review), /2 epochs · batches of 16/);
  assert.match(text(review), /open for 1\.5 h · secret until the end · you or @\w+ may decide/i);

  assert.deepEqual(chosen(await pressBack('Ana', 'categories'), 'categories').length, 1);
  assert.deepEqual(chosen(await pressBack('Ana', 'models'), 'models'), ['builtin/tfidf-logreg', 'builtin/fasttext']);
  await driver.fill('Ana', { models: { value: ['builtin/transformer-mini', 'builtin/fasttext'] } });
  await pressBack('Ana', 'data');
  await driver.submit('Ana');
  assert.deepEqual(chosen(await step('Ana', 'models'), 'models'), ['builtin/transformer-mini', 'builtin/fasttext']);
  await driver.submit('Ana');
  await step('Ana', 'categories');
  await driver.submit('Ana');
  await step('Ana', 'review', /Transformer, mini · fastText.*2 epochs.*\*6 trials\*/s);

  await driver.close('Ana', { all: true });
  await driver.slash({ user: 'Ana', channel, command: '/benchmark' });
  await step('Ana', 'dataset');
  await driver.click({ user: 'Ana', action_id: 'wizard_resume' });
  await step('Ana', 'review', /2 epochs.*\*6 trials\*/s);
  const at = { user: 'Ana', channel };
  const before = (await driver.messages(at)).length;
  await driver.submit('Ana');
  await driver.waitFor('the benchmark in the channel', at, ({ messages }) => messages.length > before);
  assert.equal(await driver.view('Ana'), null);
});

test('with a model per language the field says, in the reader’s language, which language has too few', async () => {
  const { driver } = podium;
  const models = await upToModels('Dee', { mode: { value: 'per-language' } });
  assert.match(text(models), /au moins deux par langue/);
  assert.match(text(models), /\*TF-IDF \+ logistic regression\* : environ .* intégré, sans téléchargement/);
  await driver.fill('Dee', { models: { value: ['hub:almanach/camembert-base', 'builtin/fasttext'] } });
  await step('Dee', 'models', /camembert-base\* : .*pas fait pour : anglais/);
  assert.match((await driver.submit('Dee')).view?.errors.models ?? '', /Trop peu pour : anglais/);
  await driver.fill('Dee', {
    models: { value: ['hub:almanach/camembert-base', 'builtin/fasttext', 'builtin/tfidf-logreg'] },
  });
  await driver.submit('Dee');
  await step('Dee', 'categories', /Proposées, car de genres différents/);
  await driver.submit('Dee');
  await step('Dee', 'review', /\*18 essais\* \(3 modèles × 3 catégories × 2 langues\)/);
});

test('what is typed by hand is checked at its field, and stands in the field above when one comes back', async () => {
  const { driver } = podium;
  await upToModels('Bo');
  await driver.fill('Bo', { other_models: { value: 'nonsense' } });
  assert.match((await driver.submit('Bo')).view?.errors.other_models ?? '', /no model's id/);
  await driver.fill('Bo', { other_models: { value: 'deepset/gbert-base' } });
  assert.match((await driver.submit('Bo')).view?.errors.other_models ?? '', /can't be trained here\. Take/);
  await driver.fill('Bo', { other_models: { value: 'someone/else@v1, https://hub.example.org/a/b' } });
  await driver.submit('Bo');
  await step('Bo', 'categories');
  const again = await pressBack('Bo', 'models');
  assert.equal(chosen(again, 'models').length, 5);
});
