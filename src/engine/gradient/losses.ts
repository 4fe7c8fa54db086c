/**
 * The two losses of classification, each one number. Targets come as real numbers [B, K]. What a loss is divided by is
 * given from outside (`normaliser`, no dimensions), so that the parts of a batch add up to the loss of the whole.
 */
import { add, divide, multiply, negate, softplus, subtract } from '../onnx/elementwise.ts';
import type { Value } from '../onnx/graph.ts';
import { logSoftmax, sumAll } from '../onnx/linear.ts';

/**
 * Softmax cross-entropy for one label of K: -sum_b w_b log p_b / normaliser with w_b = classWeights[label of b].
 * With normaliser = sum_b w_b that is PyTorch's CrossEntropyLoss with weights. `target` holds 1 at each document's
 * label, `classWeights` is [K].
 */
export function softmaxCrossEntropy(
  logits: Value,
  target: Value,
  classWeights: Value | null,
  normaliser: Value,
): Value {
  const weighted = classWeights ? multiply(target, classWeights) : target;
  return negate(divide(sumAll(multiply(weighted, logSoftmax(logits))), normaliser));
}

/**
 * Sigmoid binary cross-entropy for a set of labels, the sum over documents and labels / normaliser (PyTorch's
 * BCEWithLogitsLoss with normaliser = B K): w t log(1 + e^-x) + (1 - t) log(1 + e^x), as
 * (1 - t) x + (1 + (w - 1) t) log(1 + e^-x), which doesn't overflow. `positiveWeights` is [K], the weight w of a label
 * that is present.
 */
export function sigmoidCrossEntropy(
  logits: Value,
  target: Value,
  positiveWeights: Value | null,
  normaliser: Value,
): Value {
  const absent = add(negate(target), 1);
  const cost = softplus(negate(logits));
  const factor = positiveWeights ? add(multiply(target, subtract(positiveWeights, 1)), 1) : null;
  const perLabel = add(multiply(absent, logits), factor ? multiply(factor, cost) : cost);
  return divide(sumAll(perLabel), normaliser);
}
