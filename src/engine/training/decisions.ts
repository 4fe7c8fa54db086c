/** From logits to labels. */
import type { CategoryKind } from '../../flows/contracts.ts';

/** Label indices per row of logits [B, K]: the largest (`single`), or every one with probability >= 0.5 (`multi`). */
export function decide(kind: CategoryKind, logits: Float32Array | Float64Array, classes: number): number[][] {
  const decisions: number[][] = [];
  for (let start = 0; start < logits.length; start += classes) {
    const labels: number[] = [];
    let best = 0;
    for (let label = 0; label < classes; label++) {
      // sigmoid(x) >= 0.5 exactly where x >= 0
      if (kind === 'multi' && logits[start + label]! >= 0) labels.push(label);
      if (logits[start + label]! > logits[start + best]!) best = label;
    }
    decisions.push(kind === 'multi' ? labels : [best]);
  }
  return decisions;
}
