/** How unequal the labels of a category are, on documents per label (ORIGINAL.md's four measures). */
import type { Imbalance } from '../../flows/contracts.ts';

/**
 * @param counts documents per label, each above 0
 * @returns null with fewer than two labels
 */
export function imbalanceOf(counts: readonly number[]): Imbalance | null {
  const ascending = counts.toSorted((a, b) => a - b);
  const size = ascending.length;
  const smallest = ascending[0];
  const largest = ascending.at(-1);
  if (size < 2 || smallest === undefined || largest === undefined) return null;
  const total = ascending.reduce((sum, count) => sum + count, 0);
  const weighted = ascending.reduce((sum, count, index) => sum + (index + 1) * count, 0);
  const mean = total / size;
  const entropy = ascending.reduce((sum, count) => sum - (count / total) * Math.log(count / total), 0);
  const ratio = largest / smallest;
  // Equal counts give 0 up to rounding, which must not come out as -1e-17.
  const gini = Math.max(0, (2 * weighted) / (size * total) - (size + 1) / size);
  return {
    ratio,
    gini,
    normalisedEntropy: entropy / Math.log(size),
    coefficientOfVariation: Math.sqrt(ascending.reduce((sum, count) => sum + (count - mean) ** 2, 0) / size) / mean,
    profile: profileOf(gini, ratio),
  };
}

/** DESIGN: balanced (G < 0.2 and r < 2), moderate (G < 0.4 and r < 5), else imbalanced. */
function profileOf(gini: number, ratio: number): Imbalance['profile'] {
  if (gini < 0.2 && ratio < 2) return 'balanced';
  return gini < 0.4 && ratio < 5 ? 'moderate' : 'imbalanced';
}
