import type { ResolvedStrategy } from '../../flows/contracts.ts';

/**
 * A label absent from nearly every document would weigh thousands; the square root and this limit keep rare labels
 * from being predicted everywhere (a full n-/n+ makes recall 1 and precision the base rate).
 */
const maxPositiveWeight = 10;

function labelCounts(targets: readonly (readonly number[])[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const target of targets) for (const label of target) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/**
 * Multi-class: n / (K n_k), then divided so that the weights' mean over documents is 1 (it is 1 unless a label never
 * occurs; such a label gets 1, no document uses it).
 * Yes/no questions: weight of a present label, sqrt((n - n_k) / n_k) between 1 and 10.
 */
export function lossWeights(
  strategy: ResolvedStrategy,
  targets: readonly (readonly number[])[],
  classes: number,
): number[] {
  const counts = labelCounts(targets, classes);
  const documents = targets.length;
  if (strategy !== 'multi-class') {
    return counts.map((count) => {
      if (count === 0) return 1;
      return Math.min(maxPositiveWeight, Math.max(1, Math.sqrt((documents - count) / count)));
    });
  }
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 1 : documents / (present * count)));
}

/** Targets of a batch as [B, K] ones and zeros. */
export function targetMatrix(targets: readonly (readonly number[])[], classes: number): Float32Array {
  const matrix = new Float32Array(targets.length * classes);
  for (const [row, labels] of targets.entries()) for (const label of labels) matrix[row * classes + label] = 1;
  return matrix;
}
