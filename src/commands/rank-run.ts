/** One run of `podium rank`: the trials one after another, their ranking, the table and the JSON. */
import { writeFile } from 'node:fs/promises';
import { withProvider } from '../engine/onnx/providers.ts';
import { errorText, FinalError, UserError } from '../errors.ts';
import { type Profile, quickRecipe, type Recipe } from '../flows/contracts.ts';
import { planTrials, rankedLanguages, repetitionsOf } from '../flows/plan.ts';
import { isRaced, raceSentence } from '../flows/race.ts';
import { rankModels } from '../flows/ranking.ts';
import type { TrialOutcome } from '../flows/ranking-candidates.ts';
import { type Plan, planDefaults } from '../flows/records.ts';
import { estimateRun } from './rank-estimate.ts';
import { type FileWarning, readInput } from './rank-input.ts';
import type { RankOptions } from './rank-options.ts';
import { raceOf } from './rank-race.ts';
import { rankReport } from './rank-report.ts';
import { rankingTable } from './rank-table.ts';
import { runTrials } from './rank-trials.ts';
import { readSettings } from './settings.ts';
import { printableLine } from './terminal.ts';

/**
 * Ranks, prints the table and writes the JSON. The JSON is written even where no trial finished: it says why.
 * @throws UserError on bad input, and when no trial finished because of the data
 */
export async function rankFile(file: string, options: RankOptions, signal: AbortSignal): Promise<void> {
  const { data, profile, preparation, models, categories, warnings } = await readInput(file, options);
  const plan: Plan = {
    ...planDefaults,
    preparation,
    models,
    categories,
    languages: null,
    mode: options.perLanguage ? 'per-language' : 'multilingual',
    recipe: recipeOf(options),
    seed: options.seed,
    repeats: repeatsOf(options),
    ...(options.split && { ratios: options.split }),
    score: options.score,
    race: options.race,
  };
  const specs = planTrials(plan, profile);
  const languages = rankedLanguages(
    plan,
    specs.map(({ language }) => language),
  );
  if (options.perLanguage) warnings.push(...languagesLeftOut(profile, languages));
  printWarnings(warnings);
  const settings = await withProvider(readSettings(process.env).engine);
  const work = {
    file,
    data,
    profile,
    preparation,
    specs,
    settings,
    pilot: options.pilot,
    raced: isRaced(plan),
    signal,
  };
  const estimate = await estimateRun(work, (line) => console.error(printableLine(line)));
  if (options.estimate) return;
  const startMs = performance.now();
  const { outcomes, failures, race } = await runTrials(data, specs, raceOf(plan, languages), {
    settings,
    signal,
    predictionsFolder: options.predictions ?? null,
  });
  const actualSeconds = (performance.now() - startMs) / 1000;
  await estimate.took(outcomes, actualSeconds);
  const ofSplits = splitWarnings(outcomes, profile.fileName);
  printWarnings(ofSplits);
  const ranking = rankModels({ ...plan, languages, repetitions: repetitionsOf(plan), trials: outcomes });
  if (options.json !== undefined) {
    const all = [...warnings, ...ofSplits];
    const { before, afterPilot } = estimate;
    const time = { before, afterPilot, actualSeconds };
    const report = rankReport({
      profile,
      test: data.test,
      plan,
      outcomes,
      ranking,
      race,
      estimate: time,
      warnings: all,
    });
    await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  if (outcomes.every(({ status }) => status !== 'done')) throw noneFinished(failures);
  console.log(rankingTable(ranking));
  if (race) console.log(raceSentence(race));
}

function recipeOf({ epochs, learningRate, batchSize, maxTokens, longTexts }: RankOptions): Recipe {
  const typed = { epochs, batchSize, longTexts };
  return { ...quickRecipe, ...typed, learningRate: learningRate ?? null, maxTokens: maxTokens ?? null };
}

function repeatsOf({ seeds, folds }: RankOptions): Plan['repeats'] {
  return folds === undefined ? { kind: 'seeds', count: seeds ?? 1 } : { kind: 'folds', count: folds };
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

function noneFinished(failures: unknown[]): Error {
  const message = `No trial could be finished: ${[...new Set(failures.map(errorText))].join('; ')}`;
  const ours = failures.find((failure) => !(failure instanceof UserError));
  return ours === undefined ? new UserError(message) : new FinalError(message, { cause: ours });
}
