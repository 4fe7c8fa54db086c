/** Reading and writing safetensors files, one or in shards: tensors come lazily, by positioned reads. */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { FinalError, UserError } from '../../errors.ts';
import { elementCount } from '../onnx/shapes.ts';
import { openRegularFile, readFully } from './regular-file.ts';
import { headerLength, parseHeader, type StoredTensor, shown } from './safetensors-header.ts';
import { readJsonFile } from './strict-json.ts';
import { type NumberType, numberTypes, requireLittleEndian } from './tensor-numbers.ts';

/** What a file says of one tensor. */
export interface TensorInfo {
  name: string;
  /** its numbers' format as safetensors names it, such as `F32` */
  dtype: string;
  shape: readonly number[];
}

/** The tensors of a checkpoint. */
export interface TensorSource {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** of all its files */
  readonly sizeBytes: number;
  /** A whole tensor as float32. @throws UserError when it isn't there, its numbers are no weights, or the file changed */
  read(name: string): Promise<Float32Array>;
  /**
   * Some rows of a table [V, ...], in the given order, as float32 [rows, ...].
   * @throws RangeError for a row beyond the table; UserError as `read`
   */
  readRows(name: string, rows: Uint32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

export const weightsFile = 'model.safetensors';
export const shardIndexFile = `${weightsFile}.index.json`;

/** As transformers names them; can't lead out of a folder. */
export const shardName = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,100}(\.[A-Za-z0-9_-]{1,50})*\.safetensors$/;
/** The index of a large encoder has some hundred entries of about 100 bytes. */
export const shardIndexLimits = { maxBytes: 8 * 2 ** 20, maxDepth: 8 };
export const maxShards = 200;
const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** bytes of one read; a multiple of every number's size */
const pieceBytes = 4 * 2 ** 20;
/** rows closer than this are read together with what lies between */
const gapBytes = 32 * 1024;

/** One open file, its header checked. */
interface TensorFile {
  name: string;
  handle: FileHandle;
  sizeBytes: number;
  tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * Opens a safetensors file, or an index (`*.json`) with the shards beside it. Headers are checked before anything else is
 * read; close the source when done.
 * @throws UserError when there is no such file, or for any that isn't valid
 */
export async function openSafetensors(file: string): Promise<TensorSource> {
  requireLittleEndian();
  const names = file.endsWith('.json') ? await shardsOf(file) : null;
  const files: TensorFile[] = [];
  try {
    const shards = names ? new Set(names.values()) : [path.basename(file)];
    for (const shard of shards) files.push(await openTensorFile(path.join(path.dirname(file), shard)));
    const places = new Map(files.flatMap((one) => [...one.tensors.keys()].map((tensor) => [tensor, one] as const)));
    if (places.size < files.reduce((sum, { tensors }) => sum + tensors.size, 0))
      throw new UserError(`${path.basename(file)}: tensors of two files share a name.`);
    for (const [tensor, shard] of names ?? []) {
      if (places.get(tensor)?.name !== shard)
        throw new UserError(`${path.basename(file)} says that ${shard} holds tensor ${shown(tensor)}; it doesn't.`);
    }
    return sourceOf(files, places);
  } catch (error) {
    await closeAll(files);
    throw error;
  }
}

/** Tensor -> the shard that holds it, as an index says. */
async function shardsOf(file: string): Promise<Map<string, string>> {
  const what = path.basename(file);
  const index = indexSchema.safeParse(await readJsonFile(file, what, shardIndexLimits));
  if (!index.success) throw new UserError(`${what} has no weight_map from tensors to files.`);
  const places = new Map(Object.entries(index.data.weight_map));
  const shards = new Set(places.values());
  const wrong = [...shards].find((name) => !shardName.test(name));
  if (wrong !== undefined) throw new UserError(`${what}: ${shown(wrong)} is no name of a safetensors file beside it.`);
  if (shards.size > maxShards)
    throw new UserError(`${what} names ${shards.size} files; at most ${maxShards} are read.`);
  return places;
}

async function openTensorFile(file: string): Promise<TensorFile> {
  const name = path.basename(file);
  const opened = await openRegularFile(file, name);
  if (!opened) throw new UserError(`${name} is missing.`);
  const { handle, sizeBytes } = opened;
  try {
    const prefix = new Uint8Array(Math.min(8, sizeBytes));
    await readFully(handle, prefix, 0, name);
    const header = new Uint8Array(headerLength(prefix, sizeBytes, name));
    await readFully(handle, header, prefix.length, name);
    return { name, handle, sizeBytes, tensors: parseHeader(header, sizeBytes, name) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function closeAll(files: readonly TensorFile[]): Promise<void> {
  await Promise.all(files.map(({ handle }) => handle.close()));
}

function sourceOf(files: readonly TensorFile[], places: ReadonlyMap<string, TensorFile>): TensorSource {
  const all = files.flatMap(({ tensors }) => [...tensors.values()]);
  const located = (name: string): { file: TensorFile; tensor: StoredTensor } => {
    const file = places.get(name);
    const tensor = file?.tensors.get(name);
    if (file && tensor) return { file, tensor };
    throw new UserError(`The checkpoint has no tensor ${shown(name)}.`);
  };
  return {
    tensors: new Map(all.map(({ name, dtype, shape }) => [name, { name, dtype, shape }])),
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    async read(name) {
      const { file, tensor } = located(name);
      return readNumbers(file, numberType(file, tensor), tensor.start, tensor.end);
    },
    async readRows(name, rows) {
      const { file, tensor } = located(name);
      return readRows(file, tensor, rows);
    },
    close: () => closeAll(files),
  };
}

function numberType(file: TensorFile, { name, dtype }: StoredTensor): NumberType {
  const type = numberTypes.get(dtype);
  if (type) return type;
  const known = [...numberTypes.keys()].join(', ');
  throw new UserError(`${file.name}: tensor ${shown(name)} is of type ${dtype}; weights can be ${known}.`);
}

/** The numbers in the bytes [start, end) of a file. */
async function readNumbers(file: TensorFile, type: NumberType, start: number, end: number): Promise<Float32Array> {
  const numbers = new Float32Array((end - start) / type.bytes);
  if (!type.widen) {
    await readFully(file.handle, new Uint8Array(numbers.buffer), start, file.name);
    return numbers;
  }
  const piece = new ArrayBuffer(Math.min(pieceBytes, end - start));
  for (let at = start; at < end; at += pieceBytes) {
    const bytes = Math.min(pieceBytes, end - at);
    await readFully(file.handle, new Uint8Array(piece, 0, bytes), at, file.name);
    type.widen(piece, bytes / type.bytes, numbers, (at - start) / type.bytes);
  }
  return numbers;
}

async function readRows(file: TensorFile, tensor: StoredTensor, rows: Uint32Array): Promise<Float32Array> {
  const type = numberType(file, tensor);
  const [height = 0, ...rest] = tensor.shape;
  const width = elementCount(rest, tensor.name);
  const result = new Float32Array(rows.length * width);
  // by place in the file; `rows` may name any order, and one row several times
  const order = Uint32Array.from(rows.keys()).sort((a, b) => rows[a]! - rows[b]!);
  const last = order.at(-1);
  if (last !== undefined && rows[last]! >= height)
    throw new RangeError(`${shown(tensor.name)} has ${height} rows; row ${rows[last]} was asked for.`);
  const rowBytes = width * type.bytes;
  for (let from = 0; from < order.length; ) {
    const to = runEnd(rows, order, from, rowBytes);
    const [first, end] = [rows[order[from]!]!, rows[order[to - 1]!]! + 1];
    const start = tensor.start + first * rowBytes;
    const run = await readNumbers(file, type, start, start + (end - first) * rowBytes);
    for (const index of order.subarray(from, to)) {
      const at = (rows[index]! - first) * width;
      result.set(run.subarray(at, at + width), index * width);
    }
    from = to;
  }
  return result;
}

/** Where the rows end that one read fetches: close together, and not more than a piece. */
function runEnd(rows: Uint32Array, order: Uint32Array, from: number, rowBytes: number): number {
  const first = rows[order[from]!]!;
  let to = from + 1;
  while (to < order.length) {
    const row = rows[order[to]!]!;
    const gap = (row - rows[order[to - 1]!]! - 1) * rowBytes;
    if (gap > gapBytes || (row + 1 - first) * rowBytes > pieceBytes) break;
    to++;
  }
  return to;
}

/** One tensor to be written: its numbers at once, or in pieces of any length that are made when it is their turn. */
export interface TensorEntry {
  name: string;
  shape: readonly number[];
  chunks: Float32Array | Iterable<Float32Array> | AsyncIterable<Float32Array>;
}

/**
 * Writes a safetensors file of float32 tensors in this order. It is there whole or not at all.
 * @throws FinalError for two tensors of one name, and for one whose numbers aren't as many as its shape says
 */
export async function writeSafetensors(file: string, entries: readonly TensorEntry[]): Promise<void> {
  requireLittleEndian();
  const header = headerOf(entries);
  const temporary = `${file}.part`;
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(header);
    for (const entry of entries) await writeEntry(handle, entry);
    await handle.close();
    await rename(temporary, file);
  } catch (error) {
    await handle.close();
    await rm(temporary, { force: true });
    throw error;
  }
}

const bytesOf = ({ name, shape }: TensorEntry): number => 4 * elementCount(shape, name);

function headerOf(entries: readonly TensorEntry[]): Uint8Array {
  // as Python's transformers writes and expects it
  const fields: Record<string, object> = { __metadata__: { format: 'pt' } };
  let reached = 0;
  for (const entry of entries) {
    const { name, shape } = entry;
    if (Object.hasOwn(fields, name)) throw new FinalError(`The tensor ${shown(name)} would be written twice.`);
    const end = reached + bytesOf(entry);
    fields[name] = { dtype: 'F32', shape, data_offsets: [reached, end] };
    reached = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(fields));
  // blanks up to a multiple of 8, so that the numbers are aligned
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}

async function writeEntry(handle: FileHandle, entry: TensorEntry): Promise<void> {
  const expected = bytesOf(entry);
  let written = 0;
  for await (const chunk of entry.chunks instanceof Float32Array ? [entry.chunks] : entry.chunks) {
    written += chunk.byteLength;
    if (written > expected) break;
    await handle.writeFile(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }
  if (written !== expected)
    throw new FinalError(
      `Tensor ${shown(entry.name)} of shape [${entry.shape}] needs ${expected} bytes, got ${written}.`,
    );
}
