/**
 * Exhaustive benchmarks with everything a race would have seen: each epoch's answers to the validation documents and the
 * processor's seconds until then. A training is the same whether it pauses or not (test/engine/training), so a race can be replayed
 * on them as often as one likes. Recordings are kept in a folder by what they are of.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { readSettings } from '../src/commands/settings.ts';
import type { Dataset } from '../src/engine/data/read-dataset.ts';
import { learn, scoreLearnt } from '../src/engine/run-trial.ts';
import {
  type Predictions,
  predictionsSchema,
  quickRecipe,
  trialResultSchema,
  trialSpecSchema,
} from '../src/flows/contracts.ts';

const recordedTrialSchema = z.object({
  spec: trialSpecSchema,
  result: trialResultSchema,
  predictions: predictionsSchema,
  /**
   * Of the validation documents, and the processor's seconds since the training began, which don't depend on what else
   * the machine does; a model without epochs has one leg, with the epoch 0.
   */
  legs: z.array(z.object({ epoch: z.number().int(), seconds: z.number(), validation: predictionsSchema })),
});
export type RecordedTrial = z.infer<typeof recordedTrialSchema>;

/** Which trial is recorded; its name in the folder. */
export interface Recording {
  /** names the documents: the same name, the same documents */
  data: string;
  category: string;
  model: string;
  seed: number;
  epochs: number;
  maxTokens: number | null;
}

/** Runs a trial to its end, or reads it where it was recorded before. */
export async function recorded(folder: string, what: Recording, read: () => Promise<Dataset>): Promise<RecordedTrial> {
  // an encoder by its folder's name: wherever that is, the recording is of the same
  const model = what.model.startsWith('folder:') ? `folder:${path.basename(what.model)}` : what.model;
  const name = createHash('sha256')
    .update(JSON.stringify({ ...what, model }))
    .digest('hex')
    .slice(0, 24);
  const file = path.join(folder, `${name}.json`);
  const found = await readFile(file, 'utf8').catch(() => null);
  if (found !== null) return recordedTrialSchema.parse(JSON.parse(found));
  const trial = await record(await read(), what);
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.part`, JSON.stringify(trial));
  await rename(`${file}.part`, file);
  return trial;
}

async function record(
  dataset: Dataset,
  { model: id, category, seed, epochs, maxTokens }: Recording,
): Promise<RecordedTrial> {
  const recipe = { ...quickRecipe, epochs, maxTokens };
  const spec = trialSpecSchema.parse({ model: id, category, language: null, languages: null, seed, recipe });
  const answers: { epoch: number; seconds: number; predicted: number[][] }[] = [];
  const started = process.cpuUsage();
  const note = (epoch: number, predicted: readonly (readonly number[])[]): void => {
    const { user, system } = process.cpuUsage(started);
    const seconds = (user + system) / 1e6;
    answers.push({ epoch, seconds, predicted: predicted.map((indices) => [...indices]) });
  };
  const hooks = {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    checkpoints: null,
    settings: readSettings(process.env).engine,
    onValidated: note,
  };
  const learnt = await learn({ dataset, test: null }, spec, hooks);
  const { validation, splits, labels, kind, model } = learnt;
  if (answers.length === 0) note(0, await model.predict(validation.texts));
  const { result, predictions } = await scoreLearnt(learnt, spec, hooks);
  await model.dispose();
  const rows = splits.validation.map(({ row }) => row);
  const languages = splits.validation.map((document) => document.language);
  const legs = answers.map(({ epoch, seconds, predicted }) => {
    const asked = { category, kind, language: null, labels, rows, languages, truth: validation.targets };
    const answered: Predictions = { ...asked, predicted };
    return { epoch, seconds, validation: answered };
  });
  return { spec, result, predictions, legs };
}
