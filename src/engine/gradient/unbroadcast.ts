/** The one place where broadcasting is undone. */
import type { Value } from '../onnx/graph.ts';
import { reduceSum } from '../onnx/linear.ts';
import { type Shape, sameShape } from '../onnx/shapes.ts';

/**
 * The gradient of an operand that was stretched to dy's shape. Stretching copies a number, so its gradient is the sum
 * over the copies: axes that the operand lacks are summed away, axes where it has 1 are summed to 1.
 */
export function unbroadcast(dy: Value, shape: Shape): Value {
  if (sameShape(dy.shape, shape)) return dy;
  const missing = dy.shape.length - shape.length;
  const leading = Array.from({ length: missing }, (_, axis) => axis);
  const summed = leading.length > 0 ? reduceSum(dy, leading) : dy;
  const stretched = shape.flatMap((dimension, axis) => (dimension === 1 && summed.shape[axis] !== 1 ? [axis] : []));
  return stretched.length > 0 ? reduceSum(summed, stretched, true) : summed;
}
