/**
 * From finished trials to the ranked table the team sees. Pure: no clock, no I/O, chance only from `seed`.
 *
 * Everything here is read off the **test** predictions. The epoch that validation chose, and validation scores, are
 * never part of it: the maximum of a set that something was chosen on isn't an estimate of anything.
 *
 * Rules, each said once:
 * - **score** = plain mean over the benchmark's categories of macro-F1 on test, or of what `rare` makes of it
 *   (test-sample.ts); of a category it is the mean over its repetitions (seeds or folds);
 * - **incomplete** = any repetition of any category failed, cancelled or missing; ranks below every complete model (and those that
 *   the race dropped), among its like by finished trials, then by the mean over what it finished. It has no interval, no probability and no pairs,
 *   because its mean is over other categories than the others';
 * - **interval, probability of being best, p-values**: paired bootstrap, see bootstrap.ts and paired-test.ts;
 * - **pairs**: all pairs of complete models of a table, Holm-corrected over all of them. Correcting only the pairs with
 *   the first would be too lenient: who is first was itself found by comparing all;
 * - **tied with the first** = complete, and its pair with the first isn't distinguishable;
 * - **recommended** = the cheapest of those tied with the first that beat the floor, see advice.ts. None, when none
 *   of them beats the floor;
 * - **floor** = the same mean for always answering the majority class. Equalling it isn't beating it.
 */
import { adviceFor } from './advice.ts';
import { bootstrapScores, holm, probabilitiesBest, type Resampled } from './bootstrap.ts';
import type { Predictions, Ranking, RankingRow, ScoreName } from './contracts.ts';
import { type Cost, costOf, languageFigures, languagesOutside, paretoFront } from './efficiency.ts';
import { pairedPValues } from './paired-test.ts';
import {
  byCodeUnits,
  type Candidate,
  candidatesOf,
  checkTrials,
  type Finished,
  finishedOf,
  mean,
  meanOverCategories,
  type RankingInput,
} from './ranking-candidates.ts';
import { fullScore, rareLabel, thinLabels } from './test-sample.ts';

/** What the distinguishable/not decision is taken at. */
const significanceLevel = 0.05;
const defaultResamples = 2000;

/** A model in its table. */
interface Placed {
  candidate: Candidate;
  /** null when nothing was scored */
  score: number | null;
  /** what the bootstrap says of a complete one */
  trust: (Resampled & { probabilityBest: number }) | null;
}

type Pair = Ranking['pairs'][number];

/** One language's part of a ranking. */
interface Table {
  rows: RankingRow[];
  pairs: Pair[];
  floor: Ranking['floors'][number];
  recommendation: Ranking['recommendations'][number];
  rareLabels: Ranking['rareLabels'];
  thinLabels: Ranking['thinLabels'];
}

/**
 * Ranks all models, per language.
 * @returns rows in table order (language by language as given); `pairs` in that order too, `first` standing above
 *   `second`, `difference` = first's score - second's
 * @throws FinalError on a trial of an unknown model, category, language or repetition, on two trials of the same, on models
 *   tested on different documents, and on predictions whose macro-F1 isn't the one in their metrics
 */
export function rankModels(input: RankingInput): Ranking {
  const resamples = input.resamples ?? defaultResamples;
  checkTrials(input);
  const tables = input.languages.map((language) => rankLanguage(input, language, resamples));
  return {
    scoreName: input.score,
    rows: tables.flatMap((table) => table.rows),
    recommendations: tables.map((table) => table.recommendation),
    rareLabels: tables.flatMap((table) => table.rareLabels),
    thinLabels: tables.flatMap((table) => table.thinLabels),
    floors: tables.map((table) => table.floor),
    pairs: tables.flatMap((table) => table.pairs),
    resamples,
    seed: input.seed,
  };
}

function rankLanguage(input: RankingInput, language: string | null, resamples: number): Table {
  const placed = place(candidatesOf(input, language), input, resamples);
  const pairs = pairsOf(placed, input, language, resamples);
  const fronts = paretoFronts(placed);
  const rows = placed.map((own, position) => ({
    rank: position + 1,
    model: own.candidate.model,
    language,
    score: own.score,
    low: own.trust?.low ?? null,
    high: own.trust?.high ?? null,
    probabilityBest: own.trust?.probabilityBest ?? null,
    tiedWithFirst: isTied(own, placed[0], pairs),
    beatsFloor: beatsFloor(own, input.score),
    status: statusOf(own),
    reason: own.candidate.reason,
    ...detailsOf(own, input),
    pareto: fronts[position] ?? null,
  }));
  const anyTrials = anyTrialsOf(placed, input);
  const isWhole = ({ length }: Predictions[]) => length === input.categories.length;
  const floor = meanOverCategories({ trials: anyTrials }, (finished) => floorOf(finished, input.score));
  const { model, sentence, translations } = adviceFor(rows, floor, testDocuments(placed));
  return {
    rows: rows.map((row) => ({ ...row, recommended: row.model === model })),
    pairs,
    floor: { language, score: floor },
    recommendation: { language, model, sentence, translations },
    rareLabels: input.score === 'rare' ? rareLabelsOf(anyTrials, input, language) : [],
    thinLabels: thinLabels(byRepetition(anyTrials).filter(isWhole)).map((thin) => ({ language, ...thin })),
  };
}

/** Predictions as the bootstrap takes them: [repetition][category], without what is missing. */
function byRepetition(trials: Candidate['trials']): Predictions[][] {
  return (trials[0] ?? []).map((_, repetition) =>
    trials.flatMap((category) => category[repetition]?.predictions ?? []),
  );
}

function statusOf({ candidate, trust }: Placed): RankingRow['status'] {
  if (trust) return 'complete';
  return candidate.dropped ? 'dropped' : 'incomplete';
}

/** Complete models best first, equal scores by name, then what the race dropped, then the incomplete ones. */
function place(candidates: Candidate[], { score, seed }: RankingInput, resamples: number): Placed[] {
  const complete = candidates.filter(({ reason }) => reason === null);
  const resampled = bootstrapScores(
    complete.map(({ trials }) => byRepetition(trials)),
    { resamples, seed, score },
  );
  const probabilities = probabilitiesBest(resampled);
  const first = complete.map((candidate, index): Placed => {
    const own = resampled[index]!;
    return { candidate, score: own.score, trust: { ...own, probabilityBest: probabilities[index]! } };
  });
  const rest = candidates
    .filter(({ reason }) => reason !== null)
    .map((candidate): Placed => {
      const own = meanOverCategories(candidate, (finished) => scoreOf(finished, score));
      return { candidate, score: own, trust: null };
    });
  return [...first.sort(byScore), ...rest.sort((a, b) => byProgress(a, b) || byScore(a, b))];
}

/** Of one category; null without trials. */
function scoreOf(finished: Finished[], score: ScoreName): number | null {
  return mean(finished.map(({ predictions }) => fullScore(predictions, score)));
}

function byScore(a: Placed, b: Placed): number {
  return (b.score ?? 0) - (a.score ?? 0) || byCodeUnits(a.candidate.model, b.candidate.model);
}

function byProgress(a: Placed, b: Placed): number {
  const dropped = Number(b.candidate.dropped) - Number(a.candidate.dropped);
  return dropped || finishedOf(b.candidate).length - finishedOf(a.candidate).length;
}

function pairsOf(placed: Placed[], { score, seed }: RankingInput, language: string | null, resamples: number): Pair[] {
  const complete = placed.flatMap(({ candidate, trust }) => (trust ? [{ candidate, trust }] : []));
  const pValues = pairedPValues(
    complete.map(({ candidate }) => byRepetition(candidate.trials)),
    { resamples, seed, score },
  );
  const pairs = complete
    .flatMap((first, position) => complete.slice(position + 1).map((second) => ({ first, second })))
    .map(({ first, second }, pair) => ({
      language,
      first: first.candidate.model,
      second: second.candidate.model,
      difference: first.trust.score - second.trust.score,
      pValue: pValues[pair]!,
    }));
  const corrected = holm(pairs.map((pair) => pair.pValue));
  return pairs.map((pair, index) => {
    const pValueHolm = corrected[index]!;
    return { ...pair, pValueHolm, distinguishable: pValueHolm < significanceLevel };
  });
}

function isTied(own: Placed, first: Placed | undefined, pairs: Pair[]): boolean {
  if (!own.trust) return false;
  if (own === first) return true;
  const isOurs = (pair: Pair) => pair.first === first?.candidate.model && pair.second === own.candidate.model;
  return pairs.some((pair) => isOurs(pair) && !pair.distinguishable);
}

/** What the majority class scores in one category; null without trials. */
function floorOf(finished: Finished[], score: ScoreName): number | null {
  return mean(
    finished.map(({ result: { floor }, predictions }) => {
      if (score === 'mean') return floor.macroF1;
      const answer = floor.labels.map((label) => predictions.labels.indexOf(label)).sort((a, b) => a - b);
      return fullScore({ ...predictions, predicted: predictions.truth.map(() => answer) }, score);
    }),
  );
}

/** Compared over the trials that it finished. */
function beatsFloor({ candidate, score }: Placed, name: ScoreName): boolean {
  const floor = meanOverCategories(candidate, (finished) => floorOf(finished, name));
  // A model that always answers the majority gives the same sum up to rounding.
  return score !== null && floor !== null && score > floor + 1e-12;
}

/** Each trial from whichever model finished it, the best one's first: all saw the same split. */
function anyTrialsOf(placed: Placed[], { categories, repetitions }: RankingInput): Candidate['trials'] {
  return categories.map((_, category) =>
    repetitions.map(
      (_repetition, repetition) =>
        placed.map(({ candidate }) => candidate.trials[category]?.[repetition]).find((trial) => trial) ?? null,
    ),
  );
}

/** Of each complete model, in order; complete ones stand first. */
function paretoFronts(placed: Placed[]): RankingRow['pareto'][] {
  const points = placed.flatMap(({ candidate, score, trust }) =>
    trust ? [{ score: score ?? 0, cost: costOf(candidate) }] : [],
  );
  const quick = paretoFront(points.map(({ score, cost }) => [score, -(cost.trainSeconds ?? Number.POSITIVE_INFINITY)]));
  const fluent = paretoFront(points.map(({ score, cost }) => [score, cost.predictDocsPerSecond ?? 0]));
  return points.map((_, index) => ({ trainSeconds: quick[index]!, predictDocsPerSecond: fluent[index]! }));
}

type Details = Pick<RankingRow, 'macroF1' | 'categories' | 'repetitions' | 'perLanguage' | 'languagesOutside'> & Cost;

function detailsOf({ candidate, trust }: Placed, { categories, repetitions, score }: RankingInput): Details {
  const languages = languageFigures(candidate);
  const macroF1 = (finished: Finished[]) => mean(finished.map(({ result }) => result.metrics.macroF1));
  return {
    macroF1: meanOverCategories(candidate, macroF1),
    categories: categories.map((category, index) => {
      const finished = candidate.trials[index]!.filter((trial) => trial !== null);
      return {
        category,
        macroF1: macroF1(finished),
        accuracy: mean(finished.map(({ result }) => result.metrics.accuracy)),
        score: scoreOf(finished, score),
      };
    }),
    repetitions: trust
      ? repetitions.map(({ seed, fold }, index) => ({ seed, fold, score: trust.repetitions[index]! }))
      : [],
    perLanguage: languages.length > 1 ? languages : [],
    languagesOutside: languagesOutside(candidate.model, languages),
    ...costOf(candidate),
  };
}

/** Different documents that the first model was tested on. */
function testDocuments([first]: Placed[]): number {
  return new Set(first ? finishedOf(first.candidate).flatMap(({ predictions }) => predictions.rows) : []).size;
}

function rareLabelsOf(
  trials: Candidate['trials'],
  { categories }: RankingInput,
  language: string | null,
): Ranking['rareLabels'] {
  return categories.flatMap((category, index) => {
    const labels = trials[index]!.flatMap((trial) => (trial && rareLabel(trial.predictions)) ?? []);
    return [...new Set(labels)].map((label) => ({ language, category, label }));
  });
}
