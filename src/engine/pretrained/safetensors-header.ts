/**
 * The header of a safetensors file: 8 bytes of length (little-endian), JSON, then the tensors' bytes without holes
 * (https://github.com/huggingface/safetensors#format). Checked as strictly as the reference reader does, before
 * anything else of the file is read.
 */
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import { parseStrictJson } from './strict-json.ts';

/** Encoders have some hundred tensors of about 100 bytes each. */
const maxHeaderBytes = 4 * 1024 * 1024;
/** header, tensor, shape */
const maxHeaderDepth = 3;
const maxAxes = 8;

/** Bits of one number. */
const dtypeBits = new Map(
  Object.entries({
    ...{ F64: 64, I64: 64, U64: 64, C64: 64, F32: 32, I32: 32, U32: 32, F16: 16, BF16: 16, I16: 16, U16: 16 },
    ...{ F8_E4M3: 8, F8_E5M2: 8, F8_E8M0: 8, I8: 8, U8: 8, BOOL: 8, F6_E2M3: 6, F6_E3M2: 6, F4: 4 },
  }),
);

/** One tensor of a file: its bytes are [start, end), counted from the file's first byte. */
export interface StoredTensor {
  name: string;
  dtype: string;
  shape: readonly number[];
  start: number;
  end: number;
}

const entrySchema = z.strictObject({
  dtype: z.string().max(20),
  shape: z.array(z.int().nonnegative()).max(maxAxes),
  data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});

/** A name from the file as a message may show it. */
export function shown(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}

/**
 * The header's length in bytes, from the file's first 8.
 * @throws UserError for a length that the file can't hold or that no header has
 */
export function headerLength(prefix: Uint8Array, fileBytes: number, file: string): number {
  if (fileBytes < 8 || prefix.length < 8) {
    throw new UserError(`${file} has ${fileBytes} bytes: too few for a safetensors file.`);
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes)) {
    throw new UserError(`${file} says that its header has ${length} bytes; at most ${maxHeaderBytes} are read.`);
  }
  if (length > BigInt(fileBytes - 8)) {
    throw new UserError(`${file} ends inside its header: ${length} bytes expected, ${fileBytes - 8} there.`);
  }
  return Number(length);
}

/**
 * The tensors of a file by name, from its header's bytes.
 * @param fileBytes the whole file's size
 * @param file its name, for messages
 * @throws UserError for any header whose tensors don't fill the rest of the file exactly, without overlap
 */
export function parseHeader(header: Uint8Array, fileBytes: number, file: string): Map<string, StoredTensor> {
  const value = parseStrictJson(header, `The header of ${file}`, maxHeaderDepth);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(`The header of ${file} is no JSON object.`);
  }
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(value)) {
    if (name !== '__metadata__') tensors.set(name, storedTensor(name, entry, 8 + header.length, file));
  }
  requireExactCover([...tensors.values()], 8 + header.length, fileBytes, file);
  return tensors;
}

function storedTensor(name: string, entry: unknown, dataStart: number, file: string): StoredTensor {
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.') || 'the entry';
    throw new UserError(`The header of ${file} is wrong at tensor ${shown(name)}: ${where}.`);
  }
  const { dtype, shape } = parsed.data;
  const [from, to] = parsed.data.data_offsets;
  const bits = dtypeBits.get(dtype);
  if (bits === undefined) {
    throw new UserError(`${file}: tensor ${shown(name)} has numbers of an unknown type ${shown(dtype)}.`);
  }
  const expected = (elementCount(shape) * bits) / 8;
  if (to - from !== expected) {
    throw new UserError(
      `${file}: tensor ${shown(name)} of shape [${shape}] and type ${dtype} needs ${Number.isFinite(expected) ? expected : 'far more'} bytes; it has ${to - from}.`,
    );
  }
  return { name, dtype, shape, start: dataStart + from, end: dataStart + to };
}

/** Infinity where the exact number wouldn't fit: then it equals no byte range. */
function elementCount(shape: readonly number[]): number {
  const count = shape.reduce((product, size) => product * size, 1);
  return count > 2 ** 48 ? Number.POSITIVE_INFINITY : count;
}

function requireExactCover(tensors: StoredTensor[], dataStart: number, fileBytes: number, file: string): void {
  let reached = dataStart;
  for (const { name, start, end } of tensors.sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start < reached) throw new UserError(`${file}: tensor ${shown(name)} overlaps the one before it.`);
    if (start > reached)
      throw new UserError(`${file}: ${start - reached} bytes before tensor ${shown(name)} are nobody's.`);
    if (end > fileBytes) {
      throw new UserError(`${file} is cut off: tensor ${shown(name)} ends at byte ${end}, the file at ${fileBytes}.`);
    }
    reached = end;
  }
  if (reached !== fileBytes) throw new UserError(`${file} has ${fileBytes - reached} bytes after its last tensor.`);
}
