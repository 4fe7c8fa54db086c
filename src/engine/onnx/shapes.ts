/**
 * Shapes whose dimensions may be symbols. Letters, here and in the whole engine:
 * B batch, T tokens, H hidden, A heads, D = H / A, V vocabulary, U rows of a table that one batch touches, K classes.
 */
import { FinalError } from '../../errors.ts';

/** A number, or the name of a dimension known only when the graph runs. Two equal names are the same number. */
export type Dimension = number | string;
export type Shape = readonly Dimension[];

export function shapeText(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** The shape two operands have together (NumPy's rules: aligned right, 1 stretches). A symbol is never taken for 1. */
export function broadcastShapes(first: Shape, second: Shape, what: string): Dimension[] {
  const rank = Math.max(first.length, second.length);
  const shape: Dimension[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const a = first[axis - rank + first.length] ?? 1;
    const b = second[axis - rank + second.length] ?? 1;
    if (a !== b && a !== 1 && b !== 1) {
      throw new FinalError(
        `${what}: shapes ${shapeText(first)} and ${shapeText(second)} don't broadcast (axis ${axis}).`,
      );
    }
    shape.push(a === 1 ? b : a);
  }
  return shape;
}

/** -1 is the last axis; the result counts from 0. */
export function positiveAxis(axis: number, rank: number, what: string): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (positive < 0 || positive >= rank) throw new FinalError(`${what}: axis ${axis} of a tensor of rank ${rank}.`);
  return positive;
}

export function sameShape(first: Shape, second: Shape): boolean {
  return first.length === second.length && first.every((dimension, axis) => dimension === second[axis]);
}

/** Elements of a shape without symbols. */
export function elementCount(shape: Shape, what: string): number {
  let count = 1;
  for (const dimension of shape) {
    if (typeof dimension === 'string')
      throw new FinalError(`${what}: ${shapeText(shape)} must be known, it has symbols.`);
    count *= dimension;
  }
  return count;
}

/** The shape in numbers, with what its symbols stand for. */
function boundShape(shape: Shape, symbols: ReadonlyMap<string, number>, what: string): number[] {
  return shape.map((dimension) => {
    const bound = typeof dimension === 'string' ? symbols.get(dimension) : dimension;
    if (bound === undefined) throw new FinalError(`${what}: nothing says what ${dimension} in ${shapeText(shape)} is.`);
    return bound;
  });
}

/** Elements of a shape whose symbols stand for these numbers. */
export function boundCount(shape: Shape, symbols: ReadonlyMap<string, number>, what: string): number {
  return boundShape(shape, symbols, what).reduce((product, dimension) => product * dimension, 1);
}

/** What the symbols of these shapes stand for where tensors have these dimensions. */
export function bindSymbols(shapes: readonly (readonly [Shape, readonly number[]])[]): Map<string, number> {
  const symbols = new Map<string, number>();
  for (const [shape, dimensions] of shapes) {
    for (const [axis, dimension] of shape.entries()) {
      const length = dimensions[axis];
      if (typeof dimension === 'string' && length !== undefined) symbols.set(dimension, length);
    }
  }
  return symbols;
}
