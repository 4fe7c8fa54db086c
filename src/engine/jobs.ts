/** The three kinds of job, as the process that runs one of them does it: bytes from the store in, a result out. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type {
  ColumnRoles,
  DatasetRef,
  EngineSettings,
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
import { runTrial, type TrialRun } from './run-trial.ts';

export async function runProfileJob(store: ArtifactStore, job: ProfileJob, hooks: TrainHooks): Promise<Profile> {
  return profileDataset(await readStored(store, job.dataset, job.roles, hooks));
}

export async function runTrialJob(store: ArtifactStore, job: TrialJob, hooks: TrainHooks): Promise<TrialJobResult> {
  const dataset = await readStored(store, job.dataset, job.roles, hooks);
  const checkpoints = checkpointFolder(hooks.settings, `trial-${job.trialId}`);
  const { result, predictions, model } = await runTrial({ dataset, test: null }, job.spec, { ...hooks, checkpoints });
  await model.dispose();
  const key = predictionsKey(job.trialId);
  await store.put(key, new TextEncoder().encode(JSON.stringify(predictions)));
  await rm(checkpoints, { recursive: true, force: true });
  return { result, predictionsKey: key };
}

/** Trains each of the job's models in turn and leaves a folder for each in the store. */
export async function runTrainJob(store: ArtifactStore, job: TrainJob, hooks: TrainHooks): Promise<TrainJobResult> {
  const dataset = await readStored(store, job.dataset, job.roles, hooks);
  const prefix = modelPrefix(job.benchmarkId);
  const done: TrainJobResult = { artifactPrefix: prefix, files: [], models: [] };
  for (const [position, spec] of job.specs.entries()) {
    const checkpoints = checkpointFolder(hooks.settings, `train-${job.benchmarkId}-${position}`);
    const note = spec.language === null ? spec.category : `${spec.category}, ${spec.language}`;
    const run = await runTrial({ dataset, test: null }, spec, {
      ...hooks,
      checkpoints,
      onProgress: (progress) =>
        hooks.onProgress({ ...progress, share: (position + progress.share) / job.specs.length, note }),
    });
    const folder = folderName(position, spec.category, spec.language);
    for (const file of await deliver(store, `${prefix}${folder}`, run, modelCard(dataset, spec, run)))
      done.files.push(file);
    await rm(checkpoints, { recursive: true, force: true });
    done.models.push({ category: spec.category, language: spec.language, folder, result: run.result });
  }
  return done;
}

/** The model's folder, through a temporary one, into the store: it may be larger than memory. */
async function deliver(
  store: ArtifactStore,
  prefix: string,
  { model }: TrialRun,
  card: string,
): Promise<TrainJobResult['files']> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-model-'));
  try {
    const names = await model.save(folder);
    await model.dispose();
    await writeFile(path.join(folder, cardFile), card);
    const files: TrainJobResult['files'] = [];
    for (const name of [...names, cardFile]) {
      const file = path.join(folder, name);
      const key = `${prefix}/${name}`;
      await store.putStream(key, createReadStream(file));
      files.push({ key, sizeBytes: (await stat(file)).size });
    }
    return files;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const cardFile = 'README.md';

/** On this machine only: a job that is given to another host begins anew there. The id is ours, but no path. */
function checkpointFolder({ cacheFolder }: EngineSettings, name: string): string {
  return path.join(cacheFolder, 'checkpoints', encodeURIComponent(name));
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
