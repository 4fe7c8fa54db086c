/** A job's dataset, from the artifact store as documents. */
import type { ColumnRoles, DatasetRef, Preparation } from '../flows/contracts.ts';
import type { ArtifactStore } from '../storage/artifacts.ts';
import type { TrainHooks } from './classifier.ts';
import { fileSource } from './data/byte-source.ts';
import { prepareDataset } from './data/prepare.ts';
import { type Dataset, type ReadOptions, readDataset } from './data/read-dataset.ts';

/** The dataset as a person wants it: the same for trials, pilots and full training. */
export async function readPrepared(
  store: ArtifactStore,
  job: { dataset: DatasetRef; roles: ColumnRoles | null; preparation: Preparation },
  hooks: TrainHooks,
): Promise<Dataset> {
  return prepareDataset(await readStored(store, job, hooks), job.preparation, hooks.settings);
}

/** The dataset as it was uploaded. */
export async function readStored(
  store: ArtifactStore,
  { dataset: { artifactKey, fileName }, roles }: { dataset: DatasetRef; roles: ColumnRoles | null },
  { settings: { limits }, onProgress }: TrainHooks,
  onProblem?: ReadOptions['onProblem'],
): Promise<Dataset> {
  onProgress({ stage: 'reading', share: 0, epoch: null, epochs: null, note: null });
  const options: ReadOptions = { limits, ...(roles && { roles }), ...(onProblem && { onProblem }) };
  return store.withFile(artifactKey, async (file) => readDataset(await fileSource(file), fileName, options));
}
