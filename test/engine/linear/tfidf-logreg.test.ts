import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrainTask } from '../../../src/engine/classifier.ts';
import { loadTfidfLogreg, tfidfLogreg } from '../../../src/engine/models/tfidf-logreg.ts';
import { type Progress, quickRecipe } from '../../../src/flows/contracts.ts';
import { quietHooks } from '../../support/hooks.ts';
import { savedFiles } from '../../support/saved-files.ts';

function taskOf(strategy: TrainTask['strategy'], labels: string[], texts: string[], targets: number[][]): TrainTask {
  return {
    strategy,
    labels,
    train: { texts, targets },
    validation: { texts: [], targets: [] },
    recipe: quickRecipe,
    classWeights: false,
    seed: 1,
  };
}

const subjects = ['tram', 'bus', 'ferry'];
const moods = ['was late and loud', 'came early, lovely', 'arrived as planned'];
/** 90 short complaints; the subject is the label, for multi-label the mood (3 to 5) as well */
const texts = Array.from(
  { length: 90 },
  (_, index) => `The ${subjects[index % 3]} number ${index} ${moods[(index >> 2) % 3]}`,
);
const single = taskOf(
  'multi-class',
  subjects,
  texts,
  texts.map((_, index) => [index % 3]),
);
const multi = taskOf(
  'multi-label',
  [...subjects, ...moods],
  texts,
  texts.map((_, index) => [index % 3, 3 + ((index >> 2) % 3)]),
);

test('single and multi: what was learnt is predicted, again after saving and loading', async () => {
  for (const task of [single, multi]) {
    const model = await tfidfLogreg.train(task, quietHooks());
    assert.deepEqual(await model.predict(texts), task.train.targets);
    assert.deepEqual([model.chosenEpoch, model.epochs, model.device], [null, [], 'cpu']);
    const files = await savedFiles(model);
    assert.deepEqual([...files.keys()], ['config.json', 'vocabulary.json', 'weights.bin']);
    const loaded = loadTfidfLogreg(files);
    assert.deepEqual([loaded.strategy, loaded.labels], [task.strategy, task.labels]);
    assert.equal(loaded.parameters, model.parameters);
    const fresh = ['a ferry!', 'bus tram', '', '🚋🚋', 'früh und pünktlich', ...texts.map((text) => text.slice(3, 20))];
    assert.deepEqual(await loaded.predict(fresh), await model.predict(fresh));
    assert.deepEqual(await savedFiles(loaded), files);
    await model.dispose();
  }
});

for (const [strategy, shares] of [
  ['multi-class', [0.75, 0.25]],
  ['multi-class', [0.5, 0.3, 0.2]],
  ['one-vs-rest', [0.75, 0.25]],
  ['multi-label', [0.5, 0.3, 0.2]],
] as const)
  test(`${strategy} of ${shares.length} labels: of texts that say the same, probabilities are the labels' shares`, async () => {
    const documents = 200;
    const targets = shares.flatMap((share, label) => Array.from({ length: share * documents }, () => [label]));
    const labels = shares.map((_, label) => `label ${label}`);
    const task = taskOf(strategy, labels, new Array<string>(documents).fill('always the same words'), targets);
    const model = await tfidfLogreg.train({ ...task, recipe: { ...quickRecipe, classWeights: 'off' } }, quietHooks());
    const [scores = []] = await loadTfidfLogreg(await savedFiles(model)).score(['always the same words']);
    for (const [label, share] of shares.entries())
      assert.ok(Math.abs((scores[label] ?? 0) - share) < 0.01, scores.join(', '));
  });

test('the same task gives the same bytes', async () => {
  const [first, second] = [await tfidfLogreg.train(multi, quietHooks()), await tfidfLogreg.train(multi, quietHooks())];
  assert.deepEqual(await savedFiles(first), await savedFiles(second));
});

test('single always answers one label, whatever the texts', async () => {
  const odd = ['', '   ', 'word', 'a', '👍🏽👍🏽', '🚌', '你好你好', '\ud800', '...'];
  const task = taskOf(
    'multi-class',
    ['x', 'y'],
    odd,
    odd.map((_, index) => [index % 2]),
  );
  const model = await tfidfLogreg.train({ ...task, classWeights: true }, quietHooks());
  const answers = await model.predict([...odd, 'never seen']);
  assert.ok(answers.every((answer) => answer.length === 1 && (answer[0] === 0 || answer[0] === 1)));
  assert.deepEqual(answers[2], [0]);
  assert.deepEqual(await loadTfidfLogreg(await savedFiles(model)).predict(odd), answers.slice(0, odd.length));
});

test('two documents, one document, documents without any feature, labels nobody has', async () => {
  const two = await tfidfLogreg.train(
    taskOf('multi-class', ['x', 'y'], ['good tram', 'bad bus'], [[0], [1]]),
    quietHooks(),
  );
  assert.deepEqual(await two.predict(['good tram', 'bad bus']), [[0], [1]]);
  const one = await tfidfLogreg.train(taskOf('multi-class', ['x', 'y', 'z'], ['good tram'], [[1]]), quietHooks());
  assert.deepEqual(await one.predict(['anything', '']), [[1], [1]]);
  const blank = await tfidfLogreg.train(taskOf('multi-label', ['x', 'y'], ['', '.'], [[0], [0]]), quietHooks());
  assert.deepEqual(await blank.predict(['', 'anything']), [[0], [0]]);
  await assert.rejects(tfidfLogreg.train(taskOf('multi-class', ['x'], [], []), quietHooks()), /no training document/);
});

test('300 labels', async () => {
  const labels = Array.from({ length: 300 }, (_, index) => `intent ${index}`);
  const many = labels.flatMap((_, index) => [`code${index} please`, `tell me about code${index}`]);
  const targets = many.map((_, index) => [index >> 1]);
  const model = await tfidfLogreg.train(taskOf('multi-class', labels, many, targets), quietHooks());
  assert.deepEqual(await model.predict(many), targets);
});

test('progress never falls and stays within 0 to 1', async () => {
  const reports: Progress[] = [];
  await tfidfLogreg.train(multi, { ...quietHooks(), onProgress: (progress) => reports.push(progress) });
  assert.ok(reports.length > 10);
  for (const [index, { share }] of reports.entries()) {
    assert.ok(share >= (reports[index - 1]?.share ?? 0) && share <= 1, `report ${index}: ${share}`);
  }
});

test('aborting ends training within one iteration, and predicting, with the reason of the signal', async () => {
  const controller = new AbortController();
  const reason = new Error('somebody pressed cancel');
  let after = 0;
  const onProgress = ({ stage }: Progress): void => {
    if (controller.signal.aborted) after += 1;
    if (stage === 'training') controller.abort(reason);
  };
  const training = tfidfLogreg.train(single, quietHooks({ signal: controller.signal, onProgress }));
  await assert.rejects(training, reason);
  assert.equal(after, 0);
  const model = await tfidfLogreg.train(single, quietHooks());
  await assert.rejects(model.predict(texts, controller.signal), reason);
});

test('files that are missing or do not fit are refused by name', async () => {
  const files = await savedFiles(await tfidfLogreg.train(single, quietHooks()));
  const without = (name: string) => new Map([...files].filter(([own]) => own !== name));
  assert.throws(() => loadTfidfLogreg(without('config.json')), /config\.json is missing/);
  assert.throws(() => loadTfidfLogreg(without('weights.bin')), /it has 0/);
  const broken = new Map([...files, ['vocabulary.json', new TextEncoder().encode('{"words": 1}')]]);
  assert.throws(() => loadTfidfLogreg(broken), /vocabulary\.json isn't/);
});
