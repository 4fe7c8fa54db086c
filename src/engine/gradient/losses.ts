/** The two losses of classification, each one number per batch. Targets come as real numbers [B, K]. */
import { add, divide, multiply, negate, softplus, subtract } from '../onnx/elementwise.ts';
import type { Value } from '../onnx/graph.ts';
import { logSoftmax, reduceMean, sumAll } from '../onnx/linear.ts';

/**
 * Softmax cross-entropy for one label of K: -sum_b w_b log p_b / sum_b w_b with w_b = classWeights[label of b]
 * (PyTorch's CrossEntropyLoss with weights). `target` holds 1 at each document's label, `classWeights` is [K].
 */
export function softmaxCrossEntropy(logits: Value, target: Value, classWeights: Value | null): Value {
  const weighted = classWeights ? multiply(target, classWeights) : target;
  const total = sumAll(multiply(weighted, logSoftmax(logits)));
  return negate(divide(total, sumAll(weighted)));
}

/**
 * Sigmoid binary cross-entropy for a set of labels, mean over documents and labels (PyTorch's BCEWithLogitsLoss):
 * w t log(1 + e^-x) + (1 - t) log(1 + e^x), as (1 - t) x + (1 + (w - 1) t) log(1 + e^-x), which doesn't overflow.
 * `positiveWeights` is [K], the weight w of a label that is present.
 */
export function sigmoidCrossEntropy(logits: Value, target: Value, positiveWeights: Value | null): Value {
  const absent = add(negate(target), 1);
  const cost = softplus(negate(logits));
  const factor = positiveWeights ? add(multiply(target, subtract(positiveWeights, 1)), 1) : null;
  const perLabel = add(multiply(absent, logits), factor ? multiply(factor, cost) : cost);
  return reduceMean(perLabel, [0, 1]);
}
