/** What a table is made of: each model's trials, gathered by category and repetition, and what is missing among them. */
import { FinalError } from '../errors.ts';
import type { Predictions, Repetition, ScoreName, TrialResult } from './contracts.ts';
import { fullScore } from './test-sample.ts';

/** How one trial ended. `done` has both `result` and `predictions`. */
export interface TrialOutcome extends Repetition {
  model: string;
  category: string;
  language: string | null;
  /** `dropped` by the race, for the reason in `error` */
  status: 'done' | 'failed' | 'cancelled' | 'dropped';
  error: string | null;
  result: TrialResult | null;
  predictions: Predictions | null;
}

export interface RankingInput {
  /** in the benchmark's order */
  categories: string[];
  models: string[];
  /**
   * `[null]`: one table over all languages. Language codes: one table for each, ranks and corrections apart, and every
   * model is expected in every language (where languages have models of their own, rank each language by its own call
   * and join the rows).
   */
  languages: (string | null)[];
  /** of every trial */
  repetitions: Repetition[];
  score: ScoreName;
  trials: TrialOutcome[];
  seed: number;
  resamples?: number;
}

export interface Finished {
  result: TrialResult;
  predictions: Predictions;
}

export interface Candidate {
  model: string;
  /** [category][repetition], both in the benchmark's order; null where the trial is missing */
  trials: (Finished | null)[][];
  /** what is missing, or why the race dropped it; null for a complete model */
  reason: string | null;
  /** ranks above those that lack a trial for any other cause */
  dropped: boolean;
}

/** Not by locale: two machines must print the same table. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function mean(values: number[]): number | null {
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0) / values.length;
}

/** The mean over categories of what each category's finished trials give; null where nothing is finished. */
export function meanOverCategories(
  { trials }: Pick<Candidate, 'trials'>,
  figure: (finished: Finished[]) => number | null,
): number | null {
  return mean(trials.flatMap((repetitions) => figure(repetitions.filter((trial) => trial !== null)) ?? []));
}

export function finishedOf({ trials }: Candidate): Finished[] {
  return trials.flat().filter((trial) => trial !== null);
}

/**
 * The models of one table, by name, so that the order in which they were picked changes nothing.
 * @throws FinalError where predictions' macro-F1 isn't the one in their metrics
 */
export function candidatesOf(input: RankingInput, language: string | null): Candidate[] {
  const outcomes = new Map(
    input.trials
      .filter((trial) => trial.language === language)
      .map((trial) => [keyOf(trial.model, trial.category, trial), trial]),
  );
  return input.models.toSorted(byCodeUnits).map((model): Candidate => {
    const missing: string[] = [];
    const trials = input.categories.map((category) => {
      const own = input.repetitions.map((repetition) => outcomes.get(keyOf(model, category, repetition)));
      const trials = own.map(finished);
      const unfinished = input.repetitions.flatMap((repetition, position) =>
        trials[position] ? [] : [{ repetition, why: whyMissing(own[position]) }],
      );
      missing.push(...inWords(category, unfinished, input.repetitions.length));
      return trials;
    });
    const out = [...outcomes.values()].find((outcome) => outcome.model === model && outcome.status === 'dropped');
    const reason = out?.error ?? missing.join('; ');
    const complete = missing.length === 0 && input.categories.length > 0;
    return { model, trials, reason: complete ? null : reason, dropped: out !== undefined };
  });
}

function finished(outcome: TrialOutcome | undefined): Finished | null {
  if (outcome?.status !== 'done' || !outcome.result || !outcome.predictions) return null;
  const { model, category, result, predictions } = outcome;
  // Metrics and predictions come from different stores: if they were mixed up, the interval would be another model's.
  const computed = fullScore(predictions, 'mean');
  if (Math.abs(computed - result.metrics.macroF1) > 1e-6) {
    throw new FinalError(
      `model "${model}" on "${category}": its metrics say macro-F1 ${result.metrics.macroF1}, its predictions ${computed}`,
    );
  }
  return { result, predictions };
}

/** Each trouble once: `"theme" with seeds 7, 9 failed: out of memory`. */
function inWords(category: string, missing: { repetition: Repetition; why: string }[], all: number): string[] {
  const troubles = Map.groupBy(missing, ({ why }) => why);
  return [...troubles].map(([why, affected]) => {
    const which = affected.length === all ? '' : ` ${named(affected.map(({ repetition }) => repetition))}`;
    return `"${category}"${which} ${why}`;
  });
}

function named(repetitions: Repetition[]): string {
  const folds = repetitions.flatMap(({ fold }) => (fold ? [fold.index + 1] : []));
  const numbers = folds.length > 0 ? folds : repetitions.map(({ seed }) => seed);
  return `${folds.length > 0 ? 'on fold' : 'with seed'}${numbers.length > 1 ? 's' : ''} ${numbers.join(', ')}`;
}

function whyMissing(outcome: TrialOutcome | undefined): string {
  if (!outcome) return 'has no trial';
  if (outcome.status === 'cancelled') return 'was cancelled';
  if (outcome.status === 'dropped') return 'was dropped by the race';
  if (outcome.status === 'failed') return `failed: ${outcome.error ?? 'no reason given'}`;
  return outcome.result ? 'lost its predictions' : 'has no result';
}

const keyOf = (model: string, category: string, { seed, fold }: Repetition): string =>
  JSON.stringify([model, category, seed, fold?.index ?? null, fold?.count ?? null]);

/** @throws FinalError on a trial that isn't of this benchmark, and on two of the same */
export function checkTrials(input: RankingInput): void {
  const seen = new Set<string>();
  const repetitions = new Set(input.repetitions.map((repetition) => keyOf('', '', repetition)));
  for (const trial of input.trials) {
    const { model, category, language } = trial;
    const name = `trial of model "${model}" on category "${category}" (language ${language ?? 'all'}, ${named([trial])})`;
    if (
      !input.models.includes(model) ||
      !input.categories.includes(category) ||
      !input.languages.includes(language) ||
      !repetitions.has(keyOf('', '', trial))
    ) {
      throw new FinalError(`${name} doesn't belong to this benchmark`);
    }
    const key = JSON.stringify([language, keyOf(model, category, trial)]);
    if (seen.has(key)) throw new FinalError(`${name} came twice`);
    seen.add(key);
  }
}
