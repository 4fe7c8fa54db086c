/**
 * Sparse matrices in compressed rows (CSR), and the two products that logistic regression needs.
 * Shapes: N rows (documents), F columns (features), E stored values.
 */

export interface SparseMatrix {
  rows: number;
  columns: number;
  /** N + 1; row i owns the stored values offsets[i] to offsets[i + 1] */
  offsets: Int32Array;
  /** E column indices, distinct within a row */
  indices: Int32Array;
  /** E values */
  values: Float32Array;
}

/** A list of 32-bit integers that grows by doubling; a plain array of 10 million numbers takes several times as much. */
export class IntList {
  values = new Int32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Int32Array(2 * this.values.length);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length++] = value;
  }

  clear(): void {
    this.length = 0;
  }

  toArray(): Int32Array {
    return this.values.slice(0, this.length);
  }
}

/** out = X w + bias. w: F, out: N. */
export function multiply(matrix: SparseMatrix, weights: Float64Array, bias: number, out: Float64Array): void {
  const { offsets, indices, values } = matrix;
  let entry = 0;
  for (let row = 0; row < matrix.rows; row++) {
    const end = offsets[row + 1]!;
    let total = bias;
    for (; entry < end; entry++) total += values[entry]! * weights[indices[entry]!]!;
    out[row] = total;
  }
}

/** out += X' r. r: N, out: F. Rows with r = 0 cost nothing. */
export function addTransposed(matrix: SparseMatrix, rowFactors: Float64Array, out: Float64Array): void {
  const { offsets, indices, values } = matrix;
  for (let row = 0; row < matrix.rows; row++) {
    const factor = rowFactors[row]!;
    if (factor === 0) continue;
    const end = offsets[row + 1]!;
    for (let entry = offsets[row]!; entry < end; entry++) out[indices[entry]!]! += factor * values[entry]!;
  }
}

/** [left | right]: the columns of `right` come after those of `left`. Both have the same rows. */
export function besides(left: SparseMatrix, right: SparseMatrix): SparseMatrix {
  const stored = left.indices.length + right.indices.length;
  const joined: SparseMatrix = {
    rows: left.rows,
    columns: left.columns + right.columns,
    offsets: new Int32Array(left.rows + 1),
    indices: new Int32Array(stored),
    values: new Float32Array(stored),
  };
  let next = 0;
  for (let row = 0; row < left.rows; row++) {
    for (const [part, shift] of [
      [left, 0],
      [right, left.columns],
    ] as const) {
      for (let entry = part.offsets[row]!; entry < part.offsets[row + 1]!; entry++) {
        joined.indices[next] = part.indices[entry]! + shift;
        joined.values[next++] = part.values[entry]!;
      }
    }
    joined.offsets[row + 1] = next;
  }
  return joined;
}
