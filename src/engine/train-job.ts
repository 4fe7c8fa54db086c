/**
 * The training of a decided benchmark: each model in one pass or two, its folder with its card into the store.
 *
 * With a second pass a model is first trained as in a trial, which chooses the epoch and gives the figures that are
 * published. Then it is trained anew on all documents, and that model is delivered: it has learnt from more, and nothing
 * is left on which it could be scored.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import {
  predictionsSchema,
  type TrainJob,
  type TrainJobResult,
  type TrialSpec,
  trialResultSchema,
} from '../flows/contracts.ts';
import { type ArtifactStore, modelPrefix } from '../storage/artifacts.ts';
import type { TrainedModel, TrainHooks } from './classifier.ts';
import type { Dataset } from './data/read-dataset.ts';
import { checkpointFolder, removeCheckpoints, withCheckpoints } from './job-checkpoints.ts';
import { readPrepared } from './job-data.ts';
import { replaceFile } from './kept-files.ts';
import { modelCard } from './model-card.ts';
import { plainName } from './plain-name.ts';
import { learnAll, prepareTrial, runTrial, type ScoredTrial, type SecondPass } from './run-trial.ts';

/** Trains each of the job's models in turn and leaves a folder for each in the store. */
export async function runTrainJob(store: ArtifactStore, job: TrainJob, hooks: TrainHooks): Promise<TrainJobResult> {
  const dataset = await readPrepared(store, job, hooks);
  const prefix = modelPrefix(job.benchmarkId);
  const done: TrainJobResult = { artifactPrefix: prefix, files: [], models: [] };
  for (const [position, spec] of job.specs.entries()) {
    const { category, language } = spec;
    const [first, second] = [passHooks(job, position, 0, hooks), passHooks(job, position, 1, hooks)];
    const checkpoints = [first.checkpoints, second.checkpoints];
    const trained = await withCheckpoints(checkpoints, hooks.signal, () =>
      job.secondPass ? trainTwice(dataset, job, spec, [first, second]) : trainOnce(dataset, spec, first),
    );
    const folder = folderName(position, category, language);
    const card = modelCard(dataset, spec, trained.scored, trained.second);
    done.files.push(...(await deliver(store, `${prefix}${folder}`, trained.model, card)));
    await removeCheckpoints(checkpoints);
    done.models.push({ category, language, folder, result: trained.scored.result, secondPass: told(trained.second) });
  }
  return done;
}

interface Trained {
  /** the one to deliver */
  model: TrainedModel;
  scored: ScoredTrial;
  second: SecondPass | null;
}

async function trainOnce(dataset: Dataset, spec: TrialSpec, hooks: TrainHooks): Promise<Trained> {
  const { model, ...scored } = await runTrial({ dataset, test: null }, spec, hooks);
  return { model, scored, second: null };
}

async function trainTwice(
  dataset: Dataset,
  job: TrainJob,
  spec: TrialSpec,
  [first, second]: [PassHooks, PassHooks],
): Promise<Trained> {
  const scored = await firstPass(dataset, job, spec, first, path.join(second.checkpoints, firstPassFile));
  // what the first pass would go on from is of no more use
  await removeCheckpoints([first.checkpoints]);
  const learnt = await learnAll({ dataset, test: null }, spec, scored.result.chosenEpoch, second);
  return { model: learnt.model, scored, second: learnt };
}

const told = (second: SecondPass | null): TrainJobResult['models'][number]['secondPass'] =>
  second && { documents: second.documents, epochs: second.model.chosenEpoch };

const firstPassFile = 'first-pass.json';
const keptPassSchema = z.object({ key: z.string(), result: trialResultSchema, predictions: predictionsSchema });

/** Its figures stand in the file from then on: a job whose worker is killed in the second pass goes on with that. */
async function firstPass(
  dataset: Dataset,
  { roles, preparation }: TrainJob,
  spec: TrialSpec,
  hooks: TrainHooks,
  file: string,
): Promise<ScoredTrial> {
  const data = { dataset, test: null };
  const asked = JSON.stringify({ hash: dataset.hash, roles, preparation, spec });
  const key = createHash('sha256').update(asked).digest('hex');
  const kept = await readFirstPass(file);
  if (kept?.key === key) {
    const { result, predictions } = kept;
    return { ...prepareTrial(data, spec), result, predictions };
  }
  const { model, ...scored } = await runTrial(data, spec, hooks);
  await model.dispose();
  await replaceFile(file, JSON.stringify({ key, result: scored.result, predictions: scored.predictions }));
  return scored;
}

/** null: there is none, or it was damaged */
async function readFirstPass(file: string): Promise<z.infer<typeof keptPassSchema> | null> {
  try {
    return keptPassSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

type PassHooks = TrainHooks & { checkpoints: string };

/** A model's pass has checkpoints of its own and a part of the job's progress, which names the model and the pass. */
function passHooks(job: TrainJob, position: number, pass: 0 | 1, hooks: TrainHooks): PassHooks {
  const { category = '', language = null } = job.specs[position] ?? {};
  const passes = job.secondPass ? 2 : 1;
  const model = language === null ? category : `${category}, ${language}`;
  const note = passes === 1 ? model : `${model} (${pass + 1}/${passes})`;
  const name = `train-${job.benchmarkId}-${position}${pass === 0 ? '' : '-all'}`;
  return {
    ...hooks,
    checkpoints: checkpointFolder(hooks.settings, name),
    onProgress: (progress) => {
      const done = position * passes + pass + progress.share;
      hooks.onProgress({ ...progress, share: done / (job.specs.length * passes), note });
    },
  };
}

/** The model's folder, through a temporary one, into the store: it may be larger than memory. */
async function deliver(
  store: ArtifactStore,
  prefix: string,
  model: TrainedModel,
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

/** Category names are the users' and never reach a path as they are; the position keeps two alike apart. */
function folderName(position: number, category: string, language: string | null): string {
  const plain = plainName(`${category}-${language ?? ''}`)
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return `${String(position + 1).padStart(2, '0')}-${plain || 'category'}`;
}
