/** What a person decided about languages and labels reaches profile, trial and full training alike. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { runPilotJob, runProfileJob, runTrialJob } from '../../src/engine/jobs.ts';
import { runTrainJob } from '../../src/engine/train-job.ts';
import {
  pilotJobSchema,
  preparationSchema,
  profileJobSchema,
  quickRecipe,
  trainJobSchema,
  trialJobSchema,
} from '../../src/flows/contracts.ts';
import { createArtifactStore } from '../../src/storage/artifacts.ts';
import { quietHooks } from '../support/hooks.ts';

const sentences = {
  fr: 'nous avons reçu votre demande et nous vous répondrons dans les meilleurs délais',
  en: 'we have received your request and we will answer you as soon as possible',
  es: 'hemos recibido su solicitud y le responderemos lo antes posible',
};

test('profile, trial and full training see the same documents and labels', async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-prepared-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const tones = ['calm', 'calm', 'angry', 'Angry', 'neutral', 'calm', 'angry', 'unsure'];
  const rows = Array.from({ length: 240 }, (_, index) => {
    const language = index % 12 === 0 ? 'es' : index % 2 ? 'fr' : 'en';
    const tone = index === 100 ? 'odd' : (tones[index % tones.length] ?? '');
    return `${sentences[language]} ${tone} ${index},${tone}`;
  });
  const store = createArtifactStore(path.join(folder, 'store'));
  await store.put('dataset', new TextEncoder().encode(`text,tone\n${rows.join('\n')}\n`));
  const dataset = { datasetHash: 'hash', artifactKey: 'dataset', fileName: 'data.csv' };
  const roles = { text: 'text', id: null, language: null, annotation: null, labels: ['tone'] };
  const preparation = preparationSchema.parse({
    languages: { changes: [{ from: 'es', to: null }] },
    categories: [{ category: 'tone', rename: [{ from: 'Angry', to: 'angry' }], exclude: ['unsure'], minExamples: 5 }],
  });
  const quiet = quietHooks();
  const hooks = { ...quiet, settings: { ...quiet.settings, cacheFolder: path.join(folder, 'cache') } };
  const shared = { dataset, roles, preparation };

  const detections = path.join(hooks.settings.cacheFolder, 'languages');
  const kept: string[][] = [];
  /** Which detections a job looked for: without any there, it leaves its own. */
  const looked = async () => {
    kept.push(await readdir(detections));
    await rm(detections, { recursive: true });
  };

  const profile = await runProfileJob(store, profileJobSchema.parse(shared), hooks);
  await looked();
  const tone = profile.categories[0];
  assert.deepEqual(
    profile.languages.map(({ code, documents, detected }) => [code, documents, detected]),
    [
      ['fr', 120, 120],
      ['en', 100, 100],
    ],
  );
  assert.equal(profile.languageSource, 'detected');
  assert.deepEqual(tone?.labels.map(({ label }) => label).toSorted(), ['angry', 'calm', 'neutral']);

  const model = { model: 'builtin/tfidf-logreg', category: 'tone', language: null, languages: null };
  const spec = { ...model, seed: 7, fold: null, recipe: quickRecipe };
  const trialJob = trialJobSchema.parse({ ...shared, benchmarkId: 'b', trialId: 't', spec });
  const trial = (await runTrialJob(store, trialJob, hooks)).result;
  await looked();
  const trainJob = trainJobSchema.parse({ ...shared, benchmarkId: 'b', specs: [spec] });
  const [training] = (await runTrainJob(store, trainJob, hooks)).models;
  await looked();
  await runPilotJob(store, pilotJobSchema.parse({ ...shared, benchmarkId: 'b', specs: [spec] }), hooks);
  await looked();
  assert.equal(new Set(kept.flat()).size, 1, 'each looks for the same detections');
  assert.deepEqual(trial?.metrics, training?.result.metrics);
  assert.deepEqual(trial?.split, training?.result.split);
  assert.deepEqual(trial?.floor, training?.result.floor);
  const { train, validation, test: tested } = trial?.split ?? { train: 0, validation: 0, test: 0 };
  assert.equal(train + validation + tested, tone?.documents);
  assert.deepEqual(trial?.metrics.perClass.map(({ label }) => label).toSorted(), ['angry', 'calm', 'neutral']);
  assert.deepEqual(trial?.metrics.perLanguage.map(({ language }) => language).toSorted(), ['en', 'fr']);
});
