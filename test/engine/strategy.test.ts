/** Strategies from the choice to the delivered folder: what is benchmarked is what is trained. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Dataset } from '../../src/engine/data/read-dataset.ts';
import { runTrialJob } from '../../src/engine/jobs.ts';
import { runTrial } from '../../src/engine/run-trial.ts';
import { resolveStrategy } from '../../src/engine/strategy.ts';
import { runTrainJob } from '../../src/engine/train-job.ts';
import { UserError } from '../../src/errors.ts';
import {
  type Preparation,
  preparationSchema,
  quickRecipe,
  type Strategy,
  strategySchema,
  trialSpecSchema,
} from '../../src/flows/contracts.ts';
import { planTrials } from '../../src/flows/plan.ts';
import { decodePredictions } from '../../src/flows/predictions-file.ts';
import type { Benchmark } from '../../src/flows/records.ts';
import { trainSpecs } from '../../src/flows/train-plan.ts';
import { createArtifactStore } from '../../src/storage/artifacts.ts';
import { aBenchmark, aProfile } from '../bot/support.ts';
import { quietHooks } from '../support/hooks.ts';
import { read } from './data/support.ts';

const tones = ['calm', 'angry', 'curious'];
const topics = ['roads', 'water', 'noise'];
/** 120 texts: a tone each but for every tenth; topics: one, or with `several` up to two, of every fifth none */
async function dataset(several: boolean): Promise<Dataset> {
  const records = Array.from({ length: 120 }, (_, index) => {
    const [tone, topic, other] = [tones[index % 3], topics[(index >> 2) % 3], topics[(index >> 4) % 3]];
    const chosen = [...new Set(several ? [topic, other] : [topic])];
    const annotation = { ...(index % 10 !== 9 && { tone }), ...(index % 5 !== 4 && { topics: chosen }) };
    return JSON.stringify({ text: `number ${index} is ${tone} about ${chosen.join(' and ')}`, annotation });
  });
  return read(records.join('\n'), 'data.jsonl');
}

const specOf = (category: string, strategy: Strategy, model = 'builtin/tfidf-logreg') =>
  trialSpecSchema.parse({ model, category, strategy, language: null, languages: null, seed: 3, recipe: quickRecipe });

async function run(category: string, strategy: Strategy, several = true) {
  const trial = await runTrial(
    { dataset: await dataset(several), test: null },
    specOf(category, strategy),
    quietHooks(),
  );
  await trial.model.dispose();
  return trial;
}

test('auto is multi-class for one label and multi-label for sets; questions about sets have one name', async () => {
  const { documents } = await dataset(false);
  const resolve = (kind: 'single' | 'multi') =>
    strategySchema.options.map((asked) => resolveStrategy(asked, 'topics', kind, documents));
  assert.deepEqual(resolve('single'), ['multi-class', 'multi-class', 'one-vs-rest', 'multi-label']);
  assert.deepEqual(resolve('multi'), ['multi-label', 'multi-class', 'multi-label', 'multi-label']);
});

test('one label per document is refused where documents have several, with their number', async () => {
  const { documents } = await dataset(true);
  const several = documents.filter(({ labels }) => (labels.get('topics')?.length ?? 0) > 1).length;
  assert.ok(several > 20);
  await assert.rejects(run('topics', 'multi-class'), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, new RegExp(`^"topics" can't be learnt as multi-class.* ${several} of its documents`));
    return true;
  });
});

test('a single category is tested on the same documents whatever the strategy, and scored by what is answered', async () => {
  const [softmax, questions, sets] = [
    await run('tone', 'auto'),
    await run('tone', 'one-vs-rest'),
    await run('tone', 'multi-label'),
  ];
  assert.deepEqual(
    [softmax.strategy, questions.strategy, sets.strategy],
    ['multi-class', 'one-vs-rest', 'multi-label'],
  );
  for (const { predictions, result, kind } of [softmax, questions, sets]) {
    assert.deepEqual(predictions.rows, softmax.predictions.rows);
    assert.deepEqual(predictions.truth, softmax.predictions.truth);
    assert.ok(predictions.truth.every(({ length }) => length === 1));
    assert.equal(predictions.kind, kind);
    assert.ok(result.metrics.macroF1 > 0.9, `${result.strategy}: ${result.metrics.macroF1}`);
  }
  assert.deepEqual([softmax.kind, questions.kind, sets.kind], ['single', 'single', 'multi']);
  assert.ok(questions.predictions.predicted.every(({ length }) => length === 1));
  assert.ok(softmax.result.metrics.confusion && questions.result.metrics.confusion);
  assert.equal(sets.result.metrics.confusion, null);
});

test('sets of one label at most can be learnt as multi-class: documents without one are left out', async () => {
  const { strategy, kind, splits, predictions } = await run('topics', 'multi-class', false);
  assert.deepEqual([strategy, kind], ['multi-class', 'single']);
  assert.ok(predictions.truth.every(({ length }) => length === 1));
  assert.equal(splits.train.length + splits.validation.length + splits.test.length, 96);
  const sets = await run('topics', 'auto', false);
  assert.equal(sets.splits.train.length + sets.splits.validation.length + sets.splits.test.length, 120);
});

function preparationOf(category: string, strategy: Strategy): Preparation {
  return preparationSchema.parse({ languages: { detect: 'off' }, categories: [{ category, strategy }] });
}

async function storeWith(t: TestContext, csv: string) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-strategy-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const store = createArtifactStore(path.join(folder, 'store'));
  await store.put('dataset', new TextEncoder().encode(csv));
  const quiet = quietHooks();
  return { store, hooks: { ...quiet, settings: { ...quiet.settings, cacheFolder: path.join(folder, 'cache') } } };
}

for (const model of ['builtin/tfidf-logreg', 'builtin/fasttext', 'builtin/transformer-mini'])
  for (const strategy of ['one-vs-rest', 'multi-label'] as const)
    test(`${model}, ${strategy}: trial and full training learn alike, and the folder says so`, async (t) => {
      const rows = Array.from({ length: 90 }, (_, index) => `text ${index} is ${tones[index % 3]},${tones[index % 3]}`);
      const { store, hooks } = await storeWith(t, `text,tone\n${rows.join('\n')}\n`);
      const preparation = preparationOf('tone', strategy);
      const benchmark = aBenchmark();
      const plan = { ...benchmark.plan!, categories: ['tone'], models: [model, 'builtin/fasttext'], preparation };
      const profile = aProfile();
      const [category] = profile.categories;
      const specs = planTrials(plan, { ...profile, categories: [{ ...category!, name: 'tone' }] });
      const choices = [{ language: null, model }];
      const decision: Benchmark['decision'] = { kind: 'top', choices, by: 'U1', reason: null, atMs: 0, training: null };
      const full = trainSpecs({ ...benchmark, plan, decision });
      const job = {
        benchmarkId: 'b',
        dataset: { datasetHash: 'hash', artifactKey: 'dataset', fileName: 'data.csv' },
        roles: { text: 'text', id: null, language: null, annotation: null, labels: ['tone'] },
        preparation,
      };
      const trialJob = { ...job, trialId: 't', spec: specs[0]!, untilEpoch: null, checkpointHost: null, dropped: [] };
      const { result, predictionsKey } = await runTrialJob(store, trialJob, hooks);
      assert.equal(result?.strategy, strategy);
      const predictions = await decodePredictions(await store.get(predictionsKey ?? ''));
      assert.equal(predictions.kind, strategy === 'multi-label' ? 'multi' : 'single');
      const trained = await runTrainJob(store, { ...job, specs: full, secondPass: false }, hooks);
      assert.equal(trained.models[0]?.result.strategy, strategy);
      const textOf = async (name: string) =>
        new TextDecoder().decode(await store.get(trained.files.find(({ key }) => key.endsWith(name))?.key ?? ''));
      const config = JSON.parse(await textOf('/config.json'));
      assert.equal(config.podium.strategy, strategy);
      assert.equal(config.problem_type, 'multi_label_classification');
      assert.match(await textOf('/README.md'), new RegExp(`Gives (one label|any) of 3 .*\\(${strategy}\\)`));
    });
