/** Operators that sum: matrix product, reductions, normalisation, softmax. */
import { FinalError } from '../../errors.ts';
import { type Attribute, outputOf, type Value } from './graph.ts';
import { broadcastShapes, positiveAxis, shapeText } from './shapes.ts';

/** [..., M, N] x [..., N, P] = [..., M, P]; leading axes broadcast. */
export function matMul(a: Value, b: Value): Value {
  const rankA = a.shape.length;
  const rankB = b.shape.length;
  const rows = a.shape[rankA - 2];
  const columns = b.shape[rankB - 1];
  if (rows === undefined || columns === undefined || rankB < 2 || a.shape[rankA - 1] !== b.shape[rankB - 2]) {
    throw new FinalError(`MatMul: shapes ${shapeText(a.shape)} and ${shapeText(b.shape)} don't fit.`);
  }
  const leading = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2), 'MatMul');
  const outputs = [{ type: a.type, shape: [...leading, rows, columns] }];
  return outputOf(a.graph.node({ operator: 'MatMul', inputs: [a, b], outputs }), 0);
}

function reduce(
  operator: 'ReduceSum' | 'ReduceMean',
  x: Value,
  axes: readonly number[],
  keepDimensions: boolean,
): Value {
  const positive = axes.map((axis) => positiveAxis(axis, x.shape.length, operator));
  const shape = keepDimensions
    ? x.shape.map((dimension, axis) => (positive.includes(axis) ? 1 : dimension))
    : x.shape.filter((_, axis) => !positive.includes(axis));
  const attributes = { keepdims: { kind: 'int' as const, value: keepDimensions ? 1 : 0 } };
  const inputs = [x, x.graph.integers(positive)];
  return outputOf(x.graph.node({ operator, inputs, outputs: [{ type: x.type, shape }], attributes }), 0);
}

/** Sum over some axes, which stay as 1 when `keepDimensions`. */
export const reduceSum = (x: Value, axes: readonly number[], keepDimensions = false): Value =>
  reduce('ReduceSum', x, axes, keepDimensions);

export const reduceMean = (x: Value, axes: readonly number[], keepDimensions = false): Value =>
  reduce('ReduceMean', x, axes, keepDimensions);

/** Sum of every number: a value without dimensions. */
export const sumAll = (x: Value): Value =>
  x.shape.length === 0
    ? x
    : reduceSum(
        x,
        x.shape.map((_, axis) => axis),
      );

/**
 * (x - mean) / sqrt(variance + epsilon) * scale + bias over the last axis. The node also gives mean and inverse
 * deviation (outputs 1 and 2, counted from 0), which its gradient uses. Those two are float whatever x is: ONNX has them
 * in the type of `stash_type`, for which ONNX Runtime has float only.
 */
export function layerNorm(x: Value, scale: Value, bias: Value | null, epsilon: number): Value {
  const reduced = [...x.shape.slice(0, -1), 1];
  const attributes: Record<string, Attribute> = {
    axis: { kind: 'int', value: -1 },
    epsilon: { kind: 'float', value: epsilon },
  };
  const statistics = { type: 'float' as const, shape: reduced };
  const outputs = [{ type: x.type, shape: x.shape }, statistics, statistics];
  return outputOf(
    x.graph.node({ operator: 'LayerNormalization', inputs: bias ? [x, scale, bias] : [x, scale], outputs, attributes }),
    0,
  );
}

function overLastAxis(operator: 'Softmax' | 'LogSoftmax', x: Value): Value {
  const attributes = { axis: { kind: 'int' as const, value: -1 } };
  return outputOf(x.graph.node({ operator, inputs: [x], outputs: [{ type: x.type, shape: x.shape }], attributes }), 0);
}

/** e^x / sum(e^x) over the last axis. */
export const softmax = (x: Value): Value => overLastAxis('Softmax', x);
/** log of softmax over the last axis, without the underflow of doing it in two steps. */
export const logSoftmax = (x: Value): Value => overLastAxis('LogSoftmax', x);
