/** From a checkpoint's tensors to an encoder's parameters and back. */
import { FinalError, UserError } from '../../errors.ts';
import type { Encoder, EncoderParameter, TensorPart } from '../architectures/architecture.ts';
import { elementCount } from '../onnx/shapes.ts';
import type { Weights } from '../training/network.ts';
import { Random } from '../training/random.ts';
import type { TensorEntry, TensorInfo, TensorSource } from './safetensors.ts';
import { shown } from './safetensors-header.ts';
import { numberTypes } from './tensor-numbers.ts';
import { transposeInto, transposeOutOf } from './transpose.ts';

/** Numbers of a table that one chunk of the export holds. */
const chunkNumbers = 2 * 1024 * 1024;

/** The names under which a checkpoint holds a parameter's parts, in their order; null: the parameter starts fresh. */
export type Located = readonly string[] | null;

/**
 * Where each parameter of an encoder stands in a checkpoint. A head that the checkpoint lacks or has for another number
 * of classes starts fresh.
 * @throws UserError naming the tensor that is missing (and the names tried), has another shape, or no usable numbers
 */
export function locateParameters(
  encoder: Encoder,
  tensors: ReadonlyMap<string, TensorInfo>,
): ReadonlyMap<string, Located> {
  return new Map(encoder.parameters.map((parameter) => [parameter.name, locate(parameter, tensors)]));
}

function locate(parameter: EncoderParameter, tensors: ReadonlyMap<string, TensorInfo>): Located {
  const names: string[] = [];
  for (const part of parameter.parts) {
    const tried = [part.tensor, ...part.aliases];
    const found = tried.map((name) => tensors.get(name)).find((info) => info !== undefined);
    const fault = found ? mismatch(part, found) : `tensor ${part.tensor} is missing (tried ${tried.join(', ')})`;
    if (fault !== null) {
      if (parameter.fresh) return null;
      throw new UserError(`The checkpoint doesn't fit its config.json: ${fault}.`);
    }
    if (found) names.push(found.name);
  }
  return names;
}

function mismatch(part: TensorPart, found: TensorInfo): string | null {
  if (part.shape.length !== found.shape.length || part.shape.some((size, axis) => size !== found.shape[axis])) {
    return `tensor ${shown(found.name)} has shape [${found.shape}]; expected [${part.shape}]`;
  }
  if (numberTypes.has(found.dtype)) return null;
  const known = [...numberTypes.keys()].join(', ');
  return `tensor ${shown(found.name)} is of type ${found.dtype} (a quantised checkpoint?); weights can be ${known}`;
}

export interface ParameterOptions {
  /** of the parameters that start fresh; each has a stream of its own */
  seed: number;
  /** vocabulary parameters get these rows only, in this order; null: all */
  rows: Uint32Array | null;
}

/**
 * The values of every parameter, in our layout. A vocabulary parameter has as many rows as were asked for.
 * Parameters are read one after the other: besides the result, memory holds one tensor.
 * @throws UserError as `locateParameters`, and for a file that changed
 */
export async function parameterValues(
  encoder: Encoder,
  source: TensorSource,
  { seed, rows }: ParameterOptions,
): Promise<Map<string, Float32Array>> {
  const located = locateParameters(encoder, source.tensors);
  const values = new Map<string, Float32Array>();
  for (const parameter of encoder.parameters) {
    const names = located.get(parameter.name) ?? null;
    const kept = parameter.vocabulary ? rows : null;
    const value = names ? await stored(parameter, names, source, kept) : fresh(parameter, seed, kept);
    values.set(parameter.name, value);
  }
  return values;
}

function fresh({ name, shape, fresh: start }: EncoderParameter, seed: number, rows: Uint32Array | null): Float32Array {
  const length = rows ? rows.length * elementCount(shape.slice(1), 'weights') : elementCount(shape, 'weights');
  if (start?.kind === 'normal') return new Random(seed, `fresh ${name}`).normals(length, start.deviation);
  return new Float32Array(length).fill(start?.kind === 'ones' ? 1 : 0);
}

async function stored(
  parameter: EncoderParameter,
  names: readonly string[],
  source: TensorSource,
  rows: Uint32Array | null,
): Promise<Float32Array> {
  const [only] = names;
  if (only !== undefined && names.length === 1 && !parameter.parts[0]?.transposed) {
    return rows ? await source.readRows(only, rows) : await source.read(only);
  }
  if (rows) throw new FinalError(`Parameter ${parameter.name} of a vocabulary is made of several or transposed parts.`);
  const width = parameter.shape.at(-1) ?? 1;
  const value = new Float32Array(elementCount(parameter.shape, 'weights'));
  let column = 0;
  for (const [index, part] of parameter.parts.entries()) {
    const numbers = await source.read(names[index] ?? part.tensor);
    const partWidth = widthOf(part);
    if (part.transposed) transposeInto(numbers, numbers.length / partWidth, value, width, column);
    else copyColumns(numbers, 0, partWidth, value, column, width, partWidth);
    column += partWidth;
  }
  return value;
}

/** Columns of a part in our layout. */
function widthOf({ shape, transposed }: TensorPart): number {
  return (transposed ? shape.at(-2) : shape.at(-1)) ?? 1;
}

/** Copies `columns` columns of every row from one row-major matrix into another. */
function copyColumns(
  from: Float32Array,
  fromColumn: number,
  fromWidth: number,
  to: Float32Array,
  toColumn: number,
  toWidth: number,
  columns: number,
): void {
  for (let row = 0; row * fromWidth < from.length; row++) {
    const start = row * fromWidth + fromColumn;
    to.set(from.subarray(start, start + columns), row * toWidth + toColumn);
  }
}

/** A vocabulary that was trained in part: where the other rows come from. */
export interface TrimmedVocabulary {
  /** the rows that `parameterValues` was given */
  rows: Uint32Array;
  /** the checkpoint it began with; has to stay open until the entries are written */
  source: TensorSource;
}

/**
 * Trained weights with other rows of the vocabulary than were trained: the trained ones where there are any, else those
 * of the checkpoint. Everything but the vocabulary is the very arrays of `weights`.
 */
export async function vocabularyWithTrained(
  encoder: Encoder,
  weights: Weights,
  trimmed: TrimmedVocabulary,
  rows: Uint32Array,
): Promise<Map<string, Float32Array>> {
  const values = new Map(weights);
  const located = locateParameters(encoder, trimmed.source.tensors);
  for (const { name, vocabulary } of encoder.parameters) {
    const trained = weights.get(name);
    if (!vocabulary || !trained) continue;
    values.set(name, await mixedRows(trained, rowsTensor(located, name), trimmed.source, placesOf(trimmed.rows), rows));
  }
  return values;
}

/** Row of the vocabulary -> its place among the trained ones. */
const placesOf = (rows: Uint32Array): Map<number, number> => new Map(Array.from(rows, (row, place) => [row, place]));

/** Rows of a table: trained ones where there are any, the checkpoint's for the others. */
async function mixedRows(
  trained: Float32Array,
  tensor: string,
  source: TensorSource,
  places: ReadonlyMap<number, number>,
  rows: Uint32Array,
): Promise<Float32Array> {
  const width = trained.length / places.size;
  const mixed = await source.readRows(tensor, rows);
  for (const [index, row] of rows.entries()) {
    const place = places.get(row);
    if (place !== undefined) mixed.set(trained.subarray(place * width, (place + 1) * width), index * width);
  }
  return mixed;
}

function rowsTensor(located: ReadonlyMap<string, Located>, name: string): string {
  const tensor = located.get(name)?.[0];
  if (tensor !== undefined) return tensor;
  throw new FinalError(`The checkpoint has no rows of ${name}.`);
}

/**
 * The way back: tensors with Hugging Face's names and layout, for `writeSafetensors`. Each is made when it is written,
 * so memory holds one besides the weights. With `trimmed`, vocabulary tables are whole again: trained rows in their
 * places, every other row as in the checkpoint.
 * @throws FinalError for weights that aren't this encoder's
 */
export function checkpointTensors(
  encoder: Encoder,
  weights: Weights,
  trimmed: TrimmedVocabulary | null,
): TensorEntry[] {
  const located = trimmed && locateParameters(encoder, trimmed.source.tensors);
  return encoder.parameters.flatMap((parameter) => {
    const value = weights.get(parameter.name);
    const trimmedHere = parameter.vocabulary ? trimmed : null;
    const expected = trimmedHere
      ? trimmedHere.rows.length * elementCount(parameter.shape.slice(1), 'weights')
      : elementCount(parameter.shape, 'weights');
    if (value?.length !== expected) {
      throw new FinalError(`Parameter ${parameter.name} has ${value?.length ?? 'no'} numbers; expected ${expected}.`);
    }
    if (!trimmedHere) return partEntries(parameter, value);
    const [part] = parameter.parts;
    if (!located || !part) throw new FinalError(`${parameter.name} has no part.`);
    const chunks = wholeTable(part.shape, value, rowsTensor(located, parameter.name), trimmedHere);
    return [{ name: part.tensor, shape: part.shape, chunks }];
  });
}

function partEntries({ parts, shape }: EncoderParameter, value: Float32Array): TensorEntry[] {
  const width = shape.at(-1) ?? 1;
  let column = 0;
  return parts.map((part) => {
    const start = column;
    column += widthOf(part);
    if (parts.length === 1 && !part.transposed) return { name: part.tensor, shape: part.shape, chunks: value };
    return { name: part.tensor, shape: part.shape, chunks: partChunks(part, value, width, start) };
  });
}

function* partChunks(part: TensorPart, value: Float32Array, width: number, column: number): Generator<Float32Array> {
  const numbers = new Float32Array(elementCount(part.shape, 'weights'));
  const partWidth = widthOf(part);
  if (part.transposed) transposeOutOf(value, width, column, numbers, numbers.length / partWidth);
  else copyColumns(value, column, width, numbers, 0, partWidth, partWidth);
  yield numbers;
}

async function* wholeTable(
  shape: readonly number[],
  trained: Float32Array,
  tensor: string,
  trimmed: TrimmedVocabulary,
): AsyncGenerator<Float32Array> {
  const [height = 0] = shape;
  const perChunk = Math.max(1, Math.floor(chunkNumbers / elementCount(shape.slice(1), 'weights')));
  const places = placesOf(trimmed.rows);
  for (let first = 0; first < height; first += perChunk) {
    const rows = Uint32Array.from({ length: Math.min(perChunk, height - first) }, (_, index) => first + index);
    yield await mixedRows(trained, tensor, trimmed.source, places, rows);
  }
}
