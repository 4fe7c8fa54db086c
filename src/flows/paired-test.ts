/**
 * Do the test documents tell two models apart? A bootstrap test of "the two scores are equal" for every pair. Pure.
 *
 * d is the difference on the full test set, d* that of a resample. d* - d is how the difference varies where the truth is
 * "no difference"; a p-value has to be read off that null distribution and not off d* itself (Hall & Wilson 1991, "Two
 * guidelines for bootstrap hypothesis testing", doi:10.2307/2532163: the first). It is two-sided,
 * p = (1 + #{draws at least as far from d as d from 0}) / (B + 1); the 1s count the observed difference among the draws, so
 * p is never 0 (Davison & Hinkley 1997, "Bootstrap Methods and their Application", section 4.2).
 *
 * Where a label is thin (fewer than 5 test documents), chance decides how certain its F1 looks, and that test calls 6 to
 * 9 % of equal models different. There the greater of two p-values counts: that one, and the studentised one, with
 * |d* - d| s / s* for |d* - d|, where s is the difference's standard error by the infinitesimal jackknife on the test set
 * and s* on the draw (their second guideline). Draws that look more certain than they are then count for more. Where no
 * label is thin the two agree, but for models that differ in a few answers, of which the studentised one finds fewer
 * (`npm run bench -- method comparisons`).
 *
 * A label that a draw doesn't hold makes no difference in it: were it to keep the difference of the full test set, two
 * models would be told apart by a label of one or two documents, of which a draw says nothing.
 */
import type { Predictions, ScoreName } from './contracts.ts';
import { influencesOfDraw, mostCodes, scoreOfAll } from './draw-scores.ts';
import { mean } from './mean.ts';
import { multinomialDraws, seededChance } from './multinomial.ts';
import { type TestSample, testSampleOf, thinLabels } from './test-sample.ts';
import { meanDraws, trainingNoise, trainingShifts } from './training-noise.ts';

/** Differences below this are rounding: the same sums in another order. */
const rounding = 1e-12;

/** Two models by their positions, the first before the second. */
type Pair = readonly [first: number, second: number];

/**
 * The p-value of every pair of models, in the order (0, 1), (0, 2), … (1, 2), …. Models with the same answers get 1.
 * @param models model, repetition, category; the categories and repetitions in the same order for every model
 * @throws FinalError when two models were tested on different rows of a category: nothing would be paired then
 */
export function pairedPValues(
  models: Predictions[][][],
  { resamples, seed, score }: { resamples: number; seed: number; score: ScoreName },
): number[] {
  const sample = testSampleOf(models, score);
  const pairs = models.flatMap((_, first) =>
    models.slice(first + 1).map((_other, behind): Pair => [first, first + 1 + behind]),
  );
  const chance = seededChance(seed);
  const studentised = thinLabels(models[0] ?? []).length > 0 ? pairs : [];
  const observed = standardErrors(sample, studentised);
  const { draws, errors } = drawDifferences(
    sample,
    studentised,
    resamples,
    multinomialDraws(sample.groupCounts, chance),
  );
  const noise = trainingNoise(models[0]?.length ?? 0, resamples, chance);
  const full = sample.tallies.map((repetitions) => repetitions.map(scoreOfAll));
  return pairs.map(([first, second], pair) => {
    const repetitions = full[first]!.map((own, repetition) => own - full[second]![repetition]!);
    const apart = draws[first]!.map((own, repetition) => {
      const other = draws[second]![repetition]!;
      return own.map((value, draw) => value - other[draw]!);
    });
    const shifts = trainingShifts({ repetitions, draws: apart }, noise);
    return greaterPValue(mean(repetitions), meanDraws(apart), shifts, observed[pair], errors[pair]);
  });
}

/** Without standard errors the plain one. */
function greaterPValue(
  difference: number,
  draws: Float64Array,
  shifts: Float64Array,
  observed = 0,
  errors = draws,
): number {
  const threshold = Math.abs(difference) - rounding;
  let [plain, studentised] = [0, 0];
  for (const [draw, value] of draws.entries()) {
    const deviation = value - difference;
    const shift = shifts[draw]!;
    plain += Number(Math.abs(deviation + shift) >= threshold);
    studentised += Number(Math.abs(rescaled(deviation, observed, errors[draw]!) + shift) >= threshold);
  }
  return (1 + Math.max(plain, studentised)) / (draws.length + 1);
}

/** Infinite where the draw claims to be certain of another difference. Without an observed error: as it is. */
function rescaled(deviation: number, observed: number, error: number): number {
  if (observed < rounding || Math.abs(deviation) < rounding) return deviation;
  return error < rounding ? Number.POSITIVE_INFINITY : (deviation * observed) / error;
}

/** On the full test set. */
function standardErrors(sample: TestSample, pairs: Pair[]): number[] {
  const { errors } = drawDifferences(sample, pairs, 1, (weights) => weights.set(sample.groupCounts));
  return errors.map(([own]) => own ?? 0);
}

/**
 * @param draw fills in how many documents of each group the next resample holds
 * @returns model, repetition: the score on each resample by the labels that it holds; pair: its standard error there
 */
export function drawDifferences(
  sample: TestSample,
  pairs: Pair[],
  resamples: number,
  draw: (weights: Int32Array) => void,
): { draws: Float64Array[][]; errors: Float64Array[] } {
  const scratch = { counts: new Int32Array(mostCodes(sample)), slopes: new Float64Array(mostCodes(sample)) };
  const groups = sample.groupCounts.length;
  const weights = new Int32Array(groups);
  const influences = sample.tallies.map(() => new Float64Array(groups));
  const draws = sample.tallies.map((repetitions) => repetitions.map(() => new Float64Array(resamples)));
  const errors = pairs.map(() => new Float64Array(resamples));
  for (let resample = 0; resample < resamples; resample++) {
    draw(weights);
    for (const [model, repetitions] of sample.tallies.entries()) {
      const own = pairs.length > 0 ? influences[model]!.fill(0) : null;
      for (const [repetition, categories] of repetitions.entries())
        draws[model]![repetition]![resample] = influencesOfDraw(categories, weights, scratch, own);
      // Weighted once here, not once a pair.
      for (let group = 0; own && group < groups; group++)
        own[group]! *= Math.sqrt(weights[group]!) / repetitions.length;
    }
    for (const [pair, [first, second]] of pairs.entries())
      errors[pair]![resample] = distance(influences[first]!, influences[second]!);
  }
  return { draws, errors };
}

/** Euclidean. */
function distance(first: Float64Array, second: Float64Array): number {
  let squares = 0;
  for (let index = 0; index < first.length; index++) {
    const difference = first[index]! - second[index]!;
    squares += difference * difference;
  }
  return Math.sqrt(squares);
}
