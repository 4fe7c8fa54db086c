/** Gradient rules of the operators that move numbers: the gradient moves them back. */
import { FinalError } from '../../errors.ts';
import { multiply, subtract } from '../onnx/elementwise.ts';
import {
  constantIntegers,
  inputOf,
  integerAttribute,
  integersAttribute,
  type Node,
  type Value,
} from '../onnx/graph.ts';
import {
  concat,
  dimensionOf,
  expandLike,
  pad,
  reshape,
  scatterAdd,
  split,
  squeeze,
  transpose,
  unsqueeze,
} from '../onnx/layout.ts';
import { shapeText } from '../onnx/shapes.ts';
import type { RuleTable } from './rule.ts';
import { unbroadcast } from './unbroadcast.ts';

/** Zeros in the shape of x. */
function zerosLike(x: Value): Value {
  return expandLike(x.graph.scalar(0), x);
}

/** A dimension that must be a number for a rule to be written. */
function fixed(node: Node, x: Value, axis: number): number {
  const dimension = x.shape[axis];
  if (typeof dimension === 'number') return dimension;
  throw new FinalError(`${node.operator}: the gradient needs axis ${axis} of ${shapeText(x.shape)} to be a number.`);
}

export const layoutRules: RuleTable = {
  // y = x in another shape: dx = dy in x's shape
  Reshape: (node, [dy]) => [dy ? reshape(dy, inputOf(node, 0).shape, inputOf(node, 0)) : null, null],
  // y = x without axes of length 1: dx = dy with them
  Squeeze: (node, [dy]) => [dy ? unsqueeze(dy, constantIntegers(node.inputs[1])) : null, null],
  // y = x with axes of length 1: dx = dy without them
  Unsqueeze: (node, [dy]) => [dy ? squeeze(dy, constantIntegers(node.inputs[1])) : null, null],
  // y[p(i)] = x[i]: dx = dy permuted by the inverse of p
  Transpose: (node, [dy]) => {
    const permutation = integersAttribute(node, 'perm');
    const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
    return [dy ? transpose(dy, inverse) : null];
  },
  // y = x stretched: dx = sum of dy over the copies
  Expand: (node, [dy]) => [dy ? unbroadcast(dy, inputOf(node, 0).shape) : null, null],
  // y[i] = table[index[i]]: d table[v] = sum of dy[i] over all i with index[i] = v
  Gather: (node, [dy]) => {
    const [table, indices] = [inputOf(node, 0), inputOf(node, 1)];
    if (!dy) return [null, null];
    if (integerAttribute(node, 'axis') !== 0 || table.shape.length !== 2) {
      throw new FinalError(`Gather: the gradient is written for rows of a table, not ${shapeText(table.shape)}.`);
    }
    const updates = reshape(dy, ['N', table.shape[1] ?? 1]);
    const rows = expandLike(reshape(indices, ['N', 1]), updates);
    return [scatterAdd(zerosLike(table), rows, updates), null];
  },
  // y = [a, b, ...]: da, db, ... = the pieces of dy
  Concat: (node, [dy]) => {
    if (!dy) return node.inputs.map(() => null);
    const axis = integerAttribute(node, 'axis');
    const sizes = node.inputs.map((_, index) => fixed(node, inputOf(node, index), axis));
    return split(dy, axis, sizes);
  },
  // [y0, y1, ...] = pieces of x: dx = [dy0, dy1, ...], zeros for a piece that nothing depends on
  Split: (node, dys) => {
    const pieces = dys.map((dy, index) => dy ?? multiply(node.outputs[index] ?? inputOf(node, 0), 0));
    return [concat(pieces, integerAttribute(node, 'axis')), null];
  },
  // y = x[start:end] along one axis: dx = dy between zeros
  Slice: (node, [dy]) => {
    if (!dy) return [null, null, null, null];
    const [x, start, end] = [inputOf(node, 0), inputOf(node, 1), inputOf(node, 2)];
    const axis = constantIntegers(node.inputs[3])[0] ?? 0;
    const after = subtract(dimensionOf(x, axis), end);
    return [pad(dy, axis, start, after, x.shape[axis] ?? 'T'), null, null, null];
  },
};
