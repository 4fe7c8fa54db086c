/** The jobs of a worker, on a checkpoint in a folder: what they leave in the store. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { runTrialJob } from '../../src/engine/jobs.ts';
import { macroF1 } from '../../src/engine/metrics.ts';
import { runTrainJob } from '../../src/engine/train-job.ts';
import { noPreparation, quickRecipe, type TrialSpec } from '../../src/flows/contracts.ts';
import { decodePredictions } from '../../src/flows/predictions-file.ts';
import { createArtifactStore } from '../../src/storage/artifacts.ts';
import { quietHooks } from '../support/hooks.ts';
import { readFixture, writeCheckpoint } from './export/support.ts';

/** a trial outside a race */
const alone = { untilEpoch: null, checkpointHost: null, dropped: [] };

async function scene(t: TestContext) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-jobs-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const checkpoint = path.join(folder, 'tiny');
  await writeCheckpoint(checkpoint, await readFixture('distilbert'));
  const rows = Array.from(
    { length: 150 },
    (_, index) => `w${10 + (index % 2)} w${20 + (index % 9)} w${30 + (index % 7)},${index % 2 ? '=yes *b*' : 'no'}`,
  );
  const store = createArtifactStore(path.join(folder, 'store'));
  await store.put('dataset', new TextEncoder().encode(`text,answer\n${rows.join('\n')}\n`));
  const recipe = { ...quickRecipe, epochs: 4, learningRate: 0.01 };
  const spec: TrialSpec = {
    ...{ model: `folder:${checkpoint}`, category: 'answer', language: null, languages: null, seed: 7, recipe },
    fold: null,
    strategy: 'auto',
  };
  const dataset = { datasetHash: 'hash', artifactKey: 'dataset', fileName: 'data.csv' };
  const roles = { text: 'text', id: null, language: null, annotation: null, labels: ['answer'] };
  const cacheFolder = path.join(folder, 'cache');
  const quiet = quietHooks();
  const hooks = { ...quiet, settings: { ...quiet.settings, cacheFolder } };
  return { store, spec, job: { benchmarkId: 'b1', dataset, roles, preparation: noPreparation }, hooks, cacheFolder };
}

test('a trial leaves its predictions, and no checkpoint of its training', async (t) => {
  const { store, spec, job, hooks, cacheFolder } = await scene(t);
  const { result, predictionsKey, rung } = await runTrialJob(store, { ...job, ...alone, trialId: 't1', spec }, hooks);
  assert.ok(result && predictionsKey !== null);
  assert.equal(rung, null);
  assert.ok(result.metrics.accuracy > 0.9, JSON.stringify(result.epochs));
  assert.equal(result.checkpoint?.source, 'folder:tiny');
  const predictions = await decodePredictions(await store.get(predictionsKey));
  assert.equal(predictions.predicted.length, result.metrics.documents);
  assert.deepEqual(await readdir(path.join(cacheFolder, 'checkpoints')), []);
});

test('a raced trial pauses after its rungs, tells how it stands on validation, and ends with the numbers of a whole one', async (t) => {
  const { store, spec, job, hooks, cacheFolder } = await scene(t);
  const patient = { ...spec, recipe: { ...spec.recipe, patienceEpochs: 4 } };
  const whole = await runTrialJob(store, { ...job, ...alone, trialId: 'whole', spec: patient }, hooks);
  const leg = (untilEpoch: number | null) =>
    runTrialJob(store, { ...job, trialId: 't1', spec: patient, untilEpoch, checkpointHost: null, dropped: [] }, hooks);
  for (const epoch of [1, 3]) {
    const { result, predictionsKey, rung } = await leg(epoch);
    assert.deepEqual([result, predictionsKey], [null, null]);
    assert.ok(rung);
    assert.deepEqual([rung.epoch, rung.epochs], [epoch, 4]);
    const validation = await decodePredictions(await store.get(rung.validationKey));
    const best = Math.max(...(whole.result?.epochs ?? []).slice(0, epoch).map((own) => own.validationMacroF1));
    assert.equal(macroF1('single', validation.labels.length, validation.truth, validation.predicted), best);
  }
  assert.deepEqual(await readdir(path.join(cacheFolder, 'checkpoints')), ['trial-t1']);
  const { result, predictionsKey, rung } = await leg(null);
  assert.equal(rung, null);
  assert.deepEqual(result?.metrics, whole.result?.metrics);
  assert.deepEqual(result?.epochs, whole.result?.epochs);
  assert.deepEqual(await store.get(predictionsKey ?? ''), await store.get(whole.predictionsKey ?? ''));
  assert.deepEqual(await readdir(path.join(cacheFolder, 'checkpoints')), []);
});

test('a model without epochs ends its first leg with its result, and stands in the race with it', async (t) => {
  const { store, spec, job, hooks } = await scene(t);
  const linear = { ...spec, model: 'builtin/tfidf-logreg' };
  const done = await runTrialJob(
    store,
    { ...job, trialId: 't1', spec: linear, untilEpoch: 1, checkpointHost: null, dropped: [] },
    hooks,
  );
  assert.ok(done.result && done.rung);
  assert.deepEqual([done.rung.epoch, done.rung.epochs], [0, 0]);
  const { rows } = await decodePredictions(await store.get(done.rung.validationKey));
  assert.equal(rows.length, done.result.split.validation);
});

test('what a dropped trial left on the disk goes with the next job of its benchmark', async (t) => {
  const { store, spec, job, hooks, cacheFolder } = await scene(t);
  await runTrialJob(store, { ...job, trialId: 't1', spec, untilEpoch: 1, checkpointHost: null, dropped: [] }, hooks);
  await runTrialJob(
    store,
    { ...job, trialId: 't2', spec, untilEpoch: 1, checkpointHost: null, dropped: ['t1'] },
    hooks,
  );
  assert.deepEqual(await readdir(path.join(cacheFolder, 'checkpoints')), ['trial-t2']);
});

test('a job that fails takes its checkpoints with it; one that is aborted leaves them for the next try', async (t) => {
  const { store, spec, job, hooks, cacheFolder } = await scene(t);
  const left = () => readdir(path.join(cacheFolder, 'checkpoints'));
  const trial = { ...job, ...alone, trialId: 't1', spec };
  const training = { ...job, specs: [spec], secondPass: false };
  const works = {
    'trial-t1': (own: typeof hooks) => runTrialJob(store, trial, own),
    'train-b1-0': (own: typeof hooks) => runTrainJob(store, training, own),
  };
  for (const [folder, work] of Object.entries(works)) {
    /** As the second epoch begins, when the first one's checkpoint stands on the disk. */
    const atSecondEpoch = (happens: () => void) => ({
      ...hooks,
      onProgress: ({ epoch }: { epoch: number | null }) => {
        if (epoch === 2) happens();
      },
    });
    const controller = new AbortController();
    const ends = atSecondEpoch(() => controller.abort(new Error('cancelled')));
    await assert.rejects(work({ ...ends, signal: controller.signal }), /cancelled/);
    assert.deepEqual(await left(), [folder]);
    const fails = atSecondEpoch(() => {
      throw new Error('a fault');
    });
    await assert.rejects(work(fails), /a fault/);
    assert.deepEqual(await left(), []);
  }
});

test('a training delivers a Hugging Face folder with its card', async (t) => {
  const { store, spec, job, hooks } = await scene(t);
  const done = await runTrainJob(store, { ...job, specs: [spec], secondPass: false }, hooks);
  const names = done.files.map(({ key }) => key.slice(done.artifactPrefix.length));
  assert.deepEqual(names.toSorted(), [
    '01-answer/README.md',
    '01-answer/config.json',
    '01-answer/model.safetensors',
    '01-answer/onnx/model.onnx',
    '01-answer/special_tokens_map.json',
    '01-answer/tokenizer.json',
    '01-answer/tokenizer_config.json',
  ]);
  const card = new TextDecoder().decode(await store.get(`${done.artifactPrefix}01-answer/README.md`));
  assert.match(card, /It began as the pretrained encoder folder:tiny \(distilbert/);
  assert.match(card, /\| =yes \\\*b\\\* \|/);
  assert.doesNotMatch(card, /podium-jobs/, 'no path of this machine');
});

test('a pretrained model is delivered from a second pass as well, with the figures of the first', async (t) => {
  const { store, spec, job, hooks } = await scene(t);
  const once = await runTrainJob(store, { ...job, specs: [spec], secondPass: false }, hooks);
  const twice = await runTrainJob(store, { ...job, benchmarkId: 'b2', specs: [spec], secondPass: true }, hooks);
  const [[first], [both]] = [once.models, twice.models];
  assert.deepEqual(both?.result.metrics, first?.result.metrics);
  assert.deepEqual(both?.secondPass, { documents: 150, epochs: first?.result.chosenEpoch ?? null });
  const names = ({ files, artifactPrefix }: typeof once) => files.map(({ key }) => key.slice(artifactPrefix.length));
  assert.deepEqual(names(twice), names(once));
  const weights = async ({ artifactPrefix }: typeof once) => store.get(`${artifactPrefix}01-answer/model.safetensors`);
  assert.notDeepEqual(await weights(twice), await weights(once));
});
