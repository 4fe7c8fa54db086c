/** The jobs of a worker, on a checkpoint in a folder: what they leave in the store. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { runTrainJob, runTrialJob } from '../../src/engine/jobs.ts';
import { noPreparation, quickRecipe, type TrialSpec } from '../../src/flows/contracts.ts';
import { createArtifactStore } from '../../src/storage/artifacts.ts';
import { quietHooks } from '../support/hooks.ts';
import { readFixture, writeCheckpoint } from './export/support.ts';

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
  const { result, predictionsKey } = await runTrialJob(store, { ...job, trialId: 't1', spec }, hooks);
  assert.ok(result.metrics.accuracy > 0.9, JSON.stringify(result.epochs));
  assert.equal(result.checkpoint?.source, 'folder:tiny');
  const predictions = JSON.parse(new TextDecoder().decode(await store.get(predictionsKey)));
  assert.equal(predictions.predicted.length, result.metrics.documents);
  assert.deepEqual(await readdir(path.join(cacheFolder, 'checkpoints')), []);
});

test('a training delivers a Hugging Face folder with its card', async (t) => {
  const { store, spec, job, hooks } = await scene(t);
  const done = await runTrainJob(store, { ...job, specs: [spec] }, hooks);
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
