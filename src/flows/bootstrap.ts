/**
 * How far a score can be trusted: the paired bootstrap over test documents, and Holm's correction.
 * Pure: numbers in, numbers out.
 *
 * One resample draws D documents with replacement from the D test documents (the union over the categories and
 * repetitions, so a document that stands in several is drawn for all of them at once and their correlation is kept).
 * Every model is scored on the same draw, which cancels what is merely a hard or an easy draw.
 *
 * **Interval.** F1 is a ratio: on few documents its estimate is low as a rule, and the more so the rarer a label is. Draws
 * of the test set are low once more, by about as much again, so plain percentiles lie too low by twice that. We take
 * the draws' mean minus the score as the bias, correct score and draws by it, and read the interval off the draws by the
 * BCa method, which also corrects for skewness (Efron 1987, "Better bootstrap confidence intervals",
 * doi:10.1080/01621459.1987.10478410; bias: Efron & Tibshirani 1993, chapter 10). `npm run bench -- method` measures how
 * often intervals hold the truth, and where they can't: see `thinLabels`.
 *
 * **What is estimated.** With one repetition, what this trained model would score on all documents like these, over every
 * label there is; a test set that lacks some stands in with those it has. With several, what models trained so score on
 * average, over seeds or folds: a repetition's score then varies by its documents and by chance in training, see
 * training-noise.ts.
 */
import type { Predictions, ScoreName } from './contracts.ts';
import { changesWithoutOne, mostCodes, scoreOfAll, scoreOfDraw } from './draw-scores.ts';
import { mean } from './mean.ts';
import { multinomialDraws, seededChance } from './multinomial.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { type Tally, type TestSample, testSampleOf } from './test-sample.ts';
import { meanDraws, trainingNoise, trainingShifts } from './training-noise.ts';

/** Differences below this are rounding: the same sums in another order. */
const rounding = 1e-12;

/** What one model scores. */
export interface Resampled {
  /** of each repetition, on its full test set */
  repetitions: number[];
  /** on the test set; with several repetitions their mean */
  score: number;
  /** ends of the 95 % interval */
  low: number;
  high: number;
  /** the score on every resample */
  scores: Float64Array;
}

interface BootstrapOptions {
  resamples: number;
  seed: number;
  score: ScoreName;
}

/**
 * Scores every model on the same resamples of the test documents.
 * @param models model, repetition, category; the categories and repetitions in the same order for every model
 * @throws FinalError when two models were tested on different rows of a category: nothing would be paired then
 */
export function bootstrapScores(models: Predictions[][][], options: BootstrapOptions): Resampled[] {
  const { resamples, seed, score: scoreName } = options;
  const sample = testSampleOf(models, scoreName);
  const chance = seededChance(seed);
  const draws = drawScores(sample, resamples, multinomialDraws(sample.groupCounts, chance));
  const noise = trainingNoise(models[0]?.length ?? 0, resamples, chance);
  return sample.tallies.map((repetitions, model): Resampled => {
    const variation = { repetitions: repetitions.map(scoreOfAll), draws: draws[model]! };
    const score = mean(variation.repetitions);
    const ofDocuments = meanDraws(variation.draws);
    const shifts = trainingShifts(variation, noise);
    const scores = ofDocuments.map((own, draw) => own + shifts[draw]!);
    const acceleration = accelerationOf(changesWithoutOne(repetitions, sample.groupCounts.length), sample.groupCounts);
    const interval =
      score > 1 - rounding
        ? { low: faultlessLow(repetitions), high: 1 }
        : interval95(score, scores, mean(ofDocuments) - score, acceleration);
    return { repetitions: variation.repetitions, score, scores, ...interval };
  });
}

/**
 * @param draw fills in how many documents of each group the next resample holds
 * @returns model, repetition: the score on each resample
 */
export function drawScores(
  sample: TestSample,
  resamples: number,
  draw: (weights: Int32Array) => void,
): Float64Array[][] {
  const counts = new Int32Array(mostCodes(sample));
  const weights = new Int32Array(sample.groupCounts.length);
  const draws = sample.tallies.map((repetitions) => repetitions.map(() => new Float64Array(resamples)));
  for (let resample = 0; resample < resamples; resample++) {
    draw(weights);
    for (const [model, repetitions] of sample.tallies.entries()) {
      for (const [repetition, categories] of repetitions.entries())
        draws[model]![repetition]![resample] = scoreOfDraw(categories, weights, counts);
    }
  }
  return draws;
}

// --- intervals ------------------------------------------------------------------------------------------------------

/** Quantile `share` (0 to 1) of ascending values with linear interpolation, NumPy's default. */
function quantile(ascending: Float64Array, share: number): number {
  const position = share * (ascending.length - 1);
  const below = Math.floor(position);
  const low = ascending[below] ?? Number.NaN;
  const high = ascending[Math.min(below + 1, ascending.length - 1)] ?? Number.NaN;
  return low + (high - low) * (position - below);
}

/** Efron's acceleration by the jackknife: sum c^3 / (6 (sum c^2)^1.5), c = the mean left-one-out score minus each. */
export function accelerationOf(changes: Float64Array, groupCounts: Int32Array): number {
  const documents = groupCounts.reduce((sum, count) => sum + count, 0);
  const centre = changes.reduce((sum, change, group) => sum + change * groupCounts[group]!, 0) / documents;
  let squares = 0;
  let cubes = 0;
  for (const [group, change] of changes.entries()) {
    squares += groupCounts[group]! * (centre - change) ** 2;
    cubes += groupCounts[group]! * (centre - change) ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/**
 * Ends of the 95 % BCa interval around `estimate`. Without any draw on one side of it the correction stops short of
 * infinity, as if half a draw were there.
 */
export function bcaInterval(
  estimate: number,
  draws: Float64Array,
  acceleration: number,
): { low: number; high: number } {
  const ascending = draws.toSorted();
  const below = draws.reduce((sum, draw) => sum + sideOf(draw - estimate), 0);
  const offset = normalQuantile(Math.min(Math.max(below, 0.5), draws.length - 0.5) / draws.length);
  const end = (normal: number) => {
    const shifted = offset + normal;
    return quantile(ascending, normalCdf(offset + shifted / (1 - acceleration * shifted)));
  };
  return { low: end(normalQuantile(0.025)), high: end(normalQuantile(0.975)) };
}

/** 1 below 0, 0 above, a half at 0. */
const sideOf = (difference: number): number => (difference < -rounding ? 1 : difference > rounding ? 0 : 0.5);

/** The interval of a score: BCa after score and draws were freed of the bias. It holds the score, and stays within 0 and 1. */
export function interval95(
  score: number,
  draws: Float64Array,
  bias: number,
  acceleration: number,
): { low: number; high: number } {
  const freed = draws.map((draw) => draw - 2 * bias);
  const { low, high } = bcaInterval(score - bias, freed, acceleration);
  return { low: Math.max(0, Math.min(low, score)), high: Math.min(1, Math.max(high, score)) };
}

/**
 * Lower end for a model without any error: every draw scores 1, but so might a test set on which a worse model had luck.
 * Of n documents all right, Wilson's interval says that at most z^2 / (n + z^2) of their like are wrong (Wilson 1927,
 * doi:10.1080/01621459.1927.10502953). Errors that the test set could have missed cost most in the label that weighs most
 * for its number of documents, so its share counts; with as many documents of each label that is Wilson's end for the
 * accuracy. More repetitions promise no less: they may have shared their documents.
 */
function faultlessLow(repetitions: Tally[][]): number {
  const squared = normalQuantile(0.975) ** 2;
  const losses = repetitions.map((categories) => {
    const ofLabels = categories.flatMap(({ coefficients, fullCounts }) =>
      [...coefficients].map((weight, label) => (weight * squared) / (fullCounts[2 * label + 1]! + squared)),
    );
    return ofLabels.reduce((most, loss) => Math.max(most, loss), 0);
  });
  return 1 - mean(losses);
}

// --- comparisons ----------------------------------------------------------------------------------------------------

/** Per model, the share of resamples in which it scores highest; models that tie in a resample share it equally. */
export function probabilitiesBest(models: Pick<Resampled, 'scores'>[]): number[] {
  const scores = models.map((model) => model.scores);
  const resamples = scores[0]?.length ?? 0;
  const wins = scores.map(() => 0);
  for (let resample = 0; resample < resamples; resample++) {
    let best = Number.NEGATIVE_INFINITY;
    for (const own of scores) best = Math.max(best, own[resample]!);
    const winners = scores.flatMap((own, model) => (own[resample]! >= best - rounding ? [model] : []));
    for (const model of winners) wins[model]! += 1 / winners.length;
  }
  return wins.map((won) => (resamples === 0 ? 0 : won / resamples));
}

/**
 * Holm's step-down correction: with the p-values ascending, the k-th of m becomes max over j <= k of (m - j + 1) p_j,
 * at most 1. Keeps the chance of any false "distinguishable" below the level, whatever the pairs share
 * (Holm 1979, Scandinavian Journal of Statistics 6, 65-70). Returned in the order given.
 */
export function holm(pValues: number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let running = 0;
  for (const [position, index] of order.entries()) {
    running = Math.max(running, Math.min(1, (pValues.length - position) * pValues[index]!));
    adjusted[index] = running;
  }
  return adjusted;
}
