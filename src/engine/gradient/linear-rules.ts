/** Gradient rules of the operators that sum: matrix product, reductions, normalisation, softmax. */
import { cast, divide, exp, multiply, subtract } from '../onnx/elementwise.ts';
import { constantIntegers, inputOf, integerAttribute, type Node, outputOf, type Value } from '../onnx/graph.ts';
import { expandLike, reshape, sizeOf, transpose, unsqueeze } from '../onnx/layout.ts';
import { matMul, reduceMean, reduceSum } from '../onnx/linear.ts';
import type { RuleTable } from './rule.ts';
import { unbroadcast } from './unbroadcast.ts';

/** The last two axes swapped. ONNX Runtime joins it with the MatMul that follows (its FusedMatMul), so nothing moves. */
function swapped(x: Value): Value {
  const rank = x.shape.length;
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), rank - 1, rank - 2]);
}

/** All axes but the last as one. */
function asRows(x: Value): Value {
  return x.shape.length === 2 ? x : reshape(x, ['N', x.shape[x.shape.length - 1] ?? 1]);
}

/** dy of a reduction with the reduced axes back as 1. */
function withReducedAxes(node: Node, dy: Value): Value {
  const kept = integerAttribute(node, 'keepdims') === 1;
  return kept ? dy : unsqueeze(dy, constantIntegers(node.inputs[1]));
}

export const linearRules: RuleTable = {
  // Y = A B: dA = dY B^T, dB = A^T dY; leading axes that were stretched are summed. A 2-D B (a weight) takes all
  // rows of A in one product.
  MatMul: (node, [dy], needs) => {
    if (!dy) return [null, null];
    const [a, b] = [inputOf(node, 0), inputOf(node, 1)];
    const weight = b.shape.length === 2;
    const db = () => (weight ? matMul(swapped(asRows(a)), asRows(dy)) : matMul(swapped(a), dy));
    return [
      needs[0] ? unbroadcast(matMul(dy, swapped(b)), a.shape) : null,
      needs[1] ? unbroadcast(db(), b.shape) : null,
    ];
  },
  // y = sum x: dx = dy copied along the summed axes
  ReduceSum: (node, [dy]) => [dy ? expandLike(withReducedAxes(node, dy), inputOf(node, 0)) : null, null],
  // y = sum x / n: dx = dy / n copied along the averaged axes
  ReduceMean: (node, [dy]) => {
    if (!dy) return [null, null];
    const [x, y] = [inputOf(node, 0), outputOf(node, 0)];
    // n = elements of x / elements of y, known only when the graph runs
    const count = divide(cast(sizeOf(x), x.type), cast(sizeOf(y), x.type));
    return [expandLike(divide(withReducedAxes(node, dy), count), x), null];
  },
  // x^ = (x - mean) s, s = 1 / sqrt(var + eps), y = x^ g + b; with e = dy g:
  // dx = s (e - mean(e) - x^ mean(e x^)), dg = sum dy x^, db = sum dy
  LayerNormalization: (node, [dy], needs) => {
    if (!dy) return [null, null, null];
    const [x, scale, bias] = [inputOf(node, 0), inputOf(node, 1), node.inputs[2]];
    const mean = cast(outputOf(node, 1), x.type);
    const inverseDeviation = cast(outputOf(node, 2), x.type);
    const normalised = multiply(subtract(x, mean), inverseDeviation);
    const e = multiply(dy, scale);
    const dx = () => {
      const along = reduceMean(multiply(e, normalised), [-1], true);
      return multiply(inverseDeviation, subtract(subtract(e, reduceMean(e, [-1], true)), multiply(normalised, along)));
    };
    return [
      needs[0] ? dx() : null,
      needs[1] ? unbroadcast(multiply(dy, normalised), scale.shape) : null,
      needs[2] && bias ? unbroadcast(dy, bias.shape) : null,
    ];
  },
  // y = softmax x: dx = y (dy - sum(dy y))
  Softmax: (node, [dy]) => {
    const y = outputOf(node, 0);
    return [dy ? multiply(y, subtract(dy, reduceSum(multiply(dy, y), [-1], true))) : null];
  },
  // y = x - log sum e^x: dx = dy - e^y sum(dy)
  LogSoftmax: (node, [dy]) => [dy ? subtract(dy, multiply(exp(outputOf(node, 0)), reduceSum(dy, [-1], true))) : null],
};
