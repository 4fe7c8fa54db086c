/** One run of `podium rank`: the trials one after another, their ranking, the table and the JSON. */
import { writeFile } from 'node:fs/promises';
import { withProvider } from '../engine/onnx/providers.ts';
import { runTrial, type TrialData } from '../engine/run-trial.ts';
import { errorText, FinalError, UserError } from '../errors.ts';
import { modelName } from '../flows/catalogue.ts';
import {
  type EngineSettings,
  type Profile,
  quickRecipe,
  type Recipe,
  type Progress as TrialProgress,
  type TrialSpec,
} from '../flows/contracts.ts';
import { planTrials, rankedLanguages } from '../flows/plan.ts';
import { rankModels, type TrialOutcome } from '../flows/ranking.ts';
import { type Plan, planDefaults } from '../flows/records.ts';
import type { RankOptions } from './rank.ts';
import { type FileWarning, readInput } from './rank-input.ts';
import { progressOn } from './rank-progress.ts';
import { rankReport } from './rank-report.ts';
import { rankingTable } from './rank-table.ts';
import { readSettings } from './settings.ts';
import { printableLine } from './terminal.ts';

/**
 * Ranks, prints the table and writes the JSON. The JSON is written even where no trial finished: it says why.
 * @throws UserError on bad input, and when no trial finished because of the data
 */
export async function rankFile(file: string, options: RankOptions, signal: AbortSignal): Promise<void> {
  const { data, profile, models, categories, warnings } = await readInput(file, options);
  const plan: Plan = {
    ...planDefaults,
    models,
    categories,
    languages: null,
    mode: options.perLanguage ? 'per-language' : 'multilingual',
    recipe: recipeOf(options),
    seed: options.seed,
  };
  const specs = planTrials(plan, profile);
  const languages = rankedLanguages(
    plan,
    specs.map(({ language }) => language),
  );
  if (options.perLanguage) warnings.push(...languagesLeftOut(profile, languages));
  printWarnings(warnings);
  const settings = await withProvider(readSettings(process.env).engine);
  const { outcomes, failures } = await runTrials(data, specs, settings, signal);
  const ofSplits = splitWarnings(outcomes, profile.fileName);
  printWarnings(ofSplits);
  const ranking = rankModels({ categories, models, languages, trials: outcomes, seed: options.seed });
  if (options.json !== undefined) {
    const all = [...warnings, ...ofSplits];
    const report = rankReport({ profile, test: data.test, plan, outcomes, ranking, warnings: all });
    await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  if (outcomes.every(({ status }) => status !== 'done')) throw noneFinished(failures);
  console.log(rankingTable(ranking));
}

function recipeOf({ epochs, learningRate, batchSize, maxTokens, longTexts }: RankOptions): Recipe {
  const typed = { epochs, batchSize, longTexts };
  return { ...quickRecipe, ...typed, learningRate: learningRate ?? null, maxTokens: maxTokens ?? null };
}

/** Nobody's documents go missing without a word. */
function languagesLeftOut({ languages, roles, fileName }: Profile, ranked: (string | null)[]): FileWarning[] {
  const left = languages.filter(({ code }) => !ranked.includes(code));
  if (left.length === 0) return [];
  const named = left.map(({ name, documents }) => `${name} (${documents})`).join(', ');
  const message = `Too few documents for models of their own, left out: ${named}.`;
  return [{ code: 'language_left_out', message, row: null, column: roles.language, file: fileName }];
}

/** Said once, though every model's trial says it. */
function splitWarnings(outcomes: TrialOutcome[], file: string): FileWarning[] {
  const warnings = outcomes.flatMap(({ result }) => result?.warnings ?? []);
  return [...new Map(warnings.map((warning) => [JSON.stringify(warning), { ...warning, file }])).values()];
}

const warningsPrinted = 20;

/** Those about the whole file first: they say how much was concerned. */
function printWarnings(warnings: FileWarning[]): void {
  const sorted = warnings.toSorted((a, b) => (a.row ?? 0) - (b.row ?? 0));
  for (const { file, message } of sorted.slice(0, warningsPrinted)) console.error(printableLine(`${file}: ${message}`));
  if (sorted.length > warningsPrinted)
    console.error(`… and ${sorted.length - warningsPrinted} more; --json holds all of them`);
}

/** A failed trial leaves its model incomplete; the others go on. */
async function runTrials(
  data: TrialData,
  specs: TrialSpec[],
  settings: EngineSettings,
  signal: AbortSignal,
): Promise<{ outcomes: TrialOutcome[]; failures: unknown[] }> {
  const show = progressOn(process.stderr, specs.length);
  const outcomes: TrialOutcome[] = [];
  const failures: unknown[] = [];
  try {
    for (const [position, spec] of specs.entries()) {
      const { model, category, language } = spec;
      const what = `${modelName(model)} on ${category}${language === null ? '' : ` in ${language}`}`;
      const onProgress = ({ share, stage, note }: TrialProgress): void => {
        if (stage === 'preparing' && note !== null) show.note(`${what}: ${note}`);
        else show.at(position + share, what);
      };
      try {
        const outcome = await runOne(data, spec, settings, signal, onProgress);
        outcomes.push(outcome);
        const { metrics, trainSeconds } = outcome.result;
        show.ended(`${what}: macro-F1 ${metrics.macroF1.toFixed(3)}, trained in ${trainSeconds.toFixed(1)} s`);
      } catch (failure) {
        signal.throwIfAborted();
        const error = errorText(failure);
        failures.push(failure);
        outcomes.push({ model, category, language, status: 'failed', error, result: null, predictions: null });
        show.ended(`${what}: failed: ${error}`);
      }
    }
  } finally {
    show.stop();
  }
  return { outcomes, failures };
}

async function runOne(
  data: TrialData,
  spec: TrialSpec,
  settings: EngineSettings,
  signal: AbortSignal,
  onProgress: (progress: TrialProgress) => void,
) {
  await forgetPeakMemory();
  const { result, predictions, model } = await runTrial(data, spec, {
    signal,
    checkpoints: null,
    settings,
    onProgress,
  });
  await model.dispose();
  const { category, language } = spec;
  return { model: spec.model, category, language, status: 'done' as const, error: null, result, predictions };
}

/**
 * All trials share this process, and a peak is the highest since its start: Linux starts it anew on request (proc(5),
 * clear_refs). Elsewhere the figure includes the trials before; docs/rank-json.md says so.
 */
async function forgetPeakMemory(): Promise<void> {
  await writeFile('/proc/self/clear_refs', '5').catch(() => undefined);
}

function noneFinished(failures: unknown[]): Error {
  const message = `No trial could be finished: ${[...new Set(failures.map(errorText))].join('; ')}`;
  const ours = failures.find((failure) => !(failure instanceof UserError));
  return ours === undefined ? new UserError(message) : new FinalError(message, { cause: ours });
}
