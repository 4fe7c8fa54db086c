/**
 * How far a macro-F1 score can be trusted: the paired bootstrap over test documents, and Holm's correction.
 * Pure: numbers in, numbers out.
 *
 * One resample draws D documents with replacement from the D test documents (the union over the categories, so a
 * document that carries several categories is drawn for all of them at once and their correlation is kept). Every
 * model is scored on the same draw, which cancels what is merely a hard or an easy draw. Each category uses the drawn
 * documents it contains.
 *
 * Which labels a resample's macro-F1 runs over: always those of the full test set, by the convention of `macroF1` in
 * the engine's metrics. A label that a draw doesn't hold at all (rare ones often aren't drawn) says nothing about the
 * model, so its F1 stays what it is on the full test set; counting it 0 would pull the whole interval under the score,
 * leaving it out would let each draw average over other labels.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { FinalError } from '../errors.ts';
import type { Predictions } from './contracts.ts';

/** Fills `weights` with how often resample `resample` draws each document; called with 0, 1, 2, … in order. */
export type Draw = (resample: number, weights: Int32Array) => void;

/**
 * One model's predictions of one category, as what a drawn document adds to the label counts. Entry code of label l:
 * 2l = in the truth or in the prediction, not both; 2l + 1 = in both. So F1 = 2 both / (2 both + either).
 */
interface Tally {
  /** per document of the category: its index in the draw */
  documents: Int32Array;
  /** document i owns codes[offsets[i]..offsets[i + 1]] */
  offsets: Int32Array;
  codes: Int32Array;
  labelCount: number;
  /** F1 per label on the full test set */
  fullF1: Float64Array;
  /** labels the mean runs over */
  counted: number;
}

/** F1 of label `label`, or `empty` where the counts hold nothing of it. */
function f1(counts: Int32Array, label: number, empty: number): number {
  const twiceBoth = 2 * counts[2 * label + 1]!;
  const either = counts[2 * label]!;
  return twiceBoth + either === 0 ? empty : twiceBoth / (twiceBoth + either);
}

function tallyOf(predictions: Predictions, indexOfRow: Map<number, number>): Tally {
  const labelCount = predictions.labels.length;
  const documents = new Int32Array(predictions.rows.length);
  const offsets = new Int32Array(predictions.rows.length + 1);
  const codes: number[] = [];
  const counts = new Int32Array(2 * labelCount);
  for (const [position, row] of predictions.rows.entries()) {
    const truth = predictions.truth[position];
    const predicted = predictions.predicted[position];
    const index = indexOfRow.get(row);
    if (!truth || !predicted || index === undefined) {
      throw new FinalError(`predictions of "${predictions.category}": row ${row} lacks its truth or its prediction`);
    }
    documents[position] = index;
    for (const label of truth) codes.push(2 * label + (predicted.includes(label) ? 1 : 0));
    for (const label of predicted) if (!truth.includes(label)) codes.push(2 * label);
    offsets[position + 1] = codes.length;
  }
  for (const code of codes) {
    if (!(code >= 0 && code < counts.length)) {
      throw new FinalError(
        `predictions of "${predictions.category}" hold a label index beyond its ${labelCount} labels`,
      );
    }
    counts[code]! += 1;
  }
  const fullF1 = Float64Array.from({ length: labelCount }, (_, label) => f1(counts, label, 0));
  let counted = labelCount;
  if (predictions.kind === 'single') {
    counted = fullF1.filter((_, label) => counts[2 * label]! + counts[2 * label + 1]! > 0).length;
  }
  return { documents, offsets, codes: Int32Array.from(codes), labelCount, fullF1, counted };
}

/** Macro-F1 of one draw. `counts` is scratch space of at least 2K. */
function resampledMacroF1(tally: Tally, weights: Int32Array, counts: Int32Array): number {
  const { documents, offsets, codes, labelCount, fullF1, counted } = tally;
  if (counted === 0) return 0;
  counts.fill(0, 0, 2 * labelCount);
  for (let position = 0; position < documents.length; position++) {
    const weight = weights[documents[position]!]!;
    if (weight === 0) continue;
    for (let entry = offsets[position]!; entry < offsets[position + 1]!; entry++) counts[codes[entry]!]! += weight;
  }
  let total = 0;
  for (let label = 0; label < labelCount; label++) total += f1(counts, label, fullF1[label]!);
  return total / counted;
}

/** Macro-F1 on the full test set, from the predictions themselves; the convention of the engine's metrics. */
export function fullMacroF1(predictions: Predictions): number {
  const indexOfRow = new Map(predictions.rows.map((row, index) => [row, index]));
  const tally = tallyOf(predictions, indexOfRow);
  return tally.counted === 0 ? 0 : tally.fullF1.reduce((sum, value) => sum + value, 0) / tally.counted;
}

/** The documents a draw is over: every row that any category tests, ascending. */
function drawnRows(categories: Predictions[]): number[] {
  return [...new Set(categories.flatMap((category) => category.rows))].sort((a, b) => a - b);
}

/** Seeded draws of D out of D with replacement. Top bits of the generator: index = floor(u / 2^32 * D). */
export function seededDraw(seed: number): Draw {
  const generator = xoroshiro128plus(seed);
  // Its state begins almost empty, and the first numbers of neighbouring seeds are alike: drop them.
  for (let skipped = 0; skipped < 64; skipped++) generator.next();
  return (_resample, weights) => {
    weights.fill(0);
    const documents = weights.length;
    for (let drawn = 0; drawn < documents; drawn++) {
      weights[Math.floor(((generator.next() >>> 0) / 2 ** 32) * documents)]! += 1;
    }
  };
}

/**
 * Score (mean over categories of macro-F1) of every model on every resample.
 * @param models per model, its predictions per category, the categories in the same order for each
 * @returns per model, `resamples` scores
 * @throws FinalError when two models were tested on different rows of a category: nothing would be paired then
 */
export function bootstrapScores(models: Predictions[][], resamples: number, draw: Draw): Float64Array[] {
  const [reference] = models;
  if (!reference) return [];
  for (const categories of models) checkSameDocuments(reference, categories);
  const rows = drawnRows(reference);
  const indexOfRow = new Map(rows.map((row, index) => [row, index]));
  const tallies = models.map((categories) => categories.map((predictions) => tallyOf(predictions, indexOfRow)));
  const scratch = new Int32Array(2 * Math.max(0, ...tallies.flat().map((tally) => tally.labelCount)));
  const weights = new Int32Array(rows.length);
  const scores = models.map(() => new Float64Array(resamples));
  for (let resample = 0; resample < resamples; resample++) {
    draw(resample, weights);
    for (const [model, categories] of tallies.entries()) {
      let total = 0;
      for (const tally of categories) total += resampledMacroF1(tally, weights, scratch);
      scores[model]![resample] = categories.length === 0 ? 0 : total / categories.length;
    }
  }
  return scores;
}

function checkSameDocuments(reference: Predictions[], categories: Predictions[]): void {
  for (const [position, expected] of reference.entries()) {
    const given = categories[position];
    const same =
      given !== undefined &&
      given.rows.length === expected.rows.length &&
      given.rows.every((row, document) => row === expected.rows[document]);
    if (!same) throw new FinalError(`category "${expected.category}": two models were tested on different documents`);
    if (new Set(expected.rows).size !== expected.rows.length) {
      throw new FinalError(`category "${expected.category}": the same row stands twice in its test documents`);
    }
  }
}

/** Quantile `share` (0 to 1) of ascending values with linear interpolation, NumPy's default. */
function quantile(ascending: Float64Array, share: number): number {
  const position = share * (ascending.length - 1);
  const below = Math.floor(position);
  const low = ascending[below] ?? Number.NaN;
  const high = ascending[Math.min(below + 1, ascending.length - 1)] ?? Number.NaN;
  return low + (high - low) * (position - below);
}

/** Ends of the 95 % percentile interval. */
export function interval95(scores: Float64Array): { low: number; high: number } {
  const ascending = scores.toSorted();
  return { low: quantile(ascending, 0.025), high: quantile(ascending, 0.975) };
}

/** Differences below this are rounding: the same sums in another order. */
const rounding = 1e-12;

/** Per model, the share of resamples in which it scores highest; models that tie in a resample share it equally. */
export function probabilitiesBest(scores: Float64Array[]): number[] {
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
 */
export function pairedPValue(difference: number, first: Float64Array, second: Float64Array): number {
  const threshold = Math.abs(difference) - rounding;
  let beyond = 0;
  for (let resample = 0; resample < first.length; resample++) {
    if (Math.abs(first[resample]! - second[resample]! - difference) >= threshold) beyond += 1;
  }
  return (1 + beyond) / (first.length + 1);
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
