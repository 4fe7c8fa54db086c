/** The three kinds of job, as the process that runs one of them does it: bytes from the store in, a result out. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type {
  ColumnRoles,
  DatasetRef,
  EngineSettings,
  PilotFigure,
  PilotJob,
  PilotJobResult,
  Preparation,
  Profile,
  ProfileJob,
  RungReport,
  TrainJob,
  TrainJobResult,
  TrialJob,
  TrialJobResult,
} from '../flows/contracts.ts';
import { encodePredictions } from '../flows/predictions-file.ts';
import { type ArtifactStore, modelPrefix, predictionsKey, problemsKey, validationKey } from '../storage/artifacts.ts';
import type { TrainHooks } from './classifier.ts';
import { fileSource } from './data/byte-source.ts';
import { prepareDataset } from './data/prepare.ts';
import { createProblemFile } from './data/problem-file.ts';
import { prepareAndProfile } from './data/profile.ts';
import { type Dataset, type ReadOptions, readDataset } from './data/read-dataset.ts';
import { modelCard } from './model-card.ts';
import { pilotTrial } from './pilot.ts';
import { plainName } from './plain-name.ts';
import { runRung } from './run-rung.ts';
import { runTrial, type TrialRun } from './run-trial.ts';

export async function runProfileJob(store: ArtifactStore, job: ProfileJob, hooks: TrainHooks): Promise<Profile> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-problems-'));
  try {
    const file = path.join(folder, 'problems.csv');
    const problems = createProblemFile(file, job.dataset.fileName);
    const dataset = await readStored(store, job, hooks, problems.add).finally(problems.close);
    const { profile } = await prepareAndProfile(dataset, job.preparation, hooks.settings);
    if (problems.rows === 0) return profile;
    const artifactKey = problemsKey(dataset.hash, rolesHash(dataset.roles));
    await store.putStream(artifactKey, createReadStream(file));
    return { ...profile, problems: { rows: problems.rows, artifactKey } };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function rolesHash(roles: ColumnRoles): string {
  return createHash('sha256').update(JSON.stringify(roles)).digest('hex').slice(0, 16);
}

export async function runTrialJob(store: ArtifactStore, job: TrialJob, hooks: TrainHooks): Promise<TrialJobResult> {
  const dataset = await readPrepared(store, job, hooks);
  const checkpoints = trialCheckpoints(hooks.settings, job.trialId);
  await Promise.all([
    ...job.dropped.map((trialId) => rm(trialCheckpoints(hooks.settings, trialId), { recursive: true, force: true })),
    removeOldCheckpoints(hooks.settings),
  ]);
  const { run, rung } = await runLeg(store, job, dataset, { ...hooks, checkpoints });
  if (!run) return { result: null, predictionsKey: null, rung };
  await run.model.dispose();
  const key = predictionsKey(job.trialId);
  await store.put(key, encodePredictions(run.predictions, job.spec));
  await rm(checkpoints, { recursive: true, force: true });
  return { result: run.result, predictionsKey: key, rung };
}

/** In all, so that nobody waits long for an estimate: models that come later keep their first one. */
const pilotsMs = 120_000;

/** One model after another. One that can't be timed is left out: its trial will say why. */
export async function runPilotJob(store: ArtifactStore, job: PilotJob, hooks: TrainHooks): Promise<PilotJobResult> {
  const dataset = await readPrepared(store, job, hooks);
  const figures: PilotFigure[] = [];
  const endMs = performance.now() + pilotsMs;
  for (const spec of job.specs) {
    if (performance.now() > endMs) break;
    try {
      const figure = await pilotTrial({ dataset, test: null }, spec, hooks);
      if (figure) figures.push(figure);
    } catch {
      hooks.signal.throwIfAborted();
    }
  }
  return { figures };
}

/** The whole trial, or, in a race, as far as the job says; `run` is null for a trial that only paused. */
async function runLeg(
  store: ArtifactStore,
  { trialId, spec, untilEpoch }: TrialJob,
  dataset: Dataset,
  hooks: TrainHooks,
): Promise<{ run: TrialRun | null; rung: RungReport | null }> {
  const data = { dataset, test: null };
  if (untilEpoch === null) return { run: await runTrial(data, spec, hooks), rung: null };
  const { report, validation, finished } = await runRung(data, spec, untilEpoch, hooks);
  const key = validationKey(trialId, report.epoch);
  await store.put(key, encodePredictions(validation, spec));
  return { run: finished, rung: { ...report, validationKey: key, host: os.hostname() } };
}

/** Trains each of the job's models in turn and leaves a folder for each in the store. */
export async function runTrainJob(store: ArtifactStore, job: TrainJob, hooks: TrainHooks): Promise<TrainJobResult> {
  const dataset = await readPrepared(store, job, hooks);
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

const trialCheckpoints = (settings: EngineSettings, trialId: string): string =>
  checkpointFolder(settings, `trial-${trialId}`);

/** of trainings that nobody came back to: cancelled, or dropped by a race that went on elsewhere */
const checkpointLifeMs = 3 * 24 * 3_600_000;

async function removeOldCheckpoints({ cacheFolder }: EngineSettings): Promise<void> {
  const folder = path.join(cacheFolder, 'checkpoints');
  for (const name of await readdir(folder).catch(() => [])) {
    const found = await stat(path.join(folder, name)).catch(() => null);
    // each epoch writes into the folder, which renews its time
    if (found !== null && Date.now() - found.mtimeMs > checkpointLifeMs)
      await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/** On this machine only: a job that is given to another host begins anew there. The id is ours, but no path. */
function checkpointFolder({ cacheFolder }: EngineSettings, name: string): string {
  return path.join(cacheFolder, 'checkpoints', encodeURIComponent(name));
}

/** The dataset as a person wants it: the same for trials, pilots and full training. */
async function readPrepared(
  store: ArtifactStore,
  job: { dataset: DatasetRef; roles: ColumnRoles | null; preparation: Preparation },
  hooks: TrainHooks,
): Promise<Dataset> {
  return prepareDataset(await readStored(store, job, hooks), job.preparation, hooks.settings);
}

async function readStored(
  store: ArtifactStore,
  { dataset: { artifactKey, fileName }, roles }: { dataset: DatasetRef; roles: ColumnRoles | null },
  { settings: { limits }, onProgress }: TrainHooks,
  onProblem?: ReadOptions['onProblem'],
): Promise<Dataset> {
  onProgress({ stage: 'reading', share: 0, epoch: null, epochs: null, note: null });
  const options: ReadOptions = { limits, ...(roles && { roles }), ...(onProblem && { onProblem }) };
  return store.withFile(artifactKey, async (file) => readDataset(await fileSource(file), fileName, options));
}

/** Category names are the users' and never reach a path as they are; the position keeps two alike apart. */
function folderName(position: number, category: string, language: string | null): string {
  const plain = plainName(`${category}-${language ?? ''}`)
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${String(position + 1).padStart(2, '0')}-${plain || 'category'}`;
}
