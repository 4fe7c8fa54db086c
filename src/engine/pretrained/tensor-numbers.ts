/**
 * Numbers as a safetensors file stores them -> float32. The file is little-endian and so is every machine that ONNX
 * Runtime has binaries for; `requireLittleEndian` says so where it isn't.
 */
import { endianness } from 'node:os';
import { FinalError } from '../../errors.ts';

/** Writes `count` numbers from `bytes` (whose start is aligned to 8) into `target` from `offset` on. */
type Widen = (bytes: ArrayBuffer, count: number, target: Float32Array, offset: number) => void;

export interface NumberType {
  bytes: number;
  /** null: the bytes are float32 already */
  widen: Widen | null;
}

/** https://en.wikipedia.org/wiki/Half-precision_floating-point_format: sign, 5 bits exponent, 10 bits fraction. */
function halfToFloat(half: number): number {
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let halves: Float32Array | null = null;
/** Every half there is, made at the first use: 256 KiB, and one look-up a number. */
function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 65_536 }, (_, half) => halfToFloat(half));
  return halves;
}

const widenHalf: Widen = (bytes, count, target, offset) => {
  const table = halfTable();
  const source = new Uint16Array(bytes, 0, count);
  for (let index = 0; index < count; index++) target[offset + index] = table[source[index]!]!;
};

/** bfloat16 is the upper half of a float32. */
const widenBrainFloat: Widen = (bytes, count, target, offset) => {
  const source = new Uint16Array(bytes, 0, count);
  const bits = new Uint32Array(target.buffer, target.byteOffset + 4 * offset, count);
  for (let index = 0; index < count; index++) bits[index] = source[index]! << 16;
};

const widenDouble: Widen = (bytes, count, target, offset) => target.set(new Float64Array(bytes, 0, count), offset);

/** The types that weights can have. */
export const numberTypes: ReadonlyMap<string, NumberType> = new Map([
  ['F32', { bytes: 4, widen: null }],
  ['F16', { bytes: 2, widen: widenHalf }],
  ['BF16', { bytes: 2, widen: widenBrainFloat }],
  ['F64', { bytes: 8, widen: widenDouble }],
]);

/** @throws FinalError on a machine whose numbers stand the other way round */
export function requireLittleEndian(): void {
  if (endianness() !== 'LE')
    throw new FinalError('Checkpoints can only be read and written on a little-endian machine.');
}
