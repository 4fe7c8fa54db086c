/** The three kinds of job, as the process that runs one of them does it: bytes from the store in, a result out. */
import type {
  ColumnRoles,
  DatasetRef,
  Profile,
  ProfileJob,
  TrainJob,
  TrainJobResult,
  TrialJob,
  TrialJobResult,
} from '../flows/contracts.ts';
import { type ArtifactStore, modelPrefix, predictionsKey } from '../storage/artifacts.ts';
import type { TrainHooks } from './classifier.ts';
import { profileDataset } from './data/profile.ts';
import { type Dataset, readDataset } from './data/read-dataset.ts';
import { modelCard } from './model-card.ts';
import { runTrial } from './run-trial.ts';

export async function runProfileJob(store: ArtifactStore, job: ProfileJob, hooks: TrainHooks): Promise<Profile> {
  return profileDataset(await readStored(store, job.dataset, job.roles, hooks));
}

export async function runTrialJob(store: ArtifactStore, job: TrialJob, hooks: TrainHooks): Promise<TrialJobResult> {
  const dataset = await readStored(store, job.dataset, job.roles, hooks);
  const { result, predictions, model } = await runTrial({ dataset, test: null }, job.spec, hooks);
  await model.dispose();
  const key = predictionsKey(job.trialId);
  await store.put(key, new TextEncoder().encode(JSON.stringify(predictions)));
  return { result, predictionsKey: key };
}

/** Trains each of the job's models in turn and leaves a folder for each in the store. */
export async function runTrainJob(store: ArtifactStore, job: TrainJob, hooks: TrainHooks): Promise<TrainJobResult> {
  const dataset = await readStored(store, job.dataset, job.roles, hooks);
  const prefix = modelPrefix(job.benchmarkId);
  const done: TrainJobResult = { artifactPrefix: prefix, files: [], models: [] };
  for (const [position, spec] of job.specs.entries()) {
    const note = spec.language === null ? spec.category : `${spec.category}, ${spec.language}`;
    const run = await runTrial({ dataset, test: null }, spec, {
      signal: hooks.signal,
      onProgress: (progress) =>
        hooks.onProgress({ ...progress, share: (position + progress.share) / job.specs.length, note }),
    });
    const folder = folderName(position, spec.category, spec.language);
    const files = await run.model.files();
    files.set('README.md', new TextEncoder().encode(modelCard(dataset, spec, run)));
    await run.model.dispose();
    for (const [name, bytes] of files) {
      const key = `${prefix}${folder}/${name}`;
      await store.put(key, bytes);
      done.files.push({ key, sizeBytes: bytes.byteLength });
    }
    done.models.push({ category: spec.category, language: spec.language, folder, result: run.result });
  }
  return done;
}

async function readStored(
  store: ArtifactStore,
  ref: DatasetRef,
  roles: ColumnRoles | null,
  hooks: TrainHooks,
): Promise<Dataset> {
  hooks.onProgress({ stage: 'reading', share: 0, epoch: null, epochs: null, note: null });
  const bytes = await store.get(ref.artifactKey);
  return readDataset(bytes, ref.fileName, roles ? { roles } : {});
}

/** Category names are the users' and never reach a path as they are; the position keeps two alike apart. */
function folderName(position: number, category: string, language: string | null): string {
  const plain = [category, language ?? '']
    .join('-')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${String(position + 1).padStart(2, '0')}-${plain || 'category'}`;
}
