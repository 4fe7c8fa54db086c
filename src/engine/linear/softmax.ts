/**
 * L2-regularised multinomial logistic regression: softmax over K labels, of which each document has one.
 *
 * With margins m_k = X w_k + b_k, weights c_i and their sum S it minimises
 *   f = (1/S) sum_i c_i (ln sum_k exp(m_ik) - m_iy) + 1/(2 C S) sum_k |w_k|^2,
 * which is scikit-learn's LogisticRegression(solver='lbfgs') for several classes.
 *
 * One label after another, again and again (block coordinate descent; f is convex and smooth, so that ends at its
 * minimum): with o_i = ln sum_{j != k} exp(m_ij) of the others, what label k adds to f is ln(1 + exp(o_i - m_ik)) where it
 * holds and ln(1 + exp(m_ik - o_i)) elsewhere, a binary problem with -o as offset. Memory is that of one label besides the
 * weights; L-BFGS over all F x K would keep twenty copies of them. Shapes: N documents, F features, K labels.
 */
import { fitBinary } from './logistic.ts';
import { multiply, type SparseMatrix } from './sparse.ts';

export interface SoftmaxProblem {
  /** N x F */
  matrix: SparseMatrix;
  /** N; label of each document, below K */
  labels: Int32Array;
  /** K; labels that no document has are allowed */
  labelCount: number;
  /** N; weight c of each document */
  documentWeights: Float64Array;
  /** C, the inverse of the penalty */
  inverseRegularisation: number;
  /** stop when no component of f's gradient is larger */
  gradientTolerance: number;
  maxSweeps: number;
}

export interface SoftmaxSolution {
  /** F x K, a feature's labels side by side */
  weights: Float32Array;
  /** K */
  biases: Float32Array;
  /** false when `maxSweeps` came first */
  converged: boolean;
}

/** L-BFGS iterations per label and sweep: what the other labels do in between changes the problem anyway. */
const iterationsPerVisit = 10;
/**
 * At the minimum the labels' weights add up to zero, so their margins add up to the biases whatever the document, and the
 * largest margin isn't below the mean bias: what lies so far under the smallest is never the answer.
 */
const never = 10;

/** scikit-learn's class_weight='balanced' for K labels: n / (K n_y), K counting labels that occur. */
export function balancedByLabel(labels: Int32Array, labelCount: number): Float64Array {
  const counts = documentsPerLabel(labels, labelCount);
  const present = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  return Float64Array.from(labels, (label) => labels.length / (present * counts[label]!));
}

function documentsPerLabel(labels: Int32Array, labelCount: number): Int32Array {
  const counts = new Int32Array(labelCount);
  for (const label of labels) counts[label]! += 1;
  return counts;
}

/** A generator so that the caller can stop or breathe: yields the sweep (from 0) and label that it is at. */
export function* fitSoftmax(problem: SoftmaxProblem): Generator<{ sweep: number; label: number }, SoftmaxSolution> {
  const { matrix, labels, labelCount, gradientTolerance, maxSweeps } = problem;
  const weights = new Float32Array(matrix.columns * labelCount);
  const biases = new Float32Array(labelCount);
  const counts = documentsPerLabel(labels, labelCount);
  const present = [...counts.keys()].filter((label) => counts[label]! > 0);
  // ln sum_k exp(m_ik)
  const logSums = new Float64Array(matrix.rows).fill(Math.log(present.length));
  let converged = present.length < 2;
  for (let sweep = 0; sweep < maxSweeps && !converged; sweep++) {
    let largestGradient = 0;
    for (const label of present) {
      const visit = visitLabel(problem, label, { weights, biases, logSums });
      for (let step = visit.next(); ; step = visit.next()) {
        if (step.done) {
          largestGradient = Math.max(largestGradient, step.value);
          break;
        }
        yield { sweep, label };
      }
    }
    converged = largestGradient <= gradientTolerance;
  }
  const least = Math.min(...present.map((label) => biases[label]!));
  for (const [label, count] of counts.entries()) if (count === 0) biases[label] = least - never;
  return { weights, biases, converged };
}

interface State {
  weights: Float32Array;
  biases: Float32Array;
  logSums: Float64Array;
}

/** Improves one label's weights in place; gives the size of its gradient before. */
function* visitLabel(problem: SoftmaxProblem, label: number, state: State): Generator<void, number> {
  const { matrix, labels, labelCount } = problem;
  const { weights, biases, logSums } = state;
  const features = matrix.columns;
  const start = new Float64Array(features + 1);
  for (let feature = 0; feature < features; feature++) start[feature] = weights[feature * labelCount + label]!;
  start[features] = biases[label]!;
  const margins = new Float64Array(matrix.rows);
  multiply(matrix, start, start[features]!, margins);
  const offsets = logSums.map((logSum, row) => -logSumWithout(logSum, margins[row]!));
  const positive = Uint8Array.from(labels, (own) => (own === label ? 1 : 0));
  const fit = fitBinary({ ...problem, positive, offsets, start, maxIterations: iterationsPerVisit });
  let gradientBefore: number | null = null;
  let step = fit.next();
  while (!step.done) {
    gradientBefore ??= step.value.gradientSize;
    yield;
    step = fit.next();
  }
  // Rounded first: the sums must hold what the weights say, or removing a sure label from them would leave noise.
  for (let feature = 0; feature < features; feature++) {
    weights[feature * labelCount + label] = start[feature]!;
    start[feature] = weights[feature * labelCount + label]!;
  }
  biases[label] = start[features]!;
  multiply(matrix, start, biases[label]!, margins);
  for (let row = 0; row < logSums.length; row++) logSums[row] = logSumWith(-offsets[row]!, margins[row]!);
  return gradientBefore ?? 0;
}

/** ln(e^s - e^m) = s + ln(1 - e^(m - s)); a label that is everything leaves as much as doubles can tell. */
function logSumWithout(logSum: number, margin: number): number {
  return logSum + Math.log(Math.max(-Math.expm1(margin - logSum), 1e-15));
}

/** ln(e^s + e^m) */
function logSumWith(logSum: number, margin: number): number {
  return Math.max(logSum, margin) + Math.log1p(Math.exp(-Math.abs(logSum - margin)));
}
