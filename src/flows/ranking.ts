/**
 * From finished trials to the ranked table the team sees. Pure: no clock, no I/O, chance only from `seed`.
 *
 * Everything here is read off the **test** predictions. The epoch that validation chose, and validation scores, are
 * never part of it: the maximum of a set that something was chosen on isn't an estimate of anything.
 *
 * Rules, each said once:
 * - **score** = plain mean over the benchmark's categories of macro-F1 on test;
 * - **incomplete** = any trial failed, cancelled or missing; ranks below every complete model, among its like by finished
 *   trials, then by the mean over what it finished. It has no interval, no probability and no pairs, because its mean is
 *   over other categories than the others';
 * - **interval, probability of being best, p-values**: paired bootstrap, see bootstrap.ts;
 * - **pairs**: all pairs of complete models of a table, Holm-corrected over all of them. Correcting only the pairs with
 *   the first would be too lenient: who is first was itself found by comparing all;
 * - **tied with the first** = complete, and its pair with the first isn't distinguishable;
 * - **recommended** = of those tied with the first that beat the floor, the one with the fewest training seconds over all
 *   categories (equal: the better rank). None, when none of them beats the floor;
 * - **floor** = mean over the same categories of the majority class's macro-F1. Equalling it isn't beating it.
 */
import { FinalError } from '../errors.ts';
import {
  bootstrapScores,
  fullMacroF1,
  holm,
  interval95,
  pairedPValue,
  probabilitiesBest,
  seededDraw,
} from './bootstrap.ts';
import type { Predictions, Ranking, RankingRow, TrialResult } from './contracts.ts';

/** How one trial ended. `done` has both `result` and `predictions`. */
export interface TrialOutcome {
  model: string;
  category: string;
  language: string | null;
  status: 'done' | 'failed' | 'cancelled';
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
  trials: TrialOutcome[];
  seed: number;
  resamples?: number;
}

/** What the distinguishable/not decision is taken at. */
const significanceLevel = 0.05;
const defaultResamples = 2000;

interface Finished {
  category: string;
  result: TrialResult;
  predictions: Predictions;
}

interface Candidate {
  model: string;
  /** in the benchmark's order, null where the trial is missing */
  trials: (Finished | null)[];
  finished: Finished[];
  reason: string | null;
  score: number | null;
}

/** A complete model with what the bootstrap says of it. */
interface Standing {
  candidate: Candidate;
  score: number;
  resampled: Float64Array;
  low: number;
  high: number;
  probabilityBest: number;
}

type Pair = Ranking['pairs'][number];

/**
 * Ranks all models, per language.
 * @returns rows in table order (language by language as given); `pairs` in that order too, `first` standing above
 *   `second`, `difference` = first's score - second's
 * @throws FinalError on a trial of an unknown model, category or language, on two trials of the same, on models tested on
 *   different documents, and on predictions whose macro-F1 isn't the one in their metrics
 */
export function rankModels(input: RankingInput): Ranking {
  const resamples = input.resamples ?? defaultResamples;
  checkTrials(input);
  const tables = input.languages.map((language) => rankLanguage(input, language, resamples));
  return {
    rows: tables.flatMap((table) => table.rows),
    floors: tables.map((table) => table.floor),
    pairs: tables.flatMap((table) => table.pairs),
    resamples,
    seed: input.seed,
  };
}

function rankLanguage(
  input: RankingInput,
  language: string | null,
  resamples: number,
): { rows: RankingRow[]; pairs: Pair[]; floor: Ranking['floors'][number] } {
  const trials = input.trials.filter((trial) => trial.language === language);
  // Sorted by name first, so that the order in which models were picked changes nothing.
  const candidates = input.models
    .toSorted(byCodeUnits)
    .map((model) => candidateOf(model, input.categories, new Map(trialsOf(trials, model))));
  const standings = standingsOf(
    candidates.filter((candidate) => candidate.reason === null),
    input.seed,
    resamples,
  );
  const pairs = pairsOf(standings, language);
  const incomplete = candidates.filter((candidate) => candidate.reason !== null).sort(byProgressThenScore);
  const ordered = [...standings.map((standing) => standing.candidate), ...incomplete];
  const floors = floorsOf(ordered, input.categories);
  const first = standings[0]?.candidate;
  const tied = new Set(standings.map((standing) => standing.candidate).filter((own) => isTied(own, first, pairs)));
  const recommended = cheapest([...tied].filter((candidate) => beatsFloor(candidate, floors)));
  const rows = ordered.map((candidate, position): RankingRow => {
    const standing = standings[position];
    return {
      rank: position + 1,
      model: candidate.model,
      language,
      score: candidate.score,
      low: standing?.low ?? null,
      high: standing?.high ?? null,
      probabilityBest: standing?.probabilityBest ?? null,
      tiedWithFirst: tied.has(candidate),
      recommended: candidate === recommended,
      beatsFloor: beatsFloor(candidate, floors),
      status: candidate.reason === null ? 'complete' : 'incomplete',
      reason: candidate.reason,
      categories: candidate.trials.map((trial, index) => ({
        category: input.categories[index]!,
        macroF1: trial?.result.metrics.macroF1 ?? null,
        accuracy: trial?.result.metrics.accuracy ?? null,
      })),
      ...costOf(candidate),
    };
  });
  const known = input.categories.flatMap((category) => floors.get(category) ?? []);
  return { rows, pairs, floor: { language, score: mean(known) } };
}

function trialsOf(trials: TrialOutcome[], model: string): [string, TrialOutcome][] {
  return trials.filter((trial) => trial.model === model).map((trial) => [trial.category, trial]);
}

function candidateOf(model: string, categories: string[], outcomes: Map<string, TrialOutcome>): Candidate {
  const missing: string[] = [];
  const trials = categories.map((category): Finished | null => {
    const outcome = outcomes.get(category);
    if (outcome?.status === 'done' && outcome.result && outcome.predictions) {
      return { category, result: outcome.result, predictions: outcome.predictions };
    }
    missing.push(`"${category}" ${whyMissing(outcome)}`);
    return null;
  });
  const finished = trials.filter((trial) => trial !== null);
  for (const trial of finished) checkAgreement(model, trial);
  return {
    model,
    trials,
    finished,
    reason: missing.length > 0 || categories.length === 0 ? missing.join('; ') : null,
    score: mean(finished.map((trial) => trial.result.metrics.macroF1)),
  };
}

function whyMissing(outcome: TrialOutcome | undefined): string {
  if (!outcome) return 'has no trial';
  if (outcome.status === 'cancelled') return 'was cancelled';
  if (outcome.status === 'failed') return `failed: ${outcome.error ?? 'no reason given'}`;
  return outcome.result ? 'lost its predictions' : 'has no result';
}

/** Complete models, best first, equal scores by name. */
function standingsOf(complete: Candidate[], seed: number, resamples: number): Standing[] {
  const resampled = bootstrapScores(
    complete.map((candidate) => candidate.finished.map((trial) => trial.predictions)),
    resamples,
    seededDraw(seed),
  );
  const probabilities = probabilitiesBest(resampled);
  return complete
    .map((candidate, index): Standing => {
      const own = resampled[index]!;
      return {
        candidate,
        score: candidate.score ?? 0,
        resampled: own,
        ...intervalAround(candidate.score ?? 0, own),
        probabilityBest: probabilities[index]!,
      };
    })
    .sort((a, b) => b.score - a.score || byCodeUnits(a.candidate.model, b.candidate.model));
}

/**
 * The 95 % percentile interval, stretched to the score where it lies outside: with very many rare labels a draw, which
 * misses a third of the documents, scores a little low as a rule.
 */
function intervalAround(score: number, resampled: Float64Array): { low: number; high: number } {
  const { low, high } = interval95(resampled);
  return { low: Math.min(low, score), high: Math.max(high, score) };
}

function pairsOf(standings: Standing[], language: string | null): Pair[] {
  const pairs = standings.flatMap((first, position) =>
    standings.slice(position + 1).map((second) => {
      const difference = first.score - second.score;
      return {
        language,
        first: first.candidate.model,
        second: second.candidate.model,
        difference,
        pValue: pairedPValue(difference, first.resampled, second.resampled),
      };
    }),
  );
  const corrected = holm(pairs.map((pair) => pair.pValue));
  return pairs.map((pair, index) => {
    const pValueHolm = corrected[index]!;
    return { ...pair, pValueHolm, distinguishable: pValueHolm < significanceLevel };
  });
}

function isTied(own: Candidate, first: Candidate | undefined, pairs: Pair[]): boolean {
  if (own === first) return true;
  const pair = pairs.find(({ first: above, second }) => above === first?.model && second === own.model);
  return pair !== undefined && !pair.distinguishable;
}

/** Fewest training seconds; given in rank order, so that equal cost leaves the better rank. */
function cheapest(candidates: Candidate[]): Candidate | undefined {
  const cost = (candidate: Candidate) => costOf(candidate).trainSeconds ?? Number.POSITIVE_INFINITY;
  return candidates.toSorted((a, b) => cost(a) - cost(b))[0];
}

/** Macro-F1 of the majority class per category, from whichever model finished it: all saw the same split. */
function floorsOf(candidates: Candidate[], categories: string[]): Map<string, number> {
  const floors = new Map<string, number>();
  for (const [index, category] of categories.entries()) {
    const trial = candidates.map((candidate) => candidate.trials[index]).find((found) => found);
    if (trial) floors.set(category, trial.result.floor.macroF1);
  }
  return floors;
}

function beatsFloor(candidate: Candidate, floors: Map<string, number>): boolean {
  const floor = mean(candidate.finished.flatMap((trial) => floors.get(trial.category) ?? []));
  // A model that always answers the majority gives the same sum up to rounding.
  return candidate.score !== null && floor !== null && candidate.score > floor + 1e-12;
}

/**
 * Over the finished trials: training seconds summed, documents per second overall (all documents / all seconds), and the
 * parameters of the largest of its models (one is trained per category; they differ in their last layer).
 */
function costOf({ finished }: Candidate): Pick<RankingRow, 'trainSeconds' | 'predictDocsPerSecond' | 'parameters'> {
  if (finished.length === 0) return { trainSeconds: null, predictDocsPerSecond: null, parameters: null };
  let documents = 0;
  let predictSeconds = 0;
  for (const { result } of finished) {
    if (result.predictDocsPerSecond <= 0) continue;
    documents += result.split.test;
    predictSeconds += result.split.test / result.predictDocsPerSecond;
  }
  return {
    trainSeconds: finished.reduce((total, { result }) => total + result.trainSeconds, 0),
    predictDocsPerSecond: predictSeconds === 0 ? null : documents / predictSeconds,
    parameters: Math.max(...finished.map(({ result }) => result.parameters)),
  };
}

function byProgressThenScore(a: Candidate, b: Candidate): number {
  const byProgress = b.finished.length - a.finished.length;
  return byProgress || (b.score ?? 0) - (a.score ?? 0) || byCodeUnits(a.model, b.model);
}

/** Not by locale: two machines must print the same table. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function mean(values: number[]): number | null {
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0) / values.length;
}

function checkTrials(input: RankingInput): void {
  const seen = new Set<string>();
  for (const { model, category, language } of input.trials) {
    const name = `trial of model "${model}" on category "${category}" (language ${language ?? 'all'})`;
    if (!input.models.includes(model) || !input.categories.includes(category) || !input.languages.includes(language)) {
      throw new FinalError(`${name} doesn't belong to this benchmark`);
    }
    const key = JSON.stringify([model, category, language]);
    if (seen.has(key)) throw new FinalError(`${name} came twice`);
    seen.add(key);
  }
}

/** Metrics and predictions come from different stores: if they were mixed up, the interval would be another model's. */
function checkAgreement(model: string, { category, result, predictions }: Finished): void {
  const computed = fullMacroF1(predictions);
  if (Math.abs(computed - result.metrics.macroF1) > 1e-6) {
    throw new FinalError(
      `model "${model}" on "${category}": its metrics say macro-F1 ${result.metrics.macroF1}, its predictions ${computed}`,
    );
  }
}
