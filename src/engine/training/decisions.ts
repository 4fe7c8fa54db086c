/** From logits to labels. */
import type { ResolvedStrategy } from '../../flows/contracts.ts';

/** Label indices per row of logits [B, K]: the largest, or (multi-label) every one with probability >= 0.5. */
export function decide(strategy: ResolvedStrategy, logits: Float32Array | Float64Array, classes: number): number[][] {
  const several = strategy === 'multi-label';
  const decisions: number[][] = [];
  for (let start = 0; start < logits.length; start += classes) {
    const labels: number[] = [];
    let best = 0;
    for (let label = 0; label < classes; label++) {
      // sigmoid(x) >= 0.5 exactly where x >= 0
      if (several && logits[start + label]! >= 0) labels.push(label);
      if (logits[start + label]! > logits[start + best]!) best = label;
    }
    decisions.push(several ? labels : [best]);
  }
  return decisions;
}

/**
 * One row of logits per document from those of its windows [N, K], `counts[i]` of them for document i: the windows'
 * probabilities are averaged, and given back as the logits that have that probability.
 */
export function averagedLogits(
  strategy: ResolvedStrategy,
  logits: Float32Array,
  classes: number,
  counts: readonly number[],
): Float32Array {
  if (counts.every((count) => count === 1)) return logits;
  const averaged = new Float32Array(counts.length * classes);
  let window = 0;
  for (const [document, count] of counts.entries()) {
    const row = averaged.subarray(document * classes, (document + 1) * classes);
    const mean = new Float64Array(classes);
    for (const end = window + count; window < end; window++) {
      const shares = probabilities(strategy, logits.subarray(window * classes, (window + 1) * classes));
      for (const [label, share] of shares.entries()) mean[label]! += share / count;
    }
    row.set(mean.map((share) => (strategy === 'multi-class' ? Math.log(share) : Math.log(share / (1 - share)))));
  }
  return averaged;
}

/** Each row's probabilities, of logits [B, K]. */
export function probabilityRows(strategy: ResolvedStrategy, logits: Float32Array, classes: number): number[][] {
  return Array.from({ length: logits.length / classes }, (_, row) => [
    ...probabilities(strategy, logits.subarray(row * classes, (row + 1) * classes)),
  ]);
}

/** Softmax (multi-class) or sigmoid of one row. */
export function probabilities(strategy: ResolvedStrategy, logits: Float32Array | Float64Array): Float64Array {
  const doubles = Float64Array.from(logits);
  if (strategy !== 'multi-class') return doubles.map((logit) => 1 / (1 + Math.exp(-logit)));
  const largest = doubles.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const powers = doubles.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
