/**
 * Trainings in two passes over a small file in which each document has a sign of its own. As a process, one of them:
 * it kills itself as soon as the second pass has begun.
 */
import path from 'node:path';
import { runTrainJob } from '../../src/engine/train-job.ts';
import { noPreparation, quickRecipe, type TrainJob } from '../../src/flows/contracts.ts';
import { createArtifactStore } from '../../src/storage/artifacts.ts';
import { quietHooks } from '../support/hooks.ts';

const documents = 120;
/** Documents' own signs: which of them a vocabulary knows tells what its model has read. */
export const signs = Array.from({ length: documents }, (_, index) => String.fromCodePoint(0x4e00 + index));

export async function openScene(folder: string) {
  const store = createArtifactStore(path.join(folder, 'store'));
  // doubled: tf-idf reads no word of one character
  const rows = signs.map(
    (sign, index) => `${index % 2 ? 'a hole in the road' : 'no water today'} ${sign}${sign},${index % 2}`,
  );
  await store.put('dataset', new TextEncoder().encode(`text,answer\n${rows.join('\n')}\n`));
  const { settings } = quietHooks();
  return { store, settings: { ...settings, cacheFolder: path.join(folder, 'cache') } };
}

export const jobOf = (model: string, secondPass: boolean): TrainJob => ({
  benchmarkId: secondPass ? 'twice' : 'once',
  dataset: { datasetHash: 'hash', artifactKey: 'dataset', fileName: 'data.csv' },
  roles: { text: 'text', id: null, language: null, annotation: null, labels: ['answer'] },
  preparation: noPreparation,
  specs: [
    {
      ...{ model, category: 'answer', language: null, languages: null, seed: 7, fold: null, strategy: 'auto' },
      recipe: { ...quickRecipe, epochs: 4, patienceEpochs: 1 },
    },
  ],
  secondPass,
});

if (process.send) {
  const { store, settings } = await openScene(process.argv[2] ?? '');
  const onProgress = ({ share }: { share: number }): void => {
    if (share > 0.5) process.kill(process.pid, 'SIGKILL');
  };
  await runTrainJob(store, jobOf(process.argv[3] ?? '', true), quietHooks({ settings, onProgress }));
}
