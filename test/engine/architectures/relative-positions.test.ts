/** DeBERTa's buckets of distances against transformers' make_log_bucket_position (5.24), beyond what the tiny fixtures reach. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DistanceRows, Distances } from '../../../src/engine/architectures/relative-positions.ts';
import { Graph } from '../../../src/engine/onnx/graph.ts';

/** Rows of the table for the distances -maxTokens ... maxTokens - 1 (or the other way), as they stand in the graph. */
function rowsInGraph(rows: DistanceRows, maxTokens: number, name: 'rows_upward' | 'rows_downward'): number[] {
  const graph = new Graph('distances');
  new Distances(graph.input('input_ids', 'int64', ['B', 'T']), rows, maxTokens);
  const found = [...graph.initializers].find(([value]) => value.name === name);
  assert.ok(found?.[1] instanceof BigInt64Array);
  return Array.from(found[1], Number);
}

/** How many distances fall into each bucket behind the first half, which have one each; of the last those below `longest`. */
const published = [
  {
    buckets: 256,
    longest: 512,
    widths: [
      ...'1121212121212212212212222122222222222222322232223232323232332333233333333334333433434344344344444444454454454554555555555565566',
    ].map(Number),
  },
  { buckets: 32, longest: 128, widths: [2, 3, 3, 3, 4, 5, 6, 6, 7, 8, 10, 10, 13, 14, 17] },
];

for (const { buckets, longest, widths } of published) {
  test(`${buckets} buckets up to distance ${longest} are those of transformers, in both directions`, () => {
    const single = Array.from({ length: buckets / 2 + 1 }, (_, distance) => distance);
    const wide = widths.flatMap((width, at) => new Array<number>(width).fill(buckets / 2 + 1 + at));
    const later = [...single, ...wide]; // buckets of the distances 0 ... longest - 1
    assert.equal(later.length, longest);
    const [before, after] = [later.map((bucket) => buckets - bucket), later.map((bucket) => buckets + bucket)];
    const rows = { span: buckets, buckets, longest };
    // the first is a distance that no pair of tokens has; its row is the table's outermost
    const upward = [0, ...before.slice(1).toReversed(), ...after];
    assert.deepEqual(rowsInGraph(rows, longest, 'rows_upward'), upward);
    const downward = [2 * buckets - 1, ...after.slice(1).toReversed(), ...before];
    assert.deepEqual(rowsInGraph(rows, longest, 'rows_downward'), downward);
  });
}

test('without buckets each distance has its row, and distances beyond the table its outermost', () => {
  const rows = { span: 3, buckets: null, longest: 3 };
  assert.deepEqual(rowsInGraph(rows, 5, 'rows_upward'), [0, 0, 0, 1, 2, 3, 4, 5, 5, 5]);
});
