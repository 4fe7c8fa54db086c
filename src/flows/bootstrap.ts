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
 * `allDraws`.
 */
import type { Predictions, ScoreName } from './contracts.ts';
import { type Chance, multinomialDraws, normalPair, seededChance } from './multinomial.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { changesWithoutOne, scoreOfAll, scoreOfDraw, type TestSample, testSampleOf } from './test-sample.ts';

/** Differences below this are rounding: the same sums in another order. */
const rounding = 1e-12;

/** How a score varies from document to document, and from repetition to repetition. */
interface Variation {
  /** of each repetition, on its full test set */
  repetitions: number[];
  /** of each repetition, on every draw of the documents */
  draws: Float64Array[];
  /** of each repetition, on every draw: what of that stems from labels that the draw doesn't hold */
  absent: Float64Array[];
  /** per draw, the same for all models; see `allDraws` */
  noise: Noise[];
}

/** What one model scores. */
export interface Resampled extends Variation {
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
  const { draws, absent } = drawScores(sample, resamples, multinomialDraws(sample.groupCounts, chance));
  const repetitionCount = models[0]?.length ?? 0;
  const noise = Array.from({ length: resamples }, () => drawNoise(repetitionCount, chance));
  return sample.tallies.map((repetitions, model): Resampled => {
    const variation = { repetitions: repetitions.map(scoreOfAll), draws: draws[model]!, absent: absent[model]!, noise };
    const score = mean(variation.repetitions);
    const bias = mean(documentDraws(variation)) - score;
    const scores = allDraws(variation);
    const acceleration = accelerationOf(changesWithoutOne(repetitions, sample.groupCounts.length), sample.groupCounts);
    return { ...variation, score, scores, ...interval95(score, scores, bias, acceleration) };
  });
}

/**
 * @param draw fills in how many documents of each group the next resample holds
 * @returns model, repetition: the score on each resample, and what of it stems from labels that the draw doesn't hold
 */
export function drawScores(
  sample: TestSample,
  resamples: number,
  draw: (weights: Int32Array) => void,
): { draws: Float64Array[][]; absent: Float64Array[][] } {
  const longest = Math.max(0, ...sample.tallies.flat(2).map((tally) => tally.fullCounts.length));
  const scratch = new Int32Array(longest);
  const weights = new Int32Array(sample.groupCounts.length);
  const empty = () => sample.tallies.map((repetitions) => repetitions.map(() => new Float64Array(resamples)));
  const [draws, absent] = [empty(), empty()];
  for (let resample = 0; resample < resamples; resample++) {
    draw(weights);
    for (const [model, repetitions] of sample.tallies.entries()) {
      for (const [repetition, categories] of repetitions.entries()) {
        const [score, ofAbsent] = scoreOfDraw(categories, weights, scratch);
        draws[model]![repetition]![resample] = score;
        absent[model]![repetition]![resample] = ofAbsent;
      }
    }
  }
  return { draws, absent };
}

// --- repetitions ----------------------------------------------------------------------------------------------------

/** For one draw: standard normal numbers, one for each repetition, and a chi-square over its degrees of freedom. */
interface Noise {
  normals: Float64Array;
  chiSquare: number;
}

function drawNoise(repetitions: number, chance: Chance): Noise {
  const normals = Float64Array.from({ length: repetitions }, () => normalPair(chance)[0]);
  const degrees = repetitions - 1;
  let squares = 0;
  for (let degree = 0; degree < degrees; degree++) squares += normalPair(chance)[0] ** 2;
  return { normals, chiSquare: squares / degrees };
}

/** The mean over the repetitions on every draw of the documents. */
function documentDraws({ draws }: Pick<Variation, 'draws'>): Float64Array {
  return Float64Array.from(draws[0] ?? [], (_, draw) => mean(draws.map((own) => own[draw]!)));
}

/**
 * Variance of the repetitions' scores that comes from their documents alone, on average over the draws. Repetitions that
 * share documents vary less by those, and the draws know it.
 */
function documentVariance({ draws }: Pick<Variation, 'draws'>): number {
  const centres = draws.map(mean);
  const resamples = draws[0]?.length ?? 0;
  let variance = 0;
  for (let draw = 0; draw < resamples; draw++) {
    variance += varianceOf(draws.map((own, repetition) => own[draw]! - centres[repetition]!)) / resamples;
  }
  return variance;
}

/**
 * The score on every draw: of the documents, and with several repetitions of the chance in training too. R repetitions
 * whose scores have the sample variance S^2, of which W comes from their documents, leave for training S^2 - W, known on
 * R - 1 degrees of freedom only. So each draw takes a variance that could have led to S^2, S^2 / (chi-square / (R - 1)),
 * and adds a normal number of variance max(0, that - W) / R: a generalised confidence interval (Weerahandi 1993,
 * doi:10.1080/01621459.1993.10476355). The number is made of the repetitions' deviations from their mean, by the same
 * random weights for all models: what moves two models alike from seed to seed cancels in their difference.
 */
function allDraws(variation: Omit<Variation, 'absent'>): Float64Array {
  const draws = documentDraws(variation);
  const { repetitions, noise } = variation;
  const total = repetitions.length < 2 ? 0 : varianceOf(repetitions);
  if (total < rounding ** 2) return draws;
  const ofDocuments = documentVariance(variation);
  const centre = mean(repetitions);
  const squares = total * (repetitions.length - 1);
  return draws.map((value, draw) => {
    const { normals, chiSquare } = noise[draw]!;
    const ofTraining = Math.max(0, total / chiSquare - ofDocuments) / repetitions.length;
    const shift = repetitions.reduce((sum, score, index) => sum + (score - centre) * normals[index]!, 0);
    return value + shift * Math.sqrt(ofTraining / squares);
  });
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
 * Two-sided bootstrap p-value of "the two scores are equal".
 * With d the difference on the full test set and d* those of the B resamples: p = (1 + #{|d* - d| >= |d|}) / (B + 1).
 * d* - d is how the difference varies where the truth is "no difference"; a p-value has to be read off that null
 * distribution and not off d* itself (Hall & Wilson 1991, "Two guidelines for bootstrap hypothesis testing",
 * doi:10.2307/2532163). The two 1s count the observed difference among them, so p is never 0 (Davison & Hinkley 1997,
 * section 4.2). Two models with the same predictions get p = 1.
 *
 * A label that a draw doesn't hold makes no difference in it: were it to keep the difference of the full test set, two
 * models would be told apart by a label of one or two documents, of which a draw says nothing.
 */
export function pairedPValue(first: Resampled, second: Resampled): number {
  const difference = first.score - second.score;
  const held = ({ draws, absent }: Variation, repetition: number) =>
    draws[repetition]!.map((score, draw) => score - absent[repetition]![draw]!);
  const draws = allDraws({
    repetitions: first.repetitions.map((score, repetition) => score - second.repetitions[repetition]!),
    draws: first.draws.map((_, repetition) => {
      const other = held(second, repetition);
      return held(first, repetition).map((score, draw) => score - other[draw]!);
    }),
    noise: first.noise,
  });
  const threshold = Math.abs(difference) - rounding;
  const beyond = draws.reduce((sum, draw) => sum + (Math.abs(draw - difference) >= threshold ? 1 : 0), 0);
  return (1 + beyond) / (draws.length + 1);
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

function mean(values: readonly number[] | Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return values.length === 0 ? 0 : total / values.length;
}

/** Of a sample: over n - 1. */
function varianceOf(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}
