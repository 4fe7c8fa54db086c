/** The trials of `podium rank`, one after another in this process; in a race leg by leg. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { plainName } from '../engine/plain-name.ts';
import { runRung } from '../engine/run-rung.ts';
import { runTrial, type TrialData, type TrialRun } from '../engine/run-trial.ts';
import { errorText } from '../errors.ts';
import { modelName } from '../flows/catalogue.ts';
import type { EngineSettings, Predictions, Progress as TrialProgress, TrialSpec } from '../flows/contracts.ts';
import { encodePredictions } from '../flows/predictions-file.ts';
import type { TrialOutcome } from '../flows/ranking-candidates.ts';
import { type Progress, progressOn } from './rank-progress.ts';
import type { Race, RaceReport, Standing } from './rank-race.ts';

export interface RankedTrial extends TrialOutcome {
  /** name within the folder of predictions, where they were asked for */
  predictionsFile: string | null;
}

interface Surroundings {
  settings: EngineSettings;
  signal: AbortSignal;
  predictionsFolder: string | null;
}

/** A trial on its way. */
export interface RunningTrial {
  spec: TrialSpec;
  what: string;
  position: number;
  status: 'open' | 'paused' | 'done' | 'failed' | 'dropped';
  /** of all that it has to do */
  share: number;
  /** null before the first leg of a race, and outside one */
  race: Standing | null;
  outcome: RankedTrial | null;
}

interface Run {
  data: TrialData;
  surroundings: Surroundings;
  /** of paused trainings; null where nothing pauses */
  checkpoints: string | null;
  show: Progress;
  trials: RunningTrial[];
  failures: unknown[];
}

/** A failed trial leaves its model incomplete; the others go on. */
export async function runTrials(
  data: TrialData,
  specs: TrialSpec[],
  race: Race,
  surroundings: Surroundings,
): Promise<{ outcomes: RankedTrial[]; failures: unknown[]; race: RaceReport | null }> {
  const repeated = new Set(specs.map(repetitionOf)).size > 1;
  const trials = specs.map((spec, position): RunningTrial => {
    const what = `${inWords(spec)}${repeated ? ` (${repetitionOf(spec)})` : ''}`;
    return { spec, what, position, status: 'open', share: 0, race: null, outcome: null };
  });
  const checkpoints = race.rungs.length > 0 ? await checkpointFolder(surroundings.settings) : null;
  const show = progressOn(process.stderr, specs.length);
  const run: Run = { data, surroundings, checkpoints, show, trials, failures: [] };
  try {
    for (const untilEpoch of [...race.rungs, null]) {
      for (const trial of trials) {
        if (trial.status === 'open' || trial.status === 'paused') await runLeg(run, trial, untilEpoch);
      }
      if (untilEpoch !== null && trials.some(({ status }) => status === 'paused'))
        for (const line of race.judge(untilEpoch, trials)) show.ended(line);
      if (checkpoints !== null) await clearEnded(checkpoints, trials);
    }
  } finally {
    show.stop();
    if (checkpoints !== null) await rm(checkpoints, { recursive: true, force: true });
  }
  const outcomes = trials.flatMap(({ outcome }) => outcome ?? []);
  return { outcomes, failures: run.failures, race: race.report(trials) };
}

/** Weights and moments of a large model are gigabytes. */
async function clearEnded(checkpoints: string, trials: RunningTrial[]): Promise<void> {
  for (const { outcome, position } of trials) {
    if (outcome) await rm(path.join(checkpoints, String(position)), { recursive: true, force: true });
  }
}

/** In the folder that holds those of a worker, because they may be as large. */
async function checkpointFolder({ cacheFolder }: EngineSettings): Promise<string> {
  const folder = path.join(cacheFolder, 'checkpoints');
  await mkdir(folder, { recursive: true });
  return mkdtemp(path.join(folder, 'rank-'));
}

async function runLeg(run: Run, trial: RunningTrial, untilEpoch: number | null): Promise<void> {
  const { show, surroundings, failures } = run;
  const { spec, what, position } = trial;
  const { model, category, language, seed, fold } = spec;
  const which = { model, category, language, seed, fold };
  try {
    const finished = await trainOn(run, trial, untilEpoch);
    if (!finished) return;
    const { result, predictions } = finished;
    const folder = surroundings.predictionsFolder;
    const name = folder === null ? null : fileName(position, spec);
    if (folder !== null && name !== null) await save(path.join(folder, name), predictions, spec);
    trial.status = 'done';
    trial.outcome = { ...which, status: 'done', error: null, result, predictions, predictionsFile: name };
    const { metrics, trainSeconds } = result;
    show.ended(`${what}: macro-F1 ${metrics.macroF1.toFixed(3)}, trained in ${trainSeconds.toFixed(1)} s`);
  } catch (failure) {
    surroundings.signal.throwIfAborted();
    const error = errorText(failure);
    failures.push(failure);
    trial.status = 'failed';
    const nothing = { result: null, predictions: null, predictionsFile: null };
    trial.outcome = { ...which, status: 'failed', error, ...nothing };
    show.ended(`${what}: failed: ${error}`);
  }
}

/** One leg, or all of it. @returns the trial's result, null where it only paused */
async function trainOn(
  { data, surroundings, checkpoints, show, trials }: Run,
  trial: RunningTrial,
  untilEpoch: number | null,
): Promise<Omit<TrialRun, 'model'> | null> {
  const { spec, what, position } = trial;
  const onProgress = ({ share, stage, note }: TrialProgress): void => {
    trial.share = Math.max(trial.share, share);
    const done = trials.reduce((sum, own) => sum + (own.outcome ? 1 : own.share), 0);
    if (stage === 'preparing' && note !== null) show.note(`${what}: ${note}`);
    else show.at(done, what);
  };
  const folder = checkpoints === null ? null : path.join(checkpoints, String(position));
  const { settings, signal } = surroundings;
  const hooks = { settings, signal, onProgress, checkpoints: folder };
  await forgetPeakMemory();
  if (untilEpoch === null) return withoutModel(await runTrial(data, spec, hooks));
  const { report, validation, finished } = await runRung(data, spec, untilEpoch, hooks);
  trial.race = { ...report, validation, chance: null };
  if (finished) return withoutModel(finished);
  trial.status = 'paused';
  return null;
}

async function withoutModel({ model, ...run }: TrialRun): Promise<Omit<TrialRun, 'model'>> {
  await model.dispose();
  return run;
}

function inWords({ model, category, language }: TrialSpec): string {
  return `${modelName(model)} on ${category}${language === null ? '' : ` in ${language}`}`;
}

function repetitionOf({ seed, fold }: TrialSpec): string {
  return fold ? `fold ${fold.index + 1} of ${fold.count}` : `seed ${seed}`;
}

/**
 * All trials share this process, and a peak is the highest since its start: Linux starts it anew on request (proc(5),
 * clear_refs). Elsewhere the figure includes the trials before; docs/rank-json.md says so.
 */
async function forgetPeakMemory(): Promise<void> {
  await writeFile('/proc/self/clear_refs', '5').catch(() => undefined);
}

async function save(file: string, predictions: Predictions, spec: TrialSpec): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, encodePredictions(predictions, spec));
}

/** Names of categories and models are other people's, and never reach a path as they are; the number keeps two alike apart. */
function fileName(position: number, spec: TrialSpec): string {
  const { model, category, language } = spec;
  const parts = [category, language ?? '', modelName(model), repetitionOf(spec)].map((part) =>
    plainName(part)
      .slice(0, 40)
      .replace(/^-+|-+$/g, ''),
  );
  return `${String(position + 1).padStart(3, '0')}-${parts.filter((part) => part !== '').join('-')}.parquet`;
}
