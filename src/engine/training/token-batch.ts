/** Lists of ids as the rectangular inputs that Hugging Face models take: `input_ids` and `attention_mask`, [B, T]. */
import type { Graph, Value } from '../onnx/graph.ts';
import { type Feeds, tensor } from '../onnx/session.ts';

/** Ids padded with 0 to the batch's longest list (at least one place), and a mask of 1 for ids and 0 for padding. */
export function tokenBatch(documents: readonly Uint32Array[]): Feeds {
  const length = documents.reduce((longest, document) => Math.max(longest, document.length), 1);
  const ids = new BigInt64Array(documents.length * length);
  const mask = new BigInt64Array(documents.length * length);
  for (const [row, document] of documents.entries()) {
    for (let index = 0; index < document.length; index++) {
      ids[row * length + index] = BigInt(document[index]!);
      mask[row * length + index] = 1n;
    }
  }
  const shape = [documents.length, length];
  return { input_ids: tensor(ids, shape), attention_mask: tensor(mask, shape) };
}

export function tokenInputs(graph: Graph): { ids: Value; mask: Value } {
  return {
    ids: graph.input('input_ids', 'int64', ['B', 'T']),
    mask: graph.input('attention_mask', 'int64', ['B', 'T']),
  };
}

/**
 * The rows of a table that a batch uses, each once in order of first use, and the documents written in positions of
 * that list. `always` comes first (padding, so that position 0 is it).
 */
export function compactRows(
  documents: readonly Uint32Array[],
  always: readonly number[],
): { rows: Uint32Array; local: Uint32Array[] } {
  const positions = new Map<number, number>();
  const position = (row: number): number => {
    const known = positions.get(row);
    if (known !== undefined) return known;
    positions.set(row, positions.size);
    return positions.size - 1;
  };
  for (const row of always) position(row);
  const local = documents.map((document) => document.map(position));
  return { rows: Uint32Array.from(positions.keys()), local };
}
