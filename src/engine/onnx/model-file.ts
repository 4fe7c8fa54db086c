/** A model written to a file while its weights come in, so that no second copy of them is ever in memory. */
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FinalError } from '../../errors.ts';
import type { Graph, Value } from './graph.ts';
import { encodeModelWithExternalData, encodeStreamedModel } from './proto.ts';
import { elementCount } from './shapes.ts';

/** Bytes in pieces; together what the constant needs. */
export type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** A `float` input of the graph that is to be a constant of the model. */
export interface StreamedConstant {
  value: Value;
  pieces: () => Pieces;
}

/** Protobuf ends at 2 GiB; a model that comes near keeps its weights in a file of their own. */
const largestModelBytes = 1.8e9;

/**
 * Writes the model; weights that don't fit go into `<file>_data`, the name that transformers.js looks for.
 * @returns the paths written
 * @throws FinalError when a constant's pieces aren't as long as its shape says
 */
export async function writeModelFile(
  file: string,
  graph: Graph,
  constants: readonly StreamedConstant[],
  largestBytes = largestModelBytes,
): Promise<string[]> {
  const values = constants.map(({ value }) => value);
  const byteLengths = values.map(({ shape, name }) => 4 * elementCount(shape, name));
  const total = byteLengths.reduce((sum, bytes) => sum + bytes, 0);
  if (total > largestBytes) {
    const dataFile = `${file}_data`;
    await writeFile(file, encodeModelWithExternalData(graph, values, byteLengths, path.basename(dataFile)));
    await writePieces(dataFile, inOrder(constants, byteLengths, null));
    return [file, dataFile];
  }
  const { head, heads } = encodeStreamedModel(graph, values, byteLengths);
  await writePieces(file, inOrder(constants, byteLengths, { head, heads }));
  return [file];
}

async function writePieces(file: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  await pipeline(Readable.from(pieces), createWriteStream(file));
}

async function* inOrder(
  constants: readonly StreamedConstant[],
  byteLengths: readonly number[],
  framing: { head: Uint8Array; heads: Uint8Array[] } | null,
): AsyncGenerator<Uint8Array> {
  if (framing) yield framing.head;
  for (const [index, { value, pieces }] of constants.entries()) {
    const head = framing?.heads[index];
    if (head) yield head;
    let written = 0;
    for await (const piece of pieces()) {
      written += piece.byteLength;
      yield piece;
    }
    if (written !== byteLengths[index])
      throw new FinalError(`${value.name}: expected ${byteLengths[index]} bytes, got ${written}.`);
  }
}
