/** Matrix transposes in blocks that fit the first cache: both sides are then read and written by whole cache lines. */

const block = 32;

/** `from` [out, in] becomes columns [column, column + out) of `to` [in, width]. */
export function transposeInto(
  from: Float32Array,
  inner: number,
  to: Float32Array,
  width: number,
  column: number,
): void {
  const outer = inner === 0 ? 0 : from.length / inner;
  for (let row0 = 0; row0 < outer; row0 += block) {
    const row1 = Math.min(row0 + block, outer);
    for (let col0 = 0; col0 < inner; col0 += block) {
      const col1 = Math.min(col0 + block, inner);
      for (let col = col0; col < col1; col++) {
        const start = col * width + column;
        for (let row = row0; row < row1; row++) to[start + row] = from[row * inner + col]!;
      }
    }
  }
}

/** The way back: columns [column, column + out) of `from` [in, width] become `to` [out, in]. */
export function transposeOutOf(
  from: Float32Array,
  width: number,
  column: number,
  to: Float32Array,
  inner: number,
): void {
  const outer = inner === 0 ? 0 : to.length / inner;
  for (let row0 = 0; row0 < outer; row0 += block) {
    const row1 = Math.min(row0 + block, outer);
    for (let col0 = 0; col0 < inner; col0 += block) {
      const col1 = Math.min(col0 + block, inner);
      for (let row = row0; row < row1; row++) {
        for (let col = col0; col < col1; col++) to[row * inner + col] = from[col * width + column + row]!;
      }
    }
  }
}
