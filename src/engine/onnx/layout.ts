/** Operators that move numbers without changing them: reshape, transpose, gather, slice, join, stretch. */
import { FinalError } from '../../errors.ts';
import { type Attribute, outputOf, type Value } from './graph.ts';
import { broadcastShapes, type Dimension, positiveAxis, type Shape, shapeText } from './shapes.ts';

const integer = (value: number): Attribute => ({ kind: 'int', value });

/** The tensor's dimensions as int64, when the graph runs. */
function shapeOf(x: Value): Value {
  const outputs = [{ type: 'int64' as const, shape: [x.shape.length] }];
  return outputOf(x.graph.node({ operator: 'Shape', inputs: [x], outputs }), 0);
}

/** One of the tensor's dimensions as int64 [1], when the graph runs. */
export function dimensionOf(x: Value, axis: number): Value {
  const along = positiveAxis(axis, x.shape.length, 'Shape');
  const known = x.graph.lengths.get(String(x.shape[along]));
  return known ?? slice(shapeOf(x), 0, along, along + 1);
}

/** How many numbers the tensor holds, as int64, when the graph runs. */
export function sizeOf(x: Value): Value {
  return outputOf(x.graph.node({ operator: 'Size', inputs: [x], outputs: [{ type: 'int64', shape: [] }] }), 0);
}

/**
 * ONNX's shape argument for a Reshape: numbers as they are, 0 (copy) where a symbol keeps its axis, -1 for one more
 * symbol. Null when that can't say it.
 */
function reshapeArgument(from: Shape, to: Shape): number[] | null {
  let inferred = false;
  const argument: number[] = [];
  for (const [axis, dimension] of to.entries()) {
    if (typeof dimension === 'number') argument.push(dimension);
    else if (from[axis] === dimension) argument.push(0);
    else if (!inferred) {
      inferred = true;
      argument.push(-1);
    } else return null;
  }
  return argument;
}

/** The same as one tensor, of symbols whose lengths the graph computes and at most one other. Null when they don't serve. */
function computedArgument({ graph, shape: from }: Value, to: Shape): Value | null {
  const parts = to.map((dimension, axis) => {
    if (typeof dimension === 'number') return graph.integers([dimension]);
    return from[axis] === dimension ? graph.integers([0]) : (graph.lengths.get(dimension) ?? null);
  });
  if (parts.filter((part) => part === null).length > 1) return null;
  return concat(
    parts.map((part) => part ?? graph.integers([-1])),
    0,
  );
}

/** The same numbers in another shape. `like` is a tensor of that shape, needed where two symbols of unknown length move. */
export function reshape(x: Value, shape: readonly Dimension[], like?: Value): Value {
  const argument = reshapeArgument(x.shape, shape);
  const target = argument ? x.graph.integers(argument) : (computedArgument(x, shape) ?? (like ? shapeOf(like) : null));
  if (!target) throw new FinalError(`Reshape ${shapeText(x.shape)} to ${shapeText(shape)}: two symbols move.`);
  return outputOf(x.graph.node({ operator: 'Reshape', inputs: [x, target], outputs: [{ type: x.type, shape }] }), 0);
}

/** The same numbers in the shape of another tensor, which has as many. */
export function reshapeLike(x: Value, like: Value): Value {
  const inputs = [x, shapeOf(like)];
  return outputOf(x.graph.node({ operator: 'Reshape', inputs, outputs: [{ type: x.type, shape: like.shape }] }), 0);
}

/** Axis i of the result is axis permutation[i] of x. */
export function transpose(x: Value, permutation: readonly number[]): Value {
  const shape = permutation.map((axis) => {
    const dimension = x.shape[axis];
    if (dimension === undefined) throw new FinalError(`Transpose ${shapeText(x.shape)}: there is no axis ${axis}.`);
    return dimension;
  });
  const attributes = { perm: { kind: 'ints' as const, value: permutation } };
  return outputOf(
    x.graph.node({ operator: 'Transpose', inputs: [x], outputs: [{ type: x.type, shape }], attributes }),
    0,
  );
}

/** Rows of a table: [V, ...rest] and int64 indices [...i] give [...i, ...rest]. */
export function gather(table: Value, indices: Value): Value {
  const shape = [...indices.shape, ...table.shape.slice(1)];
  const outputs = [{ type: table.type, shape }];
  return outputOf(
    table.graph.node({ operator: 'Gather', inputs: [table, indices], outputs, attributes: { axis: integer(0) } }),
    0,
  );
}

/**
 * Adds each number of `updates` at its place along axis 0; indices have the shape of updates. Repeated indices add up.
 * ScatterElements, not ScatterND: ONNX Runtime's CPU ScatterND with reduction=add runs in parallel without atomics, so
 * repeated indices lose updates (microsoft/onnxruntime issues 18048 and 23396). Its ScatterElements runs in order.
 */
export function scatterAdd(data: Value, indices: Value, updates: Value): Value {
  const attributes: Record<string, Attribute> = { axis: integer(0), reduction: { kind: 'string', value: 'add' } };
  const inputs = [data, indices, updates];
  const outputs = [{ type: data.type, shape: data.shape }];
  return outputOf(data.graph.node({ operator: 'ScatterElements', inputs, outputs, attributes }), 0);
}

/** x[..., start:end, ...] along one axis; `end` may be an int64 [1] tensor, then `dimension` names the length. */
export function slice(x: Value, axis: number, start: number, end: number | { at: Value; dimension: Dimension }): Value {
  const { graph } = x;
  const along = positiveAxis(axis, x.shape.length, 'Slice');
  const length = typeof end === 'number' ? end - start : end.dimension;
  const shape = x.shape.map((dimension, index) => (index === along ? length : dimension));
  const ends = typeof end === 'number' ? graph.integers([end]) : end.at;
  const inputs = [x, graph.integers([start]), ends, graph.integers([along])];
  return outputOf(graph.node({ operator: 'Slice', inputs, outputs: [{ type: x.type, shape }] }), 0);
}

/** x[..., start:end, ...], where both are int64 [1] known when the graph runs; `dimension` names the length. */
export function sliceAt(x: Value, start: Value, end: Value, dimension: Dimension, axis = 0): Value {
  const along = positiveAxis(axis, x.shape.length, 'Slice');
  const shape = x.shape.map((own, index) => (index === along ? dimension : own));
  const inputs = [x, start, end, x.graph.integers([along])];
  return outputOf(x.graph.node({ operator: 'Slice', inputs, outputs: [{ type: x.type, shape }] }), 0);
}

/**
 * x between zeros along one axis: `before` of them and `after`, int64 [1] each; `dimension` names the new length.
 * The way back from a slice.
 */
export function pad(x: Value, axis: number, before: Value, after: Value, dimension: Dimension): Value {
  const { graph } = x;
  const rank = x.shape.length;
  const along = positiveAxis(axis, rank, 'Pad');
  const none = (axes: number): Value[] => (axes > 0 ? [graph.integers(new Array<number>(axes).fill(0))] : []);
  const pads = concat([...none(along), before, ...none(rank - 1), after, ...none(rank - 1 - along)], 0);
  const shape = x.shape.map((own, index) => (index === along ? dimension : own));
  return outputOf(graph.node({ operator: 'Pad', inputs: [x, pads], outputs: [{ type: x.type, shape }] }), 0);
}

/** Tensors one after the other along one axis, whose dimension must be a number in each. */
export function concat(values: readonly Value[], axis: number): Value {
  const first = values[0];
  if (!first) throw new FinalError('Concat of nothing.');
  const along = positiveAxis(axis, first.shape.length, 'Concat');
  let total = 0;
  for (const value of values) {
    const dimension = value.shape[along];
    if (typeof dimension !== 'number') throw new FinalError(`Concat: axis ${along} of ${value.name} isn't a number.`);
    total += dimension;
  }
  const shape = first.shape.map((dimension, index) => (index === along ? total : dimension));
  const outputs = [{ type: first.type, shape }];
  return outputOf(
    first.graph.node({ operator: 'Concat', inputs: values, outputs, attributes: { axis: integer(along) } }),
    0,
  );
}

/** Cuts one axis into pieces of these sizes. */
export function split(x: Value, axis: number, sizes: readonly number[]): readonly Value[] {
  const along = positiveAxis(axis, x.shape.length, 'Split');
  const outputs = sizes.map((size) => ({
    type: x.type,
    shape: x.shape.map((dimension, index) => (index === along ? size : dimension)),
  }));
  const inputs = [x, x.graph.integers(sizes)];
  return x.graph.node({ operator: 'Split', inputs, outputs, attributes: { axis: integer(along) } }).outputs;
}

/** Inserts axes of length 1 at these places of the result. */
export function unsqueeze(x: Value, axes: readonly number[]): Value {
  const shape: Dimension[] = [...x.shape];
  const rank = x.shape.length + axes.length;
  const sorted = axes.map((axis) => positiveAxis(axis, rank, 'Unsqueeze')).sort((a, b) => a - b);
  for (const axis of sorted) shape.splice(axis, 0, 1);
  const inputs = [x, x.graph.integers(sorted)];
  return outputOf(x.graph.node({ operator: 'Unsqueeze', inputs, outputs: [{ type: x.type, shape }] }), 0);
}

/** Removes axes of length 1. */
export function squeeze(x: Value, axes: readonly number[]): Value {
  const sorted = axes.map((axis) => positiveAxis(axis, x.shape.length, 'Squeeze')).sort((a, b) => a - b);
  const shape = x.shape.filter((_, axis) => !sorted.includes(axis));
  const inputs = [x, x.graph.integers(sorted)];
  return outputOf(x.graph.node({ operator: 'Squeeze', inputs, outputs: [{ type: x.type, shape }] }), 0);
}

/** Stretches axes of length 1 to the shape of `like`. */
export function expandLike(x: Value, like: Value): Value {
  const shape = broadcastShapes(x.shape, like.shape, 'Expand');
  const inputs = [x, shapeOf(like)];
  return outputOf(x.graph.node({ operator: 'Expand', inputs, outputs: [{ type: x.type, shape }] }), 0);
}
