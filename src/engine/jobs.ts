/** Profiles, trials and pilots, as the process that runs one of them does it: bytes from the store in, a result out. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type {
  ColumnRoles,
  EngineSettings,
  PilotFigure,
  PilotJob,
  PilotJobResult,
  Profile,
  ProfileJob,
  RungReport,
  TrialJob,
  TrialJobResult,
} from '../flows/contracts.ts';
import { encodePredictions } from '../flows/predictions-file.ts';
import { type ArtifactStore, predictionsKey, problemsKey, validationKey } from '../storage/artifacts.ts';
import type { TrainHooks } from './classifier.ts';
import { createProblemFile } from './data/problem-file.ts';
import { prepareAndProfile } from './data/profile.ts';
import type { Dataset } from './data/read-dataset.ts';
import { checkpointFolder, removeCheckpoints, removeOldCheckpoints, withCheckpoints } from './job-checkpoints.ts';
import { readPrepared, readStored } from './job-data.ts';
import { pilotTrial } from './pilot.ts';
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
    removeCheckpoints(job.dropped.map((trialId) => trialCheckpoints(hooks.settings, trialId))),
    removeOldCheckpoints(hooks.settings),
  ]);
  const { run, rung } = await withCheckpoints([checkpoints], hooks.signal, () =>
    runLeg(store, job, dataset, { ...hooks, checkpoints }),
  );
  if (!run) return { result: null, predictionsKey: null, rung };
  await run.model.dispose();
  const key = predictionsKey(job.trialId);
  await store.put(key, encodePredictions(run.predictions, job.spec));
  await removeCheckpoints([checkpoints]);
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

const trialCheckpoints = (settings: EngineSettings, trialId: string): string =>
  checkpointFolder(settings, `trial-${trialId}`);
