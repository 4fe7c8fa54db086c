/** Fine-tuning of checkpoints on disk, tiny ones of random weights: what is learnt, delivered and found again. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { TrainHooks, TrainTask } from '../../../src/engine/classifier.ts';
import { loadEncoderFolder } from '../../../src/engine/models/encoder-folder.ts';
import { pretrainedFamily } from '../../../src/engine/models/pretrained.ts';
import { loadFamily, openModel } from '../../../src/engine/models/registry.ts';
import { Random } from '../../../src/engine/training/random.ts';
import { UserError } from '../../../src/errors.ts';
import { type CategoryKind, quickRecipe, type Recipe } from '../../../src/flows/contracts.ts';
import { quietHooks } from '../../support/hooks.ts';
import { fixtureNames, readFixture, writeCheckpoint } from '../export/support.ts';

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-fine-tuning-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

interface Scene {
  checkpoint: string;
  hooks: TrainHooks;
}

async function scene(t: TestContext, name = 'bert'): Promise<Scene> {
  const folder = await newFolder(t);
  const checkpoint = path.join(folder, 'checkpoint');
  await writeCheckpoint(checkpoint, await readFixture(name));
  const hooks = quietHooks();
  return { checkpoint, hooks: { ...hooks, settings: { ...hooks.settings, cacheFolder: path.join(folder, 'cache') } } };
}

/** Words that decide, among words that don't; `place` says where they stand in `length` words. */
function task(
  kind: CategoryKind,
  changes: Partial<Recipe> = {},
  { length = 6, place = 0, count = 240 } = {},
): TrainTask {
  const random = new Random(5, 'texts');
  const documents = Array.from({ length: count }, (_, index) => {
    const label = index % 3;
    const words = Array.from({ length }, () => `w${20 + random.below(15)}`);
    words[place] = `w${10 + label}`;
    return { text: words.join(' '), labels: kind === 'single' ? [label] : label === 0 ? [] : [label - 1] };
  });
  const part = (from: number, to: number) => ({
    texts: documents.slice(from, to).map(({ text }) => text),
    targets: documents.slice(from, to).map(({ labels }) => labels),
  });
  const cut = Math.floor(count * 0.75);
  return {
    strategy: kind === 'single' ? 'multi-class' : 'multi-label',
    labels: kind === 'single' ? ['a', 'b', 'c'] : ['x', 'y'],
    train: part(0, cut),
    validation: part(cut, count),
    recipe: { ...quickRecipe, epochs: 10, patienceEpochs: 10, learningRate: 5e-3, ...changes },
    classWeights: false,
    seed: 3,
  };
}

function shareRight({ validation }: TrainTask, predicted: number[][]): number {
  const right = predicted.filter((labels, index) => labels.join() === validation.targets[index]!.join());
  return right.length / predicted.length;
}

const names = await fixtureNames();

for (const name of names) {
  test(`${name}: a fine-tuned checkpoint has learnt, and its folder predicts the same`, async (t) => {
    const { checkpoint, hooks } = await scene(t, name);
    const kind = name.includes('multi') ? 'multi' : 'single';
    const given = task(kind);
    const model = await pretrainedFamily(`folder:${checkpoint}`).train(given, hooks);
    // words that training never saw, among those that it did
    const texts = [...given.validation.texts, 'w40 w11 w41', 'w55 w56 w12 w57', 'unheard w10'];
    const predicted = await model.predict(texts);
    const right = shareRight(given, predicted.slice(0, given.validation.texts.length));
    assert.ok(right > 0.9, `${right} right`);
    const target = path.join(checkpoint, '..', 'delivered');
    await model.save(target);
    await model.dispose();
    const opened = await openModel(target);
    assert.deepEqual(opened.labels, given.labels);
    assert.deepEqual(await opened.predict(texts), predicted);
    await opened.dispose();
  });
}

for (const longTexts of ['truncate', 'windows'] as const)
  test(`one-vs-rest, long texts ${longTexts}: exactly one label, the delivered folder's as well`, async (t) => {
    const { checkpoint, hooks } = await scene(t);
    const changes = { longTexts, maxTokens: 12, epochs: 14, patienceEpochs: 14, learningRate: 1e-2 };
    const long = longTexts === 'windows' ? { length: 18, place: 17 } : {};
    const given: TrainTask = { ...task('single', changes, long), strategy: 'one-vs-rest', classWeights: true };
    const model = await pretrainedFamily(`folder:${checkpoint}`).train(given, hooks);
    const texts = [...given.validation.texts, 'w40 w41', '', `${'w21 '.repeat(40)}w11`];
    const predicted = await model.predict(texts);
    assert.ok(predicted.every(({ length }) => length === 1));
    const right = shareRight(given, predicted.slice(0, given.validation.texts.length));
    assert.ok(right > (longTexts === 'windows' ? 0.6 : 0.9), `${right} right`);
    const target = path.join(checkpoint, '..', 'delivered');
    await model.save(target);
    await model.dispose();
    const opened = await loadEncoderFolder(target);
    assert.equal(opened.strategy, 'one-vs-rest');
    assert.deepEqual(await opened.predict(texts), predicted);
    await opened.dispose();
  });

test('the checkpoint itself stays as it was, and is told with the result', async (t) => {
  const { checkpoint, hooks } = await scene(t);
  const contents = async () => {
    const files = (await readdir(checkpoint)).toSorted();
    return Promise.all(files.map(async (file) => [file, await readFile(path.join(checkpoint, file))]));
  };
  const before = await contents();
  const model = await pretrainedFamily(`folder:${checkpoint}`).train(task('single', { epochs: 1 }), hooks);
  await model.dispose();
  assert.deepEqual(await contents(), before);
  const { sizeBytes, ...origin } = model.checkpoint ?? { sizeBytes: 0 };
  assert.deepEqual(origin, { source: 'folder:checkpoint', modelType: 'bert', licence: null });
  assert.ok(sizeBytes > 10_000);
  assert.deepEqual(model.texts, { maxTokens: 8, policy: 'truncate', shareOverLimit: 0 });
  // all of the model, not only the rows of the vocabulary that were trained
  const { tensors } = await readFixture('bert');
  const all = Object.values(tensors).reduce((sum, { shape }) => sum + shape.reduce((size, n) => size * n, 1), 0);
  assert.equal(model.parameters, all);
});

test('the same seed gives the same model, with texts read in tokens anew or found in the cache', async (t) => {
  const { checkpoint, hooks } = await scene(t);
  const given = task('single', { epochs: 2 });
  const corpus = [...given.train.texts, ...given.validation.texts, 'w10 w21 w22'];
  const tokens = path.join(hooks.settings.cacheFolder, 'tokens');
  const long = new Date(0);
  const runs: unknown[] = [];
  for (let run = 0; run < 2; run++) {
    const model = await pretrainedFamily(`folder:${checkpoint}`).train(given, { ...hooks, corpus: () => corpus });
    runs.push({ epochs: model.epochs, predicted: await model.predict(corpus) });
    await model.dispose();
    const [entry, ...others] = await readdir(tokens);
    assert.ok(entry !== undefined && others.length === 0, 'one entry for the dataset, whatever its split');
    await utimes(path.join(tokens, entry), long, long);
  }
  assert.deepEqual(runs[0], runs[1]);
});

test('where the word that decides stands at the end of long texts, windows and the end find it, the start does not', async (t) => {
  const { checkpoint, hooks } = await scene(t);
  const shares = new Map<Recipe['longTexts'], number>();
  for (const longTexts of ['truncate', 'head+tail', 'windows'] as const) {
    const given = task(
      'single',
      { longTexts, maxTokens: 12, epochs: 14, patienceEpochs: 14, learningRate: 1e-2 },
      { length: 18, place: 17 },
    );
    const model = await pretrainedFamily(`folder:${checkpoint}`).train(given, hooks);
    shares.set(longTexts, shareRight(given, await model.predict(given.validation.texts)));
    assert.deepEqual(model.texts, { maxTokens: 12, policy: longTexts, shareOverLimit: 1 });
    const target = path.join(checkpoint, '..', `delivered-${longTexts}`);
    await model.save(target);
    const opened = await openModel(target);
    assert.deepEqual(
      await opened.predict(given.validation.texts),
      await model.predict(given.validation.texts),
      'the folder reads long texts in the same way',
    );
    await opened.dispose();
    await model.dispose();
  }
  const seen = JSON.stringify([...shares]);
  assert.ok((shares.get('truncate') ?? 1) < 0.6, seen);
  assert.ok((shares.get('head+tail') ?? 0) > 0.9, seen);
  assert.ok((shares.get('windows') ?? 0) > 0.75, seen);
});

test('what can not be trained is refused before any training, by name', async (t) => {
  const { checkpoint, hooks } = await scene(t);
  const trains = async (id: string) => (await loadFamily(id)).train(task('single'), hooks);
  const refusedWith = async (id: string, message: RegExp) =>
    assert.rejects(trains(id), (error) => error instanceof UserError && message.test(error.message));
  await refusedWith(`folder:${path.join(checkpoint, 'gone')}`, /no folder gone on this machine/);
  await refusedWith('builtin/gone', /no model "builtin\/gone"\. Supported: builtin\/tfidf-logreg.*hub:owner\/name/);
  const tokenizer = path.join(checkpoint, 'tokenizer.json');
  const whole = await readFile(tokenizer, 'utf8');
  await writeFile(tokenizer, whole.replaceAll('"WordPiece"', '"Morse"'));
  await refusedWith(`folder:${checkpoint}`, /tokenizer\.json/);
  await writeFile(tokenizer, whole.replace('"w59":59', '"w59":60'));
  await refusedWith(`folder:${checkpoint}`, /tokenizer\.json/);
  await rm(tokenizer);
  await refusedWith(`folder:${checkpoint}`, /has no tokenizer\.json/);
});

test('an abort ends it with its reason, before texts are read and while it trains', async (t) => {
  const { checkpoint, hooks } = await scene(t);
  const reason = new Error('enough');
  const controller = new AbortController();
  const onProgress = (progress: { stage: string }) => {
    if (progress.stage === 'training') controller.abort(reason);
  };
  const training = pretrainedFamily(`folder:${checkpoint}`).train(task('single'), {
    ...hooks,
    signal: controller.signal,
    onProgress,
  });
  await assert.rejects(training, reason);
  const again = pretrainedFamily(`folder:${checkpoint}`).train(task('single'), { ...hooks, signal: controller.signal });
  await assert.rejects(again, reason);
});
