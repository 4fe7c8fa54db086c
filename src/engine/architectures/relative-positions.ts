/**
 * Distances between tokens, for scores that depend on them. DeBERTa (He et al., DeBERTaV3, 2021) has a table of 2 S rows,
 * one for each bucket of distances from -S to S - 1. `2T` is the number of distances from -T to T - 1.
 */
import { add, multiply, subtract } from '../onnx/elementwise.ts';
import type { Value } from '../onnx/graph.ts';
import { dimensionOf, gather, reshape, slice, sliceAt } from '../onnx/layout.ts';

const f32 = Math.fround;

/**
 * The bucket of a distance (query's position - key's position): the distance itself up to half of the buckets, then wider
 * ones on a logarithmic scale that ends at `longest`. Transformers' make_log_bucket_position, in float as there.
 */
function logBucket(distance: number, buckets: number, longest: number): number {
  const middle = Math.floor(buckets / 2);
  const length = Math.abs(distance);
  if (length <= middle) return distance;
  const share = f32(f32(Math.log(f32(length / middle))) / f32(Math.log(f32((longest - 1) / middle))));
  return Math.sign(distance) * (Math.ceil(f32(share * (middle - 1))) + middle);
}

export interface DistanceRows {
  /** rows of the table, S for each direction */
  span: number;
  /** of distances; null: each has its own */
  buckets: number | null;
  /** distance at which the scale of the buckets ends */
  longest: number;
}

/** Row of the table for a distance. */
function rowOf(distance: number, { span, buckets, longest }: DistanceRows): number {
  const bucket = buckets === null ? distance : logBucket(distance, buckets, longest);
  return Math.min(Math.max(bucket + span, 0), 2 * span - 1);
}

/** Which rows of the table the distances among T tokens take. */
export class Distances {
  /** T, 2T and so on as int64 [1] */
  private readonly tokens: Value;
  private readonly double: Value;
  private readonly square: Value;
  /** rows for the distances -T ... T - 1, and for T ... 1 - T; counted from the first row that any of them takes */
  private readonly upward: Value;
  private readonly downward: Value;
  private readonly first: Value;
  private readonly end: Value;

  /** `ids` are the token ids [B, T]. Two constants of 2 maxTokens integers go into the graph. */
  constructor(ids: Value, rows: DistanceRows, maxTokens: number) {
    const { graph } = ids;
    const one = graph.integers([1]);
    this.tokens = dimensionOf(ids, 1);
    this.double = multiply(this.tokens, graph.integers([2]));
    this.square = multiply(this.tokens, this.double);
    // what skewed() and its gradient move between
    const lengths = { T: this.tokens, '2T': this.double, 'T(2T)': this.square };
    const shorter = { '2T-1': subtract(this.double, one), 'T(2T-1)': subtract(this.square, this.tokens) };
    for (const [symbol, length] of Object.entries({ ...lengths, ...shorter })) graph.lengths.set(symbol, length);
    const middle = graph.integers([maxTokens]);
    const rowsOf = (name: string, sign: 1 | -1): Value => {
      const all = BigInt64Array.from({ length: 2 * maxTokens }, (_, at) =>
        BigInt(rowOf(sign * (at - maxTokens), rows)),
      );
      const table = graph.initializer(name, [2 * maxTokens], all);
      return sliceAt(table, subtract(middle, this.tokens), add(middle, this.tokens), '2T');
    };
    const [upward, downward] = [rowsOf('rows_upward', 1), rowsOf('rows_downward', -1)];
    this.first = slice(upward, 0, 0, 1);
    this.end = add(slice(downward, 0, 0, 1), one);
    this.upward = subtract(upward, this.first);
    this.downward = subtract(downward, this.first);
  }

  /** The rows that T tokens take at all: [2 S, H] -> [W, H], for the functions below. */
  used(table: Value): Value {
    return sliceAt(table, this.first, this.end, 'W');
  }

  /** [W, H] -> [2T, H]: rows of the distances -T ... T - 1 (`up`) or T ... 1 - T (`down`) */
  each(used: Value, order: 'up' | 'down'): Value {
    return gather(used, order === 'up' ? this.upward : this.downward);
  }

  /** [W, H] -> [T, H]: rows of the first token's distances from every token, 0, -1, ... 1 - T */
  ofFirstToken(used: Value): Value {
    return gather(used, sliceAt(this.downward, this.tokens, this.double, 'T'));
  }

  /**
   * [A, B T, 2T] -> [A, B, T, T]: of token i the columns T - i ... 2T - 1 - i, so that column s ends up at token
   * j = i + s - T. Cutting T numbers off the front and reading on in rows that are one shorter does it (Huang et al.,
   * Music Transformer, 2018): only runs of numbers move, and so in the gradient.
   */
  skewed(x: Value): Value {
    const heads = x.shape[0] ?? 1;
    const cut = sliceAt(reshape(x, [heads, 'B', 'T(2T)']), this.tokens, this.square, 'T(2T-1)', 2);
    return slice(reshape(cut, [heads, 'B', 'T', '2T-1']), 3, 0, { at: this.tokens, dimension: 'T' });
  }
}
