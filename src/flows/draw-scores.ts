/** What a model scores on a draw of the test documents, and what each document is to that score. Pure. */
import { f1, scoreOf, type Tally, type TestSample } from './test-sample.ts';

/** Counts what a draw holds of each code: `weights[g]` documents of group g. */
function countDraw({ offsets, codes, fullF1 }: Tally, weights: Int32Array, counts: Int32Array): void {
  counts.fill(0, 0, 2 * fullF1.length);
  for (let group = 0; group < weights.length; group++) {
    const weight = weights[group]!;
    if (weight === 0) continue;
    for (let entry = offsets[group]!; entry < offsets[group + 1]!; entry++) counts[codes[entry]!]! += weight;
  }
}

/** Score of one model in one repetition on a draw: `weights[g]` documents of group g. `counts` is scratch space. */
export function scoreOfDraw(categories: Tally[], weights: Int32Array, counts: Int32Array): number {
  let score = 0;
  for (const tally of categories) {
    countDraw(tally, weights, counts);
    const { coefficients, fullF1 } = tally;
    for (let label = 0; label < fullF1.length; label++) {
      score += coefficients[label]! * f1(counts, label, fullF1[label]!);
    }
  }
  return score;
}

/**
 * The same by the labels that the draw holds alone, and what each document is to it: the derivative of the score by the
 * number of documents of its group (times that number they sum to 0). Their squares sum to the score's variance, by the
 * infinitesimal jackknife (Efron 1982, "The Jackknife, the Bootstrap and Other Resampling Plans", chapter 6).
 * @param scratch as long as the most codes of a category
 * @param influences are added to, per group with documents in the draw; null where nobody wants them
 */
export function influencesOfDraw(
  categories: Tally[],
  weights: Int32Array,
  scratch: { counts: Int32Array; slopes: Float64Array },
  influences: Float64Array | null,
): number {
  const { counts, slopes } = scratch;
  let score = 0;
  for (const tally of categories) {
    countDraw(tally, weights, counts);
    const { offsets, codes, coefficients } = tally;
    for (let label = 0; label < coefficients.length; label++) {
      const coefficient = coefficients[label]!;
      const documents = counts[2 * label]! + 2 * counts[2 * label + 1]!;
      const own = f1(counts, label, 0);
      score += coefficient * own;
      slopes[2 * label] = documents === 0 ? 0 : (-coefficient * own) / documents;
      slopes[2 * label + 1] = documents === 0 ? 0 : (coefficient * 2 * (1 - own)) / documents;
    }
    for (let group = 0; influences && group < weights.length; group++) {
      if (weights[group] === 0) continue;
      for (let entry = offsets[group]!; entry < offsets[group + 1]!; entry++)
        influences[group]! += slopes[codes[entry]!]!;
    }
  }
  return score;
}

/** Length of the scratch space that a draw needs. */
export function mostCodes({ tallies }: TestSample): number {
  return Math.max(0, ...tallies.flat(2).map(({ fullCounts }) => fullCounts.length));
}

/** Score of one model in one repetition on the full test set. */
export function scoreOfAll(categories: Tally[]): number {
  return categories.reduce((sum, { coefficients, fullF1 }) => sum + scoreOf(coefficients, fullF1), 0);
}

/** How much a model's score, the mean over its repetitions, grows when one document of each group is left out. */
export function changesWithoutOne(repetitions: Tally[][], groups: number): Float64Array {
  const changes = new Float64Array(groups);
  for (const { offsets, codes, coefficients, fullCounts, fullF1 } of repetitions.flat()) {
    const changeOfCode = Float64Array.from(fullCounts, (count, code) => {
      const label = code >> 1;
      if (count === 0) return 0;
      const twiceBoth = 2 * (fullCounts[2 * label + 1]! - (code & 1));
      const either = fullCounts[2 * label]! - 1 + (code & 1);
      const left = twiceBoth + either === 0 ? fullF1[label]! : twiceBoth / (twiceBoth + either);
      return (coefficients[label]! * (left - fullF1[label]!)) / repetitions.length;
    });
    for (let group = 0; group < groups; group++) {
      for (let entry = offsets[group]!; entry < offsets[group + 1]!; entry++)
        changes[group]! += changeOfCode[codes[entry]!]!;
    }
  }
  return changes;
}
